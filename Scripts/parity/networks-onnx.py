"""Exports torchvision's and timm's architectures with random weights to ONNX, every way PyTorch knows,
and compares imgdx with ONNX Runtime.

For developers only: imgdx itself needs no Python. Needs numpy, onnx, onnxruntime, onnxscript, torch,
torchvision and timm; downloads nothing, writes nothing but temporary files.

    python Scripts/parity/networks-onnx.py .build/release/imgdx [--only NAME...] [--quick]

Each file is also written by `imgdx model pack`, checked by onnx.checker and run in ONNX Runtime.
Exit status 1 when a network fails or an output differs by more than 1e-4 of its largest value.
"""
import argparse
import contextlib
import io
import logging
import os
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn as nn

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
onnxruntime.set_default_logger_severity(4)
try:
    import torchvision
except RuntimeError:
    # A build of torchvision for another torch lacks its own operators; no classifier uses them.
    library = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        library.define(name + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    for name in [m for m in sys.modules if m.startswith("torchvision")]:
        del sys.modules[name]
    import torchvision
import timm

options = argparse.ArgumentParser(description=__doc__)
options.add_argument("imgdx")
options.add_argument("--only", nargs="*", default=[])
options.add_argument("--quick", action="store_true", help="one export a network")
options.add_argument("--keep", help="folder for the exported files")
options = options.parse_args()


class DoubleConv(nn.Sequential):
    def __init__(self, i, o, norm, activation):
        super().__init__(nn.Conv2d(i, o, 3, padding=1), norm(o), activation(),
                         nn.Conv2d(o, o, 3, padding=1), norm(o), activation())


class UNet(nn.Module):
    """A U-Net whose norm, activation, downsampling and upsampling can be chosen."""

    def __init__(self, norm=nn.BatchNorm2d, activation=nn.ReLU, up="transposed", down="pool", widths=(8, 16, 32), pads=False):
        super().__init__()
        self.up_kind, self.pads = up, pads
        self.down = nn.ModuleList()
        self.step = nn.ModuleList()
        last = 1
        for w in widths:
            self.down.append(DoubleConv(last, w, norm, activation))
            self.step.append(nn.MaxPool2d(2) if down == "pool" else nn.Conv2d(w, w, 3, 2, 1))
            last = w
        self.middle = DoubleConv(last, 2 * last, norm, activation)
        last *= 2
        self.ups, self.decode = nn.ModuleList(), nn.ModuleList()
        for w in reversed(widths):
            if up == "transposed":
                self.ups.append(nn.ConvTranspose2d(last, w, 2, 2))
            elif up == "shuffle":
                self.ups.append(nn.Sequential(nn.Conv2d(last, 4 * w, 1), nn.PixelShuffle(2)))
            else:
                self.ups.append(nn.Conv2d(last, w, 1))
            self.decode.append(DoubleConv(2 * w, w, norm, activation))
            last = w
        self.head = nn.Conv2d(last, 3, 1)

    def forward(self, x):
        skips = []
        for block, step in zip(self.down, self.step):
            x = block(x)
            skips.append(x)
            x = step(x)
        x = self.middle(x)
        for up, block, skip in zip(self.ups, self.decode, reversed(skips)):
            x = up(x)
            if self.up_kind in ("nearest", "bilinear"):
                corners = {} if self.up_kind == "nearest" else dict(align_corners=self.pads)
                x = nn.functional.interpolate(x, size=skip.shape[2:], mode=self.up_kind, **corners)
            elif self.pads:
                dy, dx = skip.shape[2] - x.shape[2], skip.shape[3] - x.shape[3]
                x = nn.functional.pad(x, [dx // 2, dx - dx // 2, dy // 2, dy - dy // 2])
            x = block(torch.cat([skip, x], 1))
        return self.head(x)


class AttentionUNet(UNet):
    """Gates on the skips (Oktay et al. 2018)."""

    def __init__(self):
        super().__init__(up="bilinear")
        self.gates = nn.ModuleList([nn.Sequential(nn.Conv2d(2 * w, 1, 1), nn.Sigmoid()) for w in (32, 16, 8)])

    def forward(self, x):
        skips = []
        for block, step in zip(self.down, self.step):
            x = block(x)
            skips.append(x)
            x = step(x)
        x = self.middle(x)
        for up, gate, block, skip in zip(self.ups, self.gates, self.decode, reversed(skips)):
            x = nn.functional.interpolate(up(x), scale_factor=2, mode="bilinear")
            x = block(torch.cat([skip * gate(torch.cat([skip, x], 1)), x], 1))
        return torch.softmax(self.head(x), 1)


def nnunet(deep=False):
    """nnU-Net's plain 2D network: InstanceNorm, LeakyReLU, strided and transposed convolutions."""
    return UNet(norm=lambda c: nn.InstanceNorm2d(c, affine=True), activation=lambda: nn.LeakyReLU(0.01), down="conv")


def vision(name, **arguments):
    return lambda: getattr(torchvision.models, name)(weights=None, **arguments)


def image(name, **arguments):
    return lambda: timm.create_model(name, pretrained=False, **arguments)


def inception():
    return torchvision.models.inception_v3(weights=None, init_weights=False, aux_logits=False, transform_input=True)


NETWORKS = {
    # name: (network, input shape)
    "alexnet": (vision("alexnet"), (3, 224, 224)),
    "vgg11": (vision("vgg11"), (3, 224, 224)),
    "vgg16_bn": (vision("vgg16_bn"), (3, 224, 224)),
    "googlenet": (lambda: torchvision.models.googlenet(weights=None, aux_logits=False, init_weights=False, transform_input=True), (3, 224, 224)),
    "inception_v3": (inception, (3, 299, 299)),
    "squeezenet1_0": (vision("squeezenet1_0"), (3, 224, 224)),
    "squeezenet1_1": (vision("squeezenet1_1"), (3, 224, 224)),
    "shufflenet_v2_x1_0": (vision("shufflenet_v2_x1_0"), (3, 224, 224)),
    "resnet18": (vision("resnet18"), (3, 224, 224)),
    "resnet50": (vision("resnet50"), (3, 224, 224)),
    "resnext50_32x4d": (vision("resnext50_32x4d"), (3, 160, 160)),
    "wide_resnet50_2": (vision("wide_resnet50_2"), (3, 96, 96)),
    "densenet121": (vision("densenet121"), (3, 224, 224)),
    "mobilenet_v2": (vision("mobilenet_v2"), (3, 224, 224)),
    "mobilenet_v3_small": (vision("mobilenet_v3_small"), (3, 224, 224)),
    "mobilenet_v3_large": (vision("mobilenet_v3_large"), (3, 224, 224)),
    "mnasnet1_0": (vision("mnasnet1_0"), (3, 224, 224)),
    "efficientnet_b0": (vision("efficientnet_b0"), (3, 224, 224)),
    "efficientnet_v2_s": (vision("efficientnet_v2_s"), (3, 160, 160)),
    "regnet_y_400mf": (vision("regnet_y_400mf"), (3, 224, 224)),
    "convnext_tiny": (vision("convnext_tiny"), (3, 224, 224)),
    "fcn_resnet50": (lambda: First(torchvision.models.segmentation.fcn_resnet50(weights=None, weights_backbone=None, num_classes=3)), (3, 128, 128)),
    "deeplabv3_resnet50": (lambda: First(torchvision.models.segmentation.deeplabv3_resnet50(weights=None, weights_backbone=None, num_classes=3)), (3, 128, 128)),
    "lraspp_mobilenet_v3": (lambda: First(torchvision.models.segmentation.lraspp_mobilenet_v3_large(weights=None, weights_backbone=None, num_classes=3)), (3, 128, 128)),
    "timm_convnextv2_atto": (image("convnextv2_atto"), (3, 128, 128)),
    "timm_convnext_atto": (image("convnext_atto"), (3, 128, 128)),
    "timm_seresnet18": (image("legacy_seresnet18"), (3, 128, 128)),
    "timm_resnet26d": (image("resnet26d"), (3, 128, 128)),
    "timm_ecaresnet26t": (image("ecaresnet26t"), (3, 128, 128)),
    "timm_cspresnet50": (image("cspresnet50"), (3, 128, 128)),
    "timm_tf_efficientnet_b0": (image("tf_efficientnet_b0"), (3, 128, 128)),
    "timm_efficientnet_lite0": (image("efficientnet_lite0"), (3, 128, 128)),
    "timm_ghostnet_100": (image("ghostnet_100"), (3, 128, 128)),
    "timm_mobilenetv4_conv_small": (image("mobilenetv4_conv_small"), (3, 128, 128)),
    "timm_hardcorenas_a": (image("hardcorenas_a"), (3, 128, 128)),
    "timm_repvgg_a0": (image("repvgg_a0"), (3, 128, 128)),
    "timm_nf_resnet50": (image("nf_resnet50"), (3, 96, 96)),
    "timm_dpn48b": (image("dpn48b"), (3, 96, 96)),
    "timm_vovnet39a": (image("vovnet39a"), (3, 96, 96)),
    "timm_res2net50_26w_4s": (image("res2net50_26w_4s"), (3, 96, 96)),
    "timm_resnest14d": (image("resnest14d"), (3, 96, 96)),
    "timm_hrnet_w18_small": (image("hrnet_w18_small"), (3, 96, 96)),
    "timm_inception_next_atto": (image("inception_next_atto"), (3, 96, 96)),
    "timm_inception_v4": (image("inception_v4"), (3, 160, 160)),
    "timm_xception41": (image("xception41"), (3, 96, 96)),
    "timm_dla34": (image("dla34"), (3, 96, 96)),
    "timm_selecsls42": (image("selecsls42"), (3, 96, 96)),
    "timm_skresnet18": (image("skresnet18"), (3, 96, 96)),
    "timm_poolformer_s12": (image("poolformer_s12"), (3, 96, 96)),
    "timm_focalnet_tiny_srf": (image("focalnet_tiny_srf"), (3, 96, 96)),
    "timm_fasternet_t0": (image("fasternet_t0"), (3, 96, 96)),
    "timm_starnet_s1": (image("starnet_s1"), (3, 96, 96)),
    "timm_mobileone_s0": (image("mobileone_s0"), (3, 96, 96)),
    "timm_resnetv2_50": (image("resnetv2_50"), (3, 96, 96)),
    "timm_resnetv2_50x1_bit": (image("resnetv2_50x1_bit"), (3, 96, 96)),
    "unet": (lambda: UNet(), (1, 96, 80)),
    "unet_group_norm": (lambda: UNet(norm=lambda c: nn.GroupNorm(4, c), activation=nn.SiLU), (1, 96, 80)),
    "unet_nearest": (lambda: UNet(up="nearest", activation=nn.PReLU), (1, 90, 75)),
    "unet_bilinear": (lambda: UNet(up="bilinear", activation=nn.GELU), (1, 90, 75)),
    "unet_align_corners": (lambda: UNet(up="bilinear", pads=True, activation=nn.ELU), (1, 90, 75)),
    "unet_padded": (lambda: UNet(pads=True, activation=nn.Mish), (1, 90, 75)),
    "unet_shuffle": (lambda: UNet(up="shuffle", activation=nn.Hardswish), (1, 96, 80)),
    "unet_attention": (AttentionUNet, (1, 96, 80)),
    "nnunet": (nnunet, (1, 96, 80)),
}


class First(nn.Module):
    """The main output of a network with several in a dictionary."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x):
        return self.network(x)["out"]


def disturbed(network):
    """Statistics, scales and biases that are not the identity, so that nothing folds away."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.running_mean.copy_(0.1 * torch.randn(module.num_features, generator=generator))
                module.running_var.copy_(0.5 + torch.rand(module.num_features, generator=generator))
        for name, value in network.named_parameters():
            if value.ndim <= 1:
                value.add_(0.05 * torch.randn(value.shape, generator=generator))
            if "gamma" in name or "layer_scale" in name:
                value.copy_(0.5 + torch.rand(value.shape, generator=generator))
    return network.eval()


def exports(name, shape):
    """(label, file name, arguments of torch.onnx.export)"""
    axes = {"x": {0: "n"}, "y": {0: "n"}}
    if name.startswith(("unet", "nnunet", "resnet18", "fcn", "unet")):
        axes = {"x": {0: "n", 2: "h", 3: "w"}}
    forms = [("torchscript 17", dict(opset_version=17, dynamo=False, dynamic_axes=axes)),
             ("dynamo, external", dict(dynamo=True, external_data=True, opset_version=18)),
             ("torchscript 11", dict(opset_version=11, dynamo=False, dynamic_axes={"x": {0: "n"}})),
             ("torchscript 13, fixed", dict(opset_version=13, dynamo=False)),
             ("torchscript 9", dict(opset_version=9, dynamo=False)),
             ("torchscript 17, training form", dict(opset_version=17, dynamo=False, do_constant_folding=False,
                                                    training=torch.onnx.TrainingMode.PRESERVE)),
             ("dynamo 21, dynamic", dict(dynamo=True, external_data=False, opset_version=21,
                                         dynamic_shapes={"x": {0: torch.export.Dim("n", min=1, max=64)}}))]
    return forms[:1] if options.quick else forms


def compare(path, x, folder):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    expected = session.run(None, {session.get_inputs()[0].name: x})[0]
    np.save(f"{folder}/x.npy", x)
    command = [options.imgdx, "model", "run", "--model", path, "--input", f"{folder}/x.npy",
               "--output", f"{folder}/y.npy"]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        return run.stderr.strip()
    result = np.load(f"{folder}/y.npy")
    if result.shape != expected.shape:
        return f"shape {result.shape}, not {expected.shape}"
    scale = max(float(np.abs(expected).max()), 1e-12)
    difference = float(np.abs(result - expected).max()) / scale
    # What imgdx writes must be whole to others and give the same answers.
    packed = f"{folder}/packed.onnx"
    run = subprocess.run([options.imgdx, "model", "pack", path, "-o", packed], capture_output=True, text=True)
    if run.returncode:
        return run.stderr.strip()
    onnx.checker.check_model(packed, full_check=True)
    session = onnxruntime.InferenceSession(packed, providers=["CPUExecutionProvider"])
    written = session.run(None, {session.get_inputs()[0].name: x})[0]
    if written.shape != expected.shape:
        return f"written and run: shape {written.shape}, not {expected.shape}"
    return max(difference, float(np.abs(written - expected).max()) / scale)


failures = count = 0
for name, (make, shape) in NETWORKS.items():
    if options.only and name not in options.only:
        continue
    torch.manual_seed(0)
    try:
        network = disturbed(make())
    except Exception as error:
        print(f"{name}: not in this torchvision or timm ({type(error).__name__}: {str(error)[:80]})")
        continue
    for label, arguments in exports(name, shape):
        with tempfile.TemporaryDirectory() as folder:
            target = options.keep or folder
            path = os.path.join(target, f"{name}-{label.replace(' ', '-').replace(',', '')}.onnx")
            try:
                with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                    sample = torch.randn(2 if "dynamic" in label else 1, *shape)
                    torch.onnx.export(network, (sample,), path, input_names=["x"], output_names=["y"], **arguments)
            except Exception as error:
                print(f"{name}, {label}: PyTorch does not export it ({type(error).__name__})", flush=True)
                continue
            isDynamic = "dynamic_axes" in arguments or "dynamic_shapes" in arguments
            x = np.random.default_rng(0).standard_normal((3 if isDynamic else 1, *shape)).astype(np.float32)
            try:
                result = compare(path, x, folder)
            except Exception as error:
                failures += 1
                print(f"{name}, {label}: ONNX Runtime or onnx.checker refuses it ({str(error)[:200]})", flush=True)
                continue
            count += 1
            if isinstance(result, str):
                failures += 1
                print(f"{name}, {label}: FAILED {result}", flush=True)
            else:
                failures += result > 1e-4
                mark = "" if result <= 1e-4 else "  DIFFERS"
                print(f"{name}, {label}: {result:.1e}{mark}", flush=True)
print(f"{count} files compared, {failures} failures")
sys.exit(failures > 0)
