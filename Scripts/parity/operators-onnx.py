"""Writes random ONNX graphs of one operator, in every form its operator sets gave it, and compares
imgdx with ONNX Runtime.

For developers only: imgdx itself needs no Python. Needs numpy, onnx and onnxruntime.

    python Scripts/parity/operators-onnx.py .build/release/imgdx [--cases 400] [--seed 0] [--only Conv]

Each graph is also written by `imgdx model pack`, checked by onnx.checker and run in ONNX Runtime.
Nothing is kept. Exit status 1 when a graph that ONNX Runtime runs fails in imgdx or differs by more
than 1e-4 of the largest value.
"""
import argparse
import collections
import random
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

onnxruntime.set_default_logger_severity(4)
options = argparse.ArgumentParser(description=__doc__)
options.add_argument("imgdx")
options.add_argument("--cases", type=int, default=400)
options.add_argument("--seed", type=int, default=0)
options.add_argument("--only")
options = options.parse_args()
rng = np.random.default_rng(options.seed)
choice = random.Random(options.seed)


class Case:
    """A graph of one operator: `x` is the input, everything else an initializer."""

    def __init__(self, opset, shape, positive=False):
        self.opset, self.initializers, self.nodes, self.expected = opset, [], [], None
        self.x = rng.standard_normal(shape).astype(np.float32)
        if positive:
            self.x = np.abs(self.x) + 0.1

    def floats(self, *shape, positive=False):
        values = rng.standard_normal(shape).astype(np.float32)
        return self.constant(np.abs(values) + 0.2 if positive else values)

    def constant(self, array):
        name = f"c{len(self.initializers)}"
        array = np.asarray(array)
        if choice.random() < 0.3:
            self.nodes.append(helper.make_node("Constant", [], [name], value=numpy_helper.from_array(array)))
            self.initializers.append(None)
        else:
            self.initializers.append(numpy_helper.from_array(array, name))
        return name

    def integers(self, values):
        return self.constant(np.array(values, dtype=np.int64))

    def node(self, operator, inputs, **attributes):
        attributes = {k: v for k, v in attributes.items() if v is not None}
        self.nodes.append(helper.make_node(operator, inputs, ["y"], **attributes))
        return self

    def model(self):
        dims = list(self.x.shape)
        if choice.random() < 0.5:
            dims = [f"d{i}" if i != 1 else n for i, n in enumerate(dims)]
        graph = helper.make_graph(
            self.nodes, "case", [helper.make_tensor_value_info("x", TensorProto.FLOAT, dims)],
            [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
            [i for i in self.initializers if i is not None])
        return helper.make_model(graph, ir_version=8 if self.opset < 21 else 10,
                                 opset_imports=[helper.make_opsetid("", self.opset)])


def pick(*values):
    return choice.choice(values)


def opset(low=7, high=21):
    return choice.randint(low, high)


def image(channels=None, low=1, high=13):
    return (pick(1, 2, 3), channels or pick(1, 2, 3, 5, 8, 17), choice.randint(low, high), choice.randint(low, high))


def shape(rank=None):
    return image() if (rank or pick(2, 3, 4, 4, 5)) == 4 else tuple(choice.randint(1, 6) for _ in range(rank or pick(1, 2, 3, 5)))


def window(case, operator):
    """Random kernel, strides, dilations and pads that fit the image."""
    kernel = [pick(1, 2, 3, 3, 5), pick(1, 2, 3, 3, 4)]
    attributes = dict(kernel_shape=kernel, strides=[pick(1, 1, 2, 3), pick(1, 1, 2, 3)])
    mode = pick("pads", "pads", "none", "SAME_UPPER", "SAME_LOWER", "VALID")
    dilates = dict(MaxPool=10, AveragePool=19).get(operator, 1)
    # ONNX Runtime's pooling leaves dilations out of automatic padding, against the standard.
    if case.opset >= dilates and (dilates == 1 or mode in ("pads", "none")):
        attributes["dilations"] = [pick(1, 1, 2), pick(1, 1, 3)]
    if mode == "pads":
        limit = [max(0, k - 1) for k in kernel] * 2
        attributes["pads"] = [choice.randint(0, n) for n in limit]
    elif mode != "none":
        attributes["auto_pad"] = mode
    return attributes


def conv():
    groups = pick(1, 1, 2, 4)
    channels = groups * pick(1, 2, 3, 16)
    case = Case(opset(6), image(channels, 5, 20))
    attributes = window(case, "Conv")
    depthwise = pick(True, False, False)
    if depthwise:
        groups = channels
    out = groups * pick(1, 2, 3)
    w = case.floats(out, channels // groups, *attributes["kernel_shape"])
    return case.node("Conv", ["x", w] + ([case.floats(out)] if pick(True, False) else []), group=groups,
                     **{k: v for k, v in attributes.items() if k != "kernel_shape" or pick(True, False)})


def conv_transpose():
    groups = pick(1, 1, 2)
    channels = groups * pick(1, 2, 3)
    case = Case(opset(6), image(channels, 3, 8))
    attributes = window(case, "ConvTranspose")
    out = groups * pick(1, 2, 4)
    if pick(True, False):
        attributes["output_padding"] = [choice.randint(0, s - 1) for s in attributes["strides"]]
    if min((k - 1) * d + 1 - s for k, d, s in zip(attributes["kernel_shape"], attributes.get("dilations", [1, 1]), attributes["strides"])) < 0:
        # The standard wants size times stride; ONNX Runtime gives what the kernel reaches.
        attributes.pop("auto_pad", None)
    if pick(True, False, False):
        attributes.pop("auto_pad", None)
        attributes.pop("pads", None)
        attributes["output_shape"] = [case.x.shape[2 + i] * attributes["strides"][i] for i in (0, 1)]
    w = case.floats(channels, out // groups, *attributes["kernel_shape"])
    return case.node("ConvTranspose", ["x", w] + ([case.floats(out)] if pick(True, False) else []), group=groups, **attributes)


def pool():
    operator = pick("MaxPool", "AveragePool")
    case = Case(opset(7), image(low=5, high=16))
    attributes = window(case, operator)
    if case.opset >= 10 and "auto_pad" not in attributes:
        attributes["ceil_mode"] = pick(0, 1)
    if operator == "AveragePool":
        attributes["count_include_pad"] = pick(0, 1)
    return case.node(operator, ["x"], **attributes)


def global_pool():
    return Case(opset(6), image()).node(pick("GlobalAveragePool", "GlobalMaxPool"), ["x"])


def normalization():
    kind = pick("BatchNormalization", "InstanceNormalization", "LayerNormalization", "GroupNormalization", "LRN")
    if kind == "BatchNormalization":
        case = Case(opset(7), pick(image(), (3, 7)))
        c = case.x.shape[1]
        return case.node(kind, ["x", case.floats(c), case.floats(c), case.floats(c), case.floats(c, positive=True)], epsilon=pick(None, 1e-3))
    if kind == "InstanceNormalization":
        case = Case(opset(6), pick(image(low=3), (2, 3, 17)))
        c = case.x.shape[1]
        return case.node(kind, ["x", case.floats(c), case.floats(c)], epsilon=pick(None, 1e-3))
    if kind == "LayerNormalization":
        case = Case(opset(17), shape(pick(2, 3, 4)))
        axis = pick(-1, -1, case.x.ndim - 1, 1, -2)
        rest = case.x.shape[axis:]
        return case.node(kind, ["x", case.floats(*rest)] + ([case.floats(*rest)] if pick(True, False) else []), axis=axis, epsilon=pick(None, 1e-3))
    if kind == "GroupNormalization":
        case = Case(21, image(6, 3))
        return case.node(kind, ["x", case.floats(6), case.floats(6)], num_groups=pick(1, 2, 3, 6))
    return Case(opset(6), image()).node("LRN", ["x"], size=pick(1, 3, 5), alpha=pick(None, 0.01, 1.0), beta=pick(None, 0.5), bias=pick(None, 2.0))


def unary():
    plain = {"Relu": 6, "Sigmoid": 6, "Tanh": 6, "Erf": 9, "Abs": 6, "Neg": 6, "Exp": 6, "Reciprocal": 6, "Softplus": 6, "Softsign": 6,
             "HardSwish": 14, "Mish": 18, "LeakyRelu": 6, "Elu": 6, "HardSigmoid": 6, "Selu": 6, "ThresholdedRelu": 10, "Gelu": 20, "Celu": 12,
             "Sqrt": 6, "Log": 6, "Identity": 6}
    name = pick(*plain)
    case = Case(opset(plain[name]), shape(), positive=name in ("Sqrt", "Log"))
    case.x *= np.float32(pick(1, 4))
    attributes = {}
    if name in ("LeakyRelu", "Elu", "ThresholdedRelu", "HardSigmoid", "Selu", "Celu"):
        attributes["alpha"] = pick(None, 0.3, 1.5)
    if name == "HardSigmoid":
        attributes["beta"] = pick(None, 0.4)
    if name == "Gelu":
        attributes["approximate"] = pick(None, "none", "tanh")
    return case.node(name, ["x"], **attributes)


def clip():
    case = Case(opset(6), shape())
    if case.opset < 11:
        return case.node("Clip", ["x"], min=pick(None, -0.5), max=pick(None, 0.7))
    low, high = pick("", "given"), pick("", "given")
    inputs = ["x", low and case.constant(np.float32(-0.5)), high and case.constant(np.float32(0.7))]
    return case.node("Clip", inputs)


def binary():
    name = pick("Add", "Sub", "Mul", "Div", "Pow", "PRelu", "Max", "Min", "Sum", "Mean")
    case = Case(opset(13 if name == "Pow" else 8), shape(), positive=name == "Pow")
    other = [pick(n, 1) for n in case.x.shape][pick(0, 0, 1):] if case.x.ndim > 1 else list(case.x.shape)
    if pick(True, False, False, False) and name != "PRelu":
        other = []
    c = case.floats(*other, positive=name in ("Div",))
    if name in ("Sum", "Mean", "Max", "Min") and pick(True, False):
        return case.node(name, ["x", c, "x"][:pick(1, 2, 3)])
    return case.node(name, [c, "x"] if name not in ("PRelu", "Pow") and pick(True, False) else ["x", c])


def legacy_broadcast():
    case = Case(6, image())
    axis = pick(0, 1, 2)
    # ONNX Runtime begins at operator set 7, so NumPy gives the answer.
    name, function = pick(("Add", np.add), ("Mul", np.multiply), ("Sub", np.subtract), ("Div", np.divide))
    other = np.abs(rng.standard_normal(case.x.shape[axis:axis + pick(1, 2)]).astype(np.float32)) + 0.2
    case.expected = function(case.x, other.reshape(other.shape + (1,) * (4 - axis - other.ndim)))
    return case.node(name, ["x", case.constant(other)], broadcast=1, axis=axis)


def reduce():
    name = pick("ReduceMean", "ReduceMax", "ReduceSum", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceSumSquare")
    case = Case(opset(6), shape(pick(2, 3, 4, 4)))
    rank = case.x.ndim
    axes = sorted(choice.sample(range(rank), choice.randint(1, rank)))
    axes = [a - rank if case.opset >= 11 and pick(True, False) else a for a in axes]
    keep = pick(None, 0, 1)
    if pick(True, False, False, False, False):
        return case.node(name, ["x"], keepdims=keep)
    if case.opset >= (13 if name == "ReduceSum" else 18):
        return case.node(name, ["x", case.integers(axes)], keepdims=keep, noop_with_empty_axes=pick(None, 0, 1))
    return case.node(name, ["x"], axes=axes, keepdims=keep)


def softmax():
    case = Case(opset(6), shape())
    rank = case.x.ndim
    return case.node(pick("Softmax", "LogSoftmax"), ["x"], axis=pick(None if rank > 1 else 0, *range(rank)) if case.opset < 11 or pick(True, False) else -1)


def products():
    if pick(True, False):
        m, k, n = choice.randint(1, 9), choice.randint(1, 40), choice.randint(1, 9)
        ta, tb = pick(0, 1), pick(0, 1)
        case = Case(opset(7), (k, m) if ta else (m, k))
        w = case.floats(*((n, k) if tb else (k, n)))
        bias = pick(None, [n], [1, n], [m, n], [m, 1], [1], [])
        if case.opset < 11 and bias is None:
            bias = [n]
        return case.node("Gemm", ["x", w] + ([case.floats(*bias)] if bias is not None else []), transA=ta, transB=tb,
                         alpha=pick(None, 0.5), beta=pick(None, 0.25))
    k, n = choice.randint(1, 9), choice.randint(1, 9)
    stack = pick((), (3,), (2, 3))
    case = Case(opset(6), stack + (choice.randint(1, 5), k))
    other = pick((), stack, tuple(1 for _ in stack), (1,) + stack if len(stack) < 2 else ())
    return case.node("MatMul", ["x", case.floats(*other, k, n) if pick(True, True, False) else case.floats(k)])


def reshape():
    kind = pick("Reshape", "Flatten", "Squeeze", "Unsqueeze", "Expand", "Dynamic")
    if kind == "Reshape":
        case = Case(opset(6), image(pick(2, 4, 6)))
        n, c, h, w = case.x.shape
        target = pick([n, -1], [0, -1], [0, 2, c // 2, h, w], [-1], [0, 0, -1], [n, c, h * w, 1], [0, h, w, c], [w, h, c, n])
        return case.node("Reshape", ["x", case.integers(target)])
    if kind == "Flatten":
        case = Case(opset(6), shape())
        return case.node("Flatten", ["x"], axis=pick(None, *range(case.x.ndim + 1)))
    if kind == "Squeeze":
        case = Case(opset(6), pick((2, 3, 1, 1), (1, 3, 1, 4), (2, 1, 3), (3, 1, 2, 1, 2)))
        axes = [i for i, n in enumerate(case.x.shape) if n == 1]
        axes = pick(axes, axes[:1])
        if case.opset >= 13:
            return case.node("Squeeze", ["x"] + ([case.integers(axes)] if pick(True, True, False) else []))
        return case.node("Squeeze", ["x"], axes=pick(axes, axes, None))
    if kind == "Unsqueeze":
        case = Case(opset(6), pick((2, 3), (2, 3, 4), (2, 3, 4, 5), (4,)))
        axes = pick([0], [1], [1, 2], [case.x.ndim])
        if case.opset >= 13:
            return case.node("Unsqueeze", ["x", case.integers(axes)])
        return case.node("Unsqueeze", ["x"], axes=axes)
    if kind == "Expand":
        case = Case(opset(8), pick((2, 3, 1, 1), (1, 3, 4, 1), (3, 1)))
        return case.node("Expand", ["x", case.integers(pick([2, 3, 4, 5], [1, 1, 4, 1], [2, 3, 3, 5], [3, 1]) if case.x.ndim == 2 or case.x.shape[2] == 1 else [2, 3, 4, 5])])
    # The shape comes from the value's own: as exporters write x.view(x.size(0), -1).
    case = Case(opset(11, 20), image())
    case.nodes.append(helper.make_node("Shape", ["x"], ["s"]))
    case.nodes.append(helper.make_node("Gather", ["s", case.constant(np.array(pick(0, 1), dtype=np.int64))], ["g"], axis=0))
    if case.opset >= 13:
        case.nodes.append(helper.make_node("Unsqueeze", ["g", case.integers([0])], ["u"]))
    else:
        case.nodes.append(helper.make_node("Unsqueeze", ["g"], ["u"], axes=[0]))
    case.nodes.append(helper.make_node("Concat", ["u", case.integers([-1])], ["t"], axis=0))
    return case.node("Reshape", ["x", "t"])


def arrange():
    kind = pick("Transpose", "Concat", "Split", "Slice", "Gather", "DepthToSpace", "SpaceToDepth", "Pad")
    if kind == "Transpose":
        case = Case(opset(6), shape())
        perm = list(range(case.x.ndim))
        choice.shuffle(perm)
        return case.node("Transpose", ["x"], perm=pick(perm, perm, None, [0, 2, 3, 1] if case.x.ndim == 4 else perm))
    if kind == "Concat":
        case = Case(opset(6), shape(pick(2, 3, 4)))
        axis = pick(*range(case.x.ndim))
        other = list(case.x.shape)
        other[axis] = choice.randint(1, 5)
        return case.node("Concat", choice.sample(["x", case.floats(*other), "x"], 3), axis=axis - pick(0, case.x.ndim) if case.opset >= 11 else axis)
    if kind == "Split":
        case = Case(opset(7), (2, 8, 4, 6)[:pick(2, 3, 4)])
        axis = pick(0, 1)
        n = case.x.shape[axis]
        sizes = pick([1, n - 1], [n // 2, n // 2])
        attributes = dict(axis=axis)
        inputs = ["x"]
        if case.opset < 13:
            attributes["split"] = sizes
        elif pick(True, False) or n % 2:
            inputs.append(case.integers(sizes))
        elif case.opset >= 18:
            attributes["num_outputs"] = 2
        outputs = choice.sample(["y", "z"], 2)
        case.nodes.append(helper.make_node("Split", inputs, outputs, **attributes))
        return case
    if kind == "Slice":
        case = Case(opset(6), shape())
        rank = case.x.ndim
        axes = choice.sample(range(rank), choice.randint(1, rank))
        starts = [pick(0, 0, 1, -1, -2, -100) for _ in axes]
        ends = [pick(1, 2, 2**31 - 1, 2**63 - 1, -1, 3, 100) for _ in axes]
        if case.opset < 10:
            return case.node("Slice", ["x"], starts=starts, ends=ends, axes=axes)
        steps = [pick(1, 2, -1, 3) for _ in axes]
        for i, step in enumerate(steps):
            if step < 0:
                starts[i], ends[i] = pick((-1, -2**31), (2, 0), (100, -100), (-1, -2**63))
        inputs = ["x", case.integers(starts), case.integers(ends), case.integers(axes), case.integers(steps)]
        return case.node("Slice", inputs[:pick(4, 5, 5)])
    if kind == "Gather":
        case = Case(opset(6), shape(pick(2, 3, 4)))
        axis = pick(*range(case.x.ndim))
        n = case.x.shape[axis]
        index = pick(np.array(choice.randint(0, n - 1)), np.array([choice.randint(-n if case.opset >= 11 else 0, n - 1) for _ in range(pick(1, 2, 5))]))
        return case.node("Gather", ["x", case.constant(index.astype(np.int64))], axis=axis)
    if kind == "DepthToSpace":
        case = Case(opset(6), image(pick(4, 8, 9, 18)))
        return case.node(kind, ["x"], blocksize=2 if case.x.shape[1] % 4 == 0 else 3, mode=pick(None, "DCR", "CRD") if case.opset >= 11 else None)
    if kind == "SpaceToDepth":
        return Case(opset(6), (2, 3, 6, 4)).node(kind, ["x"], blocksize=2)
    case = Case(opset(6), shape(pick(2, 3, 4, 4)))
    rank = case.x.ndim
    mode = pick("constant", "constant", "reflect", "edge") if case.opset < 19 else pick("constant", "reflect", "edge", "wrap")
    limits = [min(3, n - 1) if mode in ("reflect", "wrap") else 3 for n in case.x.shape]
    pads = [choice.randint(0, n) for n in limits] + [choice.randint(0, n) for n in limits]
    if mode == "constant" and pick(True, False, False):
        pads = [-1 if n > 3 else p for p, n in zip(pads, case.x.shape * 2)]
    if case.opset < 11:
        return case.node("Pad", ["x"], pads=pads, mode=mode, value=pick(None, 0.5) if mode == "constant" else None)
    inputs = ["x", case.integers(pads)]
    if mode == "constant" and pick(True, False):
        inputs.append(case.constant(np.float32(0.5)))
    if case.opset >= 18 and pick(True, False):
        axes = choice.sample(range(rank), rank)
        inputs[1] = case.integers([pads[a] for a in axes] + [pads[a + rank] for a in axes])
        inputs = (inputs + [""])[:3] + [case.integers(axes)]
    return case.node("Pad", inputs, mode=mode)


def resize():
    version = opset(7)
    case = Case(version, image(low=2, high=9))
    n, c, h, w = case.x.shape
    scales = np.array([1, 1, pick(1, 2, 3, 0.5, 1.5), pick(1, 2, 3, 0.6, 1.25)], dtype=np.float32)
    # ONNX Runtime copies where the size stays, whatever the scale.
    scales[2:] = [1 if int(n * s) == n else s for n, s in zip((h, w), scales[2:])]
    mode = pick("nearest", "linear")
    if version < 9:
        return case.node("Upsample", ["x"], scales=np.maximum(scales, 1).tolist(), mode=mode)
    if version < 10:
        return case.node("Upsample", ["x", case.constant(np.maximum(scales, 1))], mode=mode)
    if version < 11:
        return case.node("Resize", ["x", case.constant(scales)], mode=mode)
    coordinates = pick("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", None)
    if version >= 19:
        coordinates = pick(coordinates, "half_pixel_symmetric")
    attributes = dict(mode=mode, coordinate_transformation_mode=coordinates,
                      nearest_mode=pick(None, "round_prefer_floor", "round_prefer_ceil", "floor", "ceil") if mode == "nearest" else None)
    roi = "" if version >= 13 else case.constant(np.zeros(0, dtype=np.float32))
    if pick(True, False):
        sizes = [n, c, max(1, int(h * scales[2])), max(1, int(w * scales[3]))]
        if version >= 18 and pick(True, False):
            attributes.update(axes=[2, 3], keep_aspect_ratio_policy=pick(None, "stretch", "not_larger", "not_smaller"))
            sizes = sizes[2:]
        empty = "" if version >= 13 else case.constant(np.zeros(0, dtype=np.float32))
        return case.node("Resize", ["x", roi, empty, case.integers(sizes)], **attributes)
    if version >= 18 and pick(True, False):
        attributes["axes"] = [2, 3]
        scales = scales[2:]
    return case.node("Resize", ["x", roi, case.constant(scales)], **attributes)


MAKERS = dict(conv=conv, conv_transpose=conv_transpose, pool=pool, global_pool=global_pool, normalization=normalization, unary=unary,
              clip=clip, binary=binary, legacy_broadcast=legacy_broadcast, reduce=reduce, softmax=softmax, products=products,
              reshape=reshape, arrange=arrange, resize=resize)


def run(model, x, folder):
    onnx.save(model, f"{folder}/m.onnx")
    np.save(f"{folder}/x.npy", x)
    command = [options.imgdx, "model", "run", "--model", f"{folder}/m.onnx", "--input", f"{folder}/x.npy", "--output", f"{folder}/y.npy",
               "--output-name", "y", "--threads", "2"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return (np.load(f"{folder}/y.npy"), "") if done.returncode == 0 else (None, done.stderr.strip() or f"exit {done.returncode}")


def packed(x, expected, folder):
    """Why the graph as imgdx writes it is not the same to ONNX Runtime; empty when it is."""
    done = subprocess.run([options.imgdx, "model", "pack", f"{folder}/m.onnx", "-o", f"{folder}/p.onnx"], capture_output=True, text=True)
    if done.returncode:
        return "" if "not in ONNX any more" in done.stderr else done.stderr.strip()
    try:
        written = onnx.load(f"{folder}/p.onnx")
        # Nothing is said about the shape of an output that the open input sizes leave open.
        if written.graph.output[0].type.tensor_type.HasField("shape"):
            onnx.checker.check_model(written)
        session = onnxruntime.InferenceSession(f"{folder}/p.onnx", providers=["CPUExecutionProvider"])
        result = session.run(["y"], {"x": x})[0]
    except Exception as error:
        return f"written: {str(error)[:300]}"
    if result.shape != expected.shape:
        return f"written: shape {result.shape}, not {expected.shape}"
    difference = float(np.abs(result - expected).max()) / max(float(np.abs(expected).max()), 1e-6)
    return "" if difference <= 1e-4 else f"written: differs by {difference:.1e}"


totals, skipped, failures = collections.Counter(), collections.Counter(), 0
with tempfile.TemporaryDirectory() as folder:
    for number in range(options.cases):
        kind = options.only or pick(*MAKERS)
        case = MAKERS[kind]()
        model = case.model()
        operator = f"{kind}: {model.graph.node[-1].op_type}"
        expected = case.expected
        try:
            session = expected is None and onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
            expected = session.run(["y"], {"x": case.x})[0] if session else expected
        except Exception as error:
            skipped[operator] += 1
            continue
        if expected.size == 0 or not np.isfinite(expected).all():
            skipped[operator] += 1
            continue
        totals[operator] += 1
        result, message = run(model, case.x, folder)
        rewritten = packed(case.x, expected, folder) if result is not None else ""
        if result is None:
            problem = message
        elif result.shape != expected.shape:
            problem = f"shape {result.shape}, not {expected.shape}"
        else:
            difference = float(np.abs(result - expected).max()) / max(float(np.abs(expected).max()), 1e-6)
            problem = rewritten if difference <= 1e-4 else f"differs by {difference:.1e}"
        if problem:
            failures += 1
            node = model.graph.node[-1]
            attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
            print(f"case {number}, {operator}, opset {case.opset}, x {case.x.shape}, {attributes}, "
                  f"{[(list(i.dims), numpy_helper.to_array(i).tolist() if i.data_type == 7 else '') for i in model.graph.initializer]}: {problem}")
for operator in sorted(set(totals) | set(skipped)):
    print(f"{operator:40} {totals[operator]:5} compared, {skipped[operator]:4} that ONNX Runtime refuses")
print(f"{sum(totals.values())} graphs compared, {failures} failures")
sys.exit(failures > 0)
