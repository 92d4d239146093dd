"""Exports the peers' networks as they are trained: batch norms stay nodes of their own, nothing is folded.

    python Scripts/parity/training-networks.py ../shared/peers OUT_DIR [NAME...]

For Scripts/benchmark-peers: a step of imgdx on these files normalises by the batch's statistics and moves the
running ones, as PyTorch's step does; files exported for running have their norms folded into the convolutions.
Needs torch and the folder with nets.py.
"""
import sys

import torch

sys.path.insert(0, sys.argv[1])
from nets import ALL

torch.manual_seed(0)
out, names = sys.argv[2], sys.argv[3:] or list(ALL)
for name in names:
    net, shape = ALL[name]()
    for module in net.modules():
        # No two alike: the exporter makes equal vectors one, and training would then share them.
        if isinstance(module, torch.nn.BatchNorm2d):
            module.weight.data.normal_(1, 0.01)
            module.bias.data.normal_(0, 0.01)
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    norms = sum(isinstance(module, torch.nn.BatchNorm2d) for module in net.modules())
    torch.onnx.export(
        net.eval(), torch.zeros(1, *shape), f"{out}/{name}.onnx", dynamo=False, opset_version=17,
        training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False, input_names=["x"], output_names=["y"],
        dynamic_axes={"x": {0: "n"}, "y": {0: "n"}})
    print(f"{name}: {norms} norms")
