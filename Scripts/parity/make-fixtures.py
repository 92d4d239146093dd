#!/usr/bin/env python3
"""Writes PyTorch's answers for every operator, loss and optimiser to Tests/NetworksTests/Fixtures.

For developers only: building, testing and running imgdx never need Python. Run it again when an
operator gains a case:  python3 Scripts/parity/make-fixtures.py  (needs torch, any recent version)

One JSON file a case, all of the same form:

  {"operator": "Conv", "source": "torch 2.13.0",
   "attributes": {"strides": [1, 1], ...},       numbers, in arrays; flags are 0 or 1
   "inputs": {"x": {"shape": [...], "values": [...]}, ...},       NCHW, row-major
   "outputs": {"y": ...}, "upstream": {"y": ...}, "gradients": {"x": ..., "weight": ...}}

Gradients are those of sum(outputs * upstream). Inputs are exact as written; everything is computed
in double precision and rounded to six significant digits.
"""

import json
import pathlib

import torch
import torch.nn.functional as F

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "NetworksTests" / "Fixtures"
generator = torch.Generator().manual_seed(20240)


def random(*shape, scale=1.0):
    """Normal numbers with three decimals, so that the file holds them exactly."""
    values = torch.randn(*shape, generator=generator, dtype=torch.float64) * scale
    return (values * 1000).round() / 1000


def distinct(*shape):
    """No two alike and none zero, so that maxima and kinks are unambiguous."""
    count = int(torch.tensor(shape).prod())
    order = torch.randperm(count, generator=generator).to(torch.float64)
    return ((order - count / 2 + 0.25) * 0.01).round(decimals=4).reshape(*shape)


def described(tensor):
    values = [float(f"{v:.6g}") for v in tensor.detach().reshape(-1).tolist()]
    values = [int(v) if v == int(v) and abs(v) < 1e6 else v for v in values]
    return {"shape": list(tensor.shape), "values": values}


def write(name, operator, attributes, inputs, outputs, upstream=None, gradients=None):
    document = {
        "operator": operator,
        "source": "torch " + torch.__version__.split("+")[0],
        "attributes": {k: v if isinstance(v, list) else [v] for k, v in attributes.items()},
        "inputs": {k: described(v) for k, v in inputs.items()},
        "outputs": {k: described(v) for k, v in outputs.items()},
        "upstream": {k: described(v) for k, v in (upstream or {}).items()},
        "gradients": {k: described(v) for k, v in (gradients or {}).items()},
    }
    text = json.dumps(document, separators=(",", ":"))
    for key in ("attributes", "inputs", "outputs", "upstream", "gradients"):
        text = text.replace(f',"{key}":', f',\n"{key}":')
    assert len(text) < 60_000, name
    (FOLDER / f"{name}.json").write_text(text + "\n")


def case(name, operator, attributes, inputs, function, constants=()):
    """`function(**inputs)` forward and backward; `constants` take no gradient."""
    variables = {
        k: v.clone().requires_grad_(k not in constants) for k, v in inputs.items()
    }
    output = function(**variables)
    upstream = random(*output.shape) if output.dim() else torch.tensor(1.0, dtype=torch.float64)
    (output * upstream).sum().backward()
    gradients = {k: v.grad for k, v in variables.items() if v.grad is not None}
    write(name, operator, attributes, inputs, {"y": output}, {"y": upstream}, gradients)


def convolution(name, shape, out, kernel, stride=1, pads=(0, 0, 0, 0), dilation=1, group=1,
                bias=True):
    """Weight [out, in / group, kh, kw]; pads are top, left, bottom, right as in ONNX."""
    inputs = {"x": random(*shape), "weight": random(out, shape[1] // group, *kernel, scale=0.3)}
    if bias:
        inputs["bias"] = random(out)
    top, left, bottom, right = pads

    def run(x, weight, bias=None):
        return F.conv2d(F.pad(x, (left, right, top, bottom)), weight, bias, stride=stride,
                        dilation=dilation, groups=group)

    attributes = {"kernel_shape": list(kernel), "strides": [stride] * 2, "pads": list(pads),
                  "dilations": [dilation] * 2, "group": group}
    case(name, "Conv", attributes, inputs, run)


def convolutions():
    same = (1, 1, 1, 1)
    convolution("conv-1x1", (2, 5, 4, 6), 4, (1, 1))
    convolution("conv-1x1-stride2", (2, 4, 5, 7), 3, (1, 1), stride=2, bias=False)
    convolution("conv-3x3", (2, 3, 7, 8), 4, (3, 3), pads=same)
    convolution("conv-3x3-unpadded", (1, 2, 6, 5), 3, (3, 3), bias=False)
    convolution("conv-3x3-wide", (1, 8, 9, 10), 8, (3, 3), pads=same)
    convolution("conv-3x3-stride2", (2, 3, 8, 7), 4, (3, 3), stride=2, pads=same)
    convolution("conv-3x3-dilation2", (1, 3, 9, 8), 2, (3, 3), pads=(2, 2, 2, 2), dilation=2)
    convolution("conv-3x3-groups2", (2, 4, 5, 6), 6, (3, 3), pads=same, group=2)
    convolution("conv-3x3-depthwise", (2, 5, 6, 5), 5, (3, 3), pads=same, group=5)
    convolution("conv-5x5-depthwise-stride2", (1, 4, 9, 8), 4, (5, 5), stride=2,
                pads=(2, 2, 2, 2), group=4)
    convolution("conv-depthwise-multiplier2", (1, 3, 6, 6), 6, (3, 3), pads=same, group=3)
    convolution("conv-3x3-asymmetric-pads", (2, 2, 6, 7), 3, (3, 3), stride=2, pads=(0, 1, 2, 0))
    convolution("conv-1x3", (1, 3, 5, 6), 2, (1, 3), pads=(0, 1, 0, 1))
    convolution("conv-7x7-stride2", (1, 3, 15, 13), 4, (7, 7), stride=2, pads=(3, 3, 3, 3))


def transposed_convolution(name, shape, out, kernel, stride, padding, output_padding, bias=True,
                           group=1):
    """Weight [in, out / group, kh, kw], as in ONNX and PyTorch."""
    inputs = {"x": random(*shape),
              "weight": random(shape[1], out // group, kernel, kernel, scale=0.3)}
    if bias:
        inputs["bias"] = random(out)

    def run(x, weight, bias=None):
        return F.conv_transpose2d(x, weight, bias, stride=stride, padding=padding,
                                  output_padding=output_padding, groups=group)

    attributes = {"kernel_shape": [kernel] * 2, "strides": [stride] * 2, "pads": [padding] * 4,
                  "output_padding": [output_padding] * 2, "group": group, "dilations": [1, 1]}
    case(name, "ConvTranspose", attributes, inputs, run)


def transposed_convolutions():
    transposed_convolution("convtranspose-2x2-stride2", (2, 4, 4, 5), 3, 2, 2, 0, 0)
    transposed_convolution("convtranspose-3x3-stride2", (2, 3, 4, 5), 2, 3, 2, 1, 1)
    transposed_convolution("convtranspose-4x4-stride2", (1, 3, 4, 3), 2, 4, 2, 1, 0, bias=False)


def batch_normalisation():
    """Running statistics move by `momentum` towards the batch's, the variance being unbiased."""
    inputs = {"x": random(3, 4, 3, 5, scale=2) + 0.5, "scale": random(4) + 1, "bias": random(4)}
    mean, variance = random(4), random(4).abs() + 0.5
    attributes = {"epsilon": 1e-5, "momentum": 0.1}
    for training in (True, False):
        running = [mean.clone(), variance.clone()]
        variables = {k: v.clone().requires_grad_() for k, v in inputs.items()}
        y = F.batch_norm(variables["x"], *running, variables["scale"], variables["bias"],
                         training=training, momentum=0.1, eps=1e-5)
        upstream = random(*y.shape)
        (y * upstream).sum().backward()
        outputs = {"y": y}
        if training:
            outputs |= {"running_mean": running[0], "running_variance": running[1]}
        write("batchnorm-training" if training else "batchnorm-eval", "BatchNormalization",
              attributes | {"training": int(training)},
              inputs | {"running_mean": mean, "running_variance": variance}, outputs,
              {"y": upstream}, {k: v.grad for k, v in variables.items()})


def pooling():
    def attributes(kernel, stride, pad, **more):
        return {"kernel_shape": [kernel] * 2, "strides": [stride] * 2, "pads": [pad] * 4} | more

    for name, kernel, stride, pad, ceil in (
        ("maxpool-2x2", 2, 2, 0, False), ("maxpool-3x3-stride2-pad1", 3, 2, 1, False),
        ("maxpool-2x2-ceil", 2, 2, 0, True)):
        case(name, "MaxPool", attributes(kernel, stride, pad, ceil_mode=int(ceil)),
             {"x": distinct(2, 3, 7, 5)},
             lambda x: F.max_pool2d(x, kernel, stride, pad, ceil_mode=ceil))
    case("averagepool-2x2", "AveragePool", attributes(2, 2, 0, count_include_pad=0),
         {"x": random(2, 3, 6, 8)}, lambda x: F.avg_pool2d(x, 2, 2))
    for include in (True, False):
        name = "averagepool-3x3-pad1-" + ("counted" if include else "uncounted")
        case(name, "AveragePool", attributes(3, 2, 1, count_include_pad=int(include)),
             {"x": random(2, 3, 7, 6)},
             lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=include))
    case("globalaveragepool", "GlobalAveragePool", {}, {"x": random(2, 5, 4, 3)},
         lambda x: x.mean((2, 3), keepdim=True))
    case("globalmaxpool", "GlobalMaxPool", {}, {"x": distinct(2, 5, 4, 3)},
         lambda x: x.amax((2, 3), keepdim=True))


def elementwise():
    case("gemm", "Gemm", {"transB": 1},
         {"x": random(5, 7), "weight": random(4, 7), "bias": random(4)},
         lambda x, weight, bias: F.linear(x, weight, bias))
    case("concat", "Concat", {"axis": 1}, {"a": random(2, 3, 4, 3), "b": random(2, 2, 4, 3)},
         lambda a, b: torch.cat((a, b), 1))
    case("add", "Add", {}, {"a": random(2, 3, 4, 3), "b": random(2, 3, 4, 3)},
         lambda a, b: a + b)
    case("mul", "Mul", {}, {"a": random(2, 3, 4, 3), "b": random(2, 3, 4, 3)},
         lambda a, b: a * b)
    case("mul-channelwise", "Mul", {}, {"a": random(2, 3, 4, 3), "b": random(2, 3, 1, 1)},
         lambda a, b: a * b)
    case("relu", "Relu", {}, {"x": distinct(2, 3, 4, 5)}, lambda x: F.relu(x))
    case("leakyrelu", "LeakyRelu", {"alpha": 0.01}, {"x": distinct(2, 3, 4, 5)},
         lambda x: F.leaky_relu(x, 0.01))
    case("sigmoid", "Sigmoid", {}, {"x": random(2, 3, 4, 5, scale=3)},
         lambda x: torch.sigmoid(x))
    case("tanh", "Tanh", {}, {"x": random(2, 3, 4, 5, scale=2)},
         lambda x: torch.tanh(x))
    case("softmax", "Softmax", {"axis": 1}, {"x": random(4, 6, scale=2)},
         lambda x: F.softmax(x, 1))
    case("softmax-channels", "Softmax", {"axis": 1}, {"x": random(2, 3, 4, 5, scale=2)},
         lambda x: F.softmax(x, 1))
    case("dropout-eval", "Dropout", {"ratio": 0.5, "training": 0}, {"x": random(2, 3, 4)},
         lambda x: F.dropout(x, 0.5, training=False))


def resizing():
    """`scales` are for rows and columns; bilinear samples at half-pixel centres."""
    inputs = {"x": random(2, 3, 4, 5)}
    case("resize-nearest", "ResizeNearest", {"scales": [2, 2]}, inputs,
         lambda x: F.interpolate(x, scale_factor=2, mode="nearest"))
    case("resize-bilinear", "ResizeBilinear", {"scales": [2, 2]}, inputs,
         lambda x: F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False))


def curves():
    """Functions of one value; `parameters` in the order of ONNX's definition."""
    x = {"x": random(2, 3, 4, 5, scale=2)}
    positive = {"x": random(2, 3, 4, 5).abs() + 0.1}
    for name, operator, parameters, inputs, function in (
        ("elu", "Elu", [0.7], x, lambda x: F.elu(x, 0.7)),
        ("celu", "Celu", [0.7], x, lambda x: F.celu(x, 0.7)),
        ("selu", "Selu", [1.6732632423543772, 1.0507009873554805], x, lambda x: F.selu(x)),
        ("hardsigmoid", "HardSigmoid", [1 / 6, 0.5], x, lambda x: F.hardsigmoid(x)),
        ("hardswish", "HardSwish", [], x, lambda x: F.hardswish(x)),
        ("thresholdedrelu", "ThresholdedRelu", [0.8], x, lambda x: F.threshold(x, 0.8, 0)),
        ("erf", "Erf", [], x, lambda x: torch.erf(x)),
        ("gelu", "Gelu", [0], x, lambda x: F.gelu(x)),
        ("gelu-tanh", "Gelu", [1], x, lambda x: F.gelu(x, approximate="tanh")),
        ("clip", "Clip", [-0.25, 0.3], {"x": distinct(2, 3, 4, 5)}, lambda x: x.clamp(-0.25, 0.3)),
        ("softplus", "Softplus", [], x, lambda x: F.softplus(x)),
        ("softsign", "Softsign", [], x, lambda x: F.softsign(x)),
        ("mish", "Mish", [], x, lambda x: F.mish(x)),
        ("swish", "Swish", [], x, lambda x: F.silu(x)),
        ("exp", "Exp", [], x, lambda x: x.exp()),
        ("abs", "Abs", [], x, lambda x: x.abs()),
        ("neg", "Neg", [], x, lambda x: -x),
        ("sqrt", "Sqrt", [], positive, lambda x: x.sqrt()),
        ("log", "Log", [], positive, lambda x: x.log()),
        ("reciprocal", "Reciprocal", [], positive, lambda x: 1 / x)):
        case(name, operator, {"parameters": parameters}, inputs, function)


def broadcasting():
    a, positive = random(2, 3, 4, 5), random(2, 3, 4, 5).abs() + 0.5
    row, channel, gate = random(5), random(3, 1, 1), random(2, 3, 1, 1)
    case("add-row", "Add", {}, {"a": a, "b": row}, lambda a, b: a + b)
    case("add-first", "Add", {}, {"a": channel, "b": a}, lambda a, b: a + b)
    case("add-scalar", "Add", {}, {"a": a, "b": random(1)}, lambda a, b: a + b)
    case("mul-channel", "Mul", {}, {"a": a, "b": channel}, lambda a, b: a * b)
    case("sub-gate", "Sub", {}, {"a": a, "b": gate}, lambda a, b: a - b)
    case("sub-matrices", "Sub", {}, {"a": random(4, 1), "b": random(1, 6)}, lambda a, b: a - b)
    case("div", "Div", {}, {"a": a, "b": channel.abs() + 0.5}, lambda a, b: a / b)
    case("pow", "Pow", {}, {"a": positive, "b": channel}, lambda a, b: a ** b)
    case("min", "Min", {}, {"a": distinct(2, 3, 4, 5), "b": distinct(3, 1, 1).round(decimals=2)},
         lambda a, b: torch.minimum(a, b))
    case("max", "Max", {}, {"a": distinct(2, 3, 4, 5), "b": distinct(2, 3, 1, 1).round(decimals=2)},
         lambda a, b: torch.maximum(a, b))
    case("prelu", "PRelu", {}, {"a": distinct(2, 3, 4, 5), "b": channel},
         lambda a, b: F.prelu(a, b.reshape(3)))


def reductions():
    x, maxima = random(2, 3, 4, 5), distinct(2, 3, 4, 5)
    for name, operator, axes, keep, inputs, function in (
        ("reducemean-image", "ReduceMean", [2, 3], 1, x, lambda x: x.mean((2, 3), True)),
        ("reducemean-channels", "ReduceMean", [1], 1, x, lambda x: x.mean(1, True)),
        ("reducemean-flat", "ReduceMean", [2, 3], 0, x, lambda x: x.mean((2, 3))),
        ("reducesum-batch", "ReduceSum", [0, -1], 0, x, lambda x: x.sum((0, 3))),
        ("reducel1", "ReduceL1", [1], 0, x, lambda x: x.abs().sum(1)),
        ("reducel2", "ReduceL2", [2, 3], 1, x,
         lambda x: x.square().sum((2, 3), keepdim=True).sqrt()),
        ("reducesumsquare", "ReduceSumSquare", [1], 1, x, lambda x: x.square().sum(1, True)),
        ("reducemax", "ReduceMax", [1], 1, maxima, lambda x: x.amax(1, True)),
        ("reducemin", "ReduceMin", [-2], 0, maxima, lambda x: x.amin(2))):
        case(name, operator, {"axes": axes, "keepdims": keep}, {"x": inputs}, function)


def normalisations():
    def inputs(*shape, scale):
        return {"x": random(*shape, scale=2) + 0.5, "scale": random(*scale) + 1,
                "bias": random(*scale)}

    def layer(x, scale, bias):
        return F.layer_norm(x, scale.shape, scale, bias)

    case("layernorm-rows", "LayerNormalization", {"axis": -1}, inputs(3, 4, 7, scale=(7,)), layer)
    case("layernorm-image", "LayerNormalization", {"axis": 1},
         inputs(2, 3, 4, 5, scale=(3, 4, 5)), layer)
    case("layernorm-columns", "LayerNormalization", {"axis": -1}, inputs(2, 3, 4, 5, scale=(5,)),
         layer)
    for name, shape in (("image", (2, 3, 6, 5)), ("row", (2, 3, 9))):
        case("instancenorm-" + name, "InstanceNormalization", {}, inputs(*shape, scale=(3,)),
             lambda x, scale, bias: F.instance_norm(x, weight=scale, bias=bias))
    case("groupnorm", "GroupNormalization", {"num_groups": 2}, inputs(2, 6, 4, 3, scale=(6,)),
         lambda x, scale, bias: F.group_norm(x, 2, scale, bias))
    case("lrn", "LRN", {"size": 3, "alpha": 0.5, "beta": 0.75, "bias": 2},
         {"x": random(2, 5, 3, 4)}, lambda x: F.local_response_norm(x, 3, 0.5, 0.75, 2.0))
    case("logsoftmax", "LogSoftmax", {"axis": 1}, {"x": random(2, 3, 4, 5, scale=2)},
         lambda x: F.log_softmax(x, 1))
    case("softmax-columns", "Softmax", {"axis": 3}, {"x": random(2, 3, 4, 5, scale=2)},
         lambda x: F.softmax(x, 3))


def products():
    for name, a, b in (("rows", (2, 3, 4), (4, 5)), ("stacks", (2, 3, 4), (2, 4, 5)),
                       ("repeated", (3, 4), (2, 4, 5)), ("images", (2, 3, 4, 5), (5, 2)),
                       ("vector", (2, 3, 4), (4,))):
        case("matmul-" + name, "MatMul", {}, {"a": random(*a), "b": random(*b)},
             lambda a, b: a @ b)


def arrangements():
    x = {"x": random(2, 4, 6, 5)}
    case("transpose", "Transpose", {"perm": [0, 2, 3, 1]}, x, lambda x: x.permute(0, 2, 3, 1))
    case("transpose-deep", "Transpose", {"perm": [0, 2, 1, 3, 4]}, {"x": random(2, 2, 3, 2, 3)},
         lambda x: x.permute(0, 2, 1, 3, 4))
    case("reshape-groups", "Reshape", {"shape": [0, 2, 2, 6, 5]}, x,
         lambda x: x.reshape(2, 2, 2, 6, 5))
    case("reshape-image", "Reshape", {"shape": [2, -1, 5, 4]}, x, lambda x: x.reshape(2, 6, 5, 4))
    case("flatten", "Flatten", {"axis": 2}, x, lambda x: x.reshape(8, 30))
    case("squeeze", "Squeeze", {"axes": [2, 3]}, {"x": random(2, 4, 1, 1)},
         lambda x: x.squeeze((2, 3)))
    case("unsqueeze", "Unsqueeze", {"axes": [2, 3]}, {"x": random(2, 4)},
         lambda x: x[:, :, None, None])
    case("slice", "Slice", {"axes": [1, 2], "starts": [1, 0], "ends": [3, 9], "steps": [1, 2]}, x,
         lambda x: x[:, 1:3, 0:9:2])
    case("slice-backwards", "Slice", {"axes": [3], "starts": [-1], "ends": [-9], "steps": [-2]}, x,
         lambda x: x.flip(3)[..., ::2])
    case("split", "Split", {"axis": 1, "split": [1, 3]}, x, lambda x: x[:, :1])
    case("concat-rows", "Concat", {"axis": 2}, {"a": random(2, 3, 4, 3), "b": random(2, 3, 2, 3)},
         lambda a, b: torch.cat((a, b), 2))
    case("expand", "Expand", {"shape": [2, 3, 4, 5]}, {"x": random(2, 3, 1, 1)},
         lambda x: x.expand(2, 3, 4, 5))
    case("gather", "Gather", {"axis": 1, "indices": [2, 0, 2]}, x, lambda x: x[:, [2, 0, 2]])
    for number, (name, mode) in enumerate((("constant", "constant"), ("reflect", "reflect"),
                                           ("edge", "replicate"), ("wrap", "circular"))):
        case("pad-" + name, "Pad", {"pads": [0, 0, 1, 2, 0, 0, 3, 1], "mode": number}, x,
             lambda x: F.pad(x, (2, 1, 1, 3), mode=mode))
    case("pad-crop", "Pad", {"pads": [0, 1, -1, 2, 0, 0, -2, 1]}, x,
         lambda x: F.pad(x, (2, 1, -1, -2, 1, 0)))
    case("depthtospace-crd", "DepthToSpace", {"blocksize": 2, "crd": 1}, {"x": random(2, 8, 3, 2)},
         lambda x: F.pixel_shuffle(x, 2))
    case("spacetodepth-crd", "SpaceToDepth", {"blocksize": 2, "crd": 1}, {"x": random(2, 2, 6, 4)},
         lambda x: F.pixel_unshuffle(x, 2))
    case("resize-align-corners", "Resize", {"sizes": [7, 9], "align_corners": 1}, x,
         lambda x: F.interpolate(x, (7, 9), mode="bilinear", align_corners=True))
    case("resize-sizes", "Resize", {"sizes": [9, 3]}, x,
         lambda x: F.interpolate(x, (9, 3), mode="bilinear"))
    case("resize-asymmetric", "Resize", {"sizes": [9, 7], "nearest": 1}, x,
         lambda x: F.interpolate(x, (9, 7), mode="nearest"))


def soft_dice(logits, target, per_image, smooth):
    """1 - (2 sum(p t) + s) / (sum(p) + sum(t) + s), p = sigmoid(logits), mean over images."""
    p = torch.sigmoid(logits)
    axes = (1, 2, 3) if per_image else (0, 1, 2, 3)
    overlap, total = (p * target).sum(axes), p.sum(axes) + target.sum(axes)
    return (1 - (2 * overlap + smooth) / (total + smooth)).mean()


def losses():
    """Means over the batch; class weights as in PyTorch: divided by the sum of the targets' own."""
    target = torch.tensor([2, 0, 1, 1, 2, 0], dtype=torch.float64)
    weights = torch.tensor([0.5, 1.25, 2.0], dtype=torch.float64)
    for name, weighted, smoothing in (
        ("", False, 0.0), ("-weights", True, 0.0), ("-smoothing", False, 0.1),
        ("-weights-smoothing", True, 0.1)):
        inputs = {"logits": random(6, 3, scale=2), "target": target}
        if weighted:
            inputs["class_weights"] = weights
        case("loss-crossentropy" + name, "SoftmaxCrossEntropy", {"label_smoothing": smoothing},
             inputs, lambda logits, target, class_weights=None: F.cross_entropy(
                 logits, target.long(), weight=class_weights, label_smoothing=smoothing),
             constants=("target", "class_weights"))

    target = (random(3, 1, 5, 4) > 0.4).to(torch.float64)
    target[2] = 0  # an image without a lesion
    logits = random(3, 1, 5, 4, scale=3)
    logits[0, 0, 0, :2] = torch.tensor([40.0, -40.0])  # must not overflow
    inputs = {"logits": logits, "target": target}
    for name, positive in (("", 1.0), ("-positive-weight", 2.5)):
        case("loss-bce" + name, "BinaryCrossEntropyWithLogits", {"positive_weight": positive},
             inputs, lambda logits, target: F.binary_cross_entropy_with_logits(
                 logits, target, pos_weight=torch.tensor(positive)), constants=("target",))
    for name, per_image in (("per-image", True), ("whole-batch", False)):
        case("loss-dice-" + name, "SoftDice", {"smooth": 1, "per_image": int(per_image)},
             inputs, lambda logits, target: soft_dice(logits, target, per_image, 1),
             constants=("target",))


def optimisers():
    """Inputs: the parameter and five gradients [5, 6]; output: the parameter after each step."""
    start, slopes = random(6), random(5, 6)
    for name, operator, make, attributes in (
        ("sgd-momentum", "SGD", torch.optim.SGD,
         {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.0}),
        ("sgd-nesterov-decay", "SGD", torch.optim.SGD,
         {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.01, "nesterov": 1}),
        ("adam", "Adam", torch.optim.Adam,
         {"lr": 0.01, "betas": [0.9, 0.999], "eps": 1e-8, "weight_decay": 0.0}),
        ("adamw", "AdamW", torch.optim.AdamW,
         {"lr": 0.01, "betas": [0.9, 0.999], "eps": 1e-8, "weight_decay": 0.05})):
        parameter = start.clone().requires_grad_()
        optimiser = make([parameter], **attributes)
        steps = []
        for slope in slopes:
            parameter.grad = slope.clone()
            optimiser.step()
            steps.append(parameter.detach().clone())
        write("optimiser-" + name, operator, attributes,
              {"parameter": start, "gradient": slopes}, {"parameter": torch.stack(steps)})


def given_statistics():
    """Batch normalisation of values that are no images, by statistics that are given."""
    inputs = {"x": random(2, 3, 7), "scale": random(3), "bias": random(3),
              "running_mean": random(3), "running_variance": random(3).abs() + 0.5}
    case("batchnorm-values", "BatchNormalization", {"training": 0}, inputs,
         lambda x, scale, bias, running_mean, running_variance: F.batch_norm(
             x, running_mean, running_variance, scale, bias),
         constants=("running_mean", "running_variance"))


def depth_pooling():
    """Pooling of volumes along their first axis."""
    for name, operator, x, run in (
        ("maxpool-depth", "MaxPoolDepth", distinct(2, 2, 5, 2, 3),
         lambda x: F.max_pool3d(x, (3, 1, 1), (2, 1, 1), (1, 0, 0))),
        ("averagepool-depth", "AveragePoolDepth", random(2, 2, 5, 2, 3),
         lambda x: F.avg_pool3d(x, (3, 1, 1), (2, 1, 1), (1, 0, 0)))):
        case(name, operator, {"kernel_shape": [3, 1], "strides": [2, 1], "pads": [1, 0, 1, 0],
                              "ceil_mode": 0, "count_include_pad": 1}, {"x": x}, run)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for family in (convolutions, transposed_convolutions, batch_normalisation, pooling,
                   elementwise, resizing, losses, optimisers, curves, broadcasting, reductions,
                   normalisations, products, arrangements,
                   given_statistics, depth_pooling):
        family()
