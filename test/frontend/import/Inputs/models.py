"""Small ONNX models, made up: models.py NAME FILE writes one, models.py --list names them."""

import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

MODELS = {}


class Model:
    """Collects nodes; values are names, weights are drawn from a generator with the model's own seed."""

    def __init__(self, opset=17):
        self.nodes, self.constants, self.inputs, self.outputs, self.opset = [], [], [], [], opset
        self.random = np.random.default_rng(7)

    def input(self, name, *shape):
        self.inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        return name

    def output(self, value, name="y"):
        self.nodes.append(helper.make_node("Identity", [value], [name]))
        value = helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
        value.type.tensor_type.shape.SetInParent()  # unknown
        self.outputs.append(value)

    def constant(self, array, name=None):
        name = name or f"const_{len(self.constants)}"
        array = np.asarray(array, np.float32) if not isinstance(array, np.ndarray) else array
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def integers(self, *values):
        return self.constant(np.array(values, np.int64))

    def weight(self, name, *shape):
        spread = 1 / np.sqrt(max(1, np.prod(shape[1:])))
        return self.constant((self.random.standard_normal(shape) * spread).astype(np.float32), name)

    def positive(self, name, *shape):
        return self.constant(self.random.uniform(0.5, 1.5, shape).astype(np.float32), name)

    def __call__(self, op, *inputs, outputs=1, name=None, domain=None, **attributes):
        names = [f"{op}_{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(
            helper.make_node(
                op, list(inputs), names, name=name or f"{op}_{len(self.nodes)}", domain=domain, **attributes
            )
        )
        return names[0] if outputs == 1 else names

    def proto(self):
        graph = helper.make_graph(self.nodes, "model", self.inputs, self.outputs, self.constants)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=8)


def model(function):
    MODELS[function.__name__] = function
    return function


@model
def convolutions():
    m = Model()
    x = m.input("image", 1, 3, 32, 24)
    x = m("Conv", x, m.weight("stem.weight", 8, 3, 3, 3), strides=[2, 2], auto_pad="SAME_UPPER", name="stem")
    x = m("BatchNormalization", x, m.positive("bn.weight", 8), m.weight("bn.bias", 8), m.weight("bn.running_mean", 8),
          m.positive("bn.running_var", 8), epsilon=1e-3)  # fmt: skip
    x = m("Relu", x)
    y = m("Conv", x, m.weight("dw.weight", 8, 1, 3, 5), m.weight("dw.bias", 8), group=8, pads=[1, 2, 1, 2])
    y = m("Conv", y, m.weight("pw.weight", 16, 4, 1, 1), group=2)
    y = m("Add", y, m.weight("pw_bias", 1, 16, 1, 1))  # a bias, as paddle writes it
    y = m("MaxPool", y, kernel_shape=[2, 2], auto_pad="SAME_UPPER")
    z = m("AveragePool", y, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    z = m("ConvTranspose", z, m.weight("up.weight", 16, 8, 2, 2), strides=[2, 2])
    z = m("Resize", z, "", m.constant([1, 1, 2, 2]), mode="nearest", coordinate_transformation_mode="asymmetric",
          nearest_mode="floor")  # fmt: skip
    y = m("AveragePool", y, kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1)
    y = m("Resize", y, "", "", m.integers(1, 16, 32, 24), mode="linear",
          coordinate_transformation_mode="half_pixel")  # fmt: skip
    m.output(m("Concat", y, z, axis=1))
    return m


@model
def activations():
    m = Model()
    x = m.input("x", 1, 8, 6, 6)
    half, one, three, six = (m.constant(value) for value in (0.5, 1, 3, 6))
    parts = []
    erf = m("Add", m("Erf", m("Div", x, m.constant(np.sqrt(2)))), one)
    parts.append(m("Mul", m("Mul", x, erf), half))
    cube = m("Mul", m("Pow", x, three), m.constant(0.044715))
    tanh = m("Tanh", m("Mul", m("Add", x, cube), m.constant(np.sqrt(2 / np.pi))))
    parts.append(m("Mul", m("Mul", half, x), m("Add", one, tanh)))
    parts.append(m("Mul", x, m("Sigmoid", x)))
    parts.append(m("Mul", x, m("Sigmoid", m("Mul", x, m.constant(1.702)))))
    clip = m("Clip", m("Add", x, three), m.constant(0), six)
    parts.append(m("Div", m("Mul", x, clip), six))  # hard_swish, as paddle writes it
    parts.append(m("Div", clip, six))
    parts.append(m("Mul", x, m("Tanh", m("Softplus", x))))
    parts.append(m("HardSigmoid", x, alpha=0.2, beta=0.5))
    parts.append(m("Clip", x, m.constant(0), six))
    parts.append(m("Clip", x, "", m.constant(1.5)))
    parts.append(m("LeakyRelu", x, alpha=0.1))
    parts.append(m("Elu", x, alpha=0.5))
    parts.append(m("PRelu", x, m.weight("slope", 8, 1, 1)))
    parts.append(m("Neg", m("Sqrt", m("Abs", x))))
    parts.append(m("Reciprocal", m("Add", m("Pow", x, m.constant(2)), one)))
    parts.append(m("Max", m("Min", x, m.constant(0.7)), m("Exp", m("Neg", x))))
    m.output(m("Concat", *parts, axis=1))
    return m


@model
def sizes():
    """Sizes that are open: as parameters, in Resize, and in a Reshape that comes from Shape."""
    m = Model()
    x = m.input("image", "N", 3, "?", "W")
    x = m("Conv", x, m.weight("conv.weight", 8, 3, 3, 3), strides=[2, 2], pads=[1, 1, 1, 1])
    low = m("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
    high = m("Slice", m("Shape", x), m.integers(2), m.integers(4), m.integers(0))
    whole = m("Concat", m("Slice", m("Shape", low), m.integers(0), m.integers(2), m.integers(0)), high, axis=0)
    low = m("Resize", low, "", "", whole, mode="linear", coordinate_transformation_mode="align_corners")
    x = m("Add", x, low)
    pooled = m("GlobalAveragePool", x)
    flat = m(
        "Concat", m("Slice", m("Shape", pooled), m.integers(0), m.integers(1), m.integers(0)), m.integers(8), axis=0
    )
    m.output(m("Gemm", m("Reshape", pooled, flat), m.weight("fc.weight", 4, 8), m.weight("fc.bias", 4), transB=1))
    return m


@model
def fixed_height():
    """A height that can be one only: what is left of it is squeezed away."""
    m = Model()
    x = m.input("line", 1, 3, "H", "W")
    x = m(
        "AveragePool",
        m("Conv", x, m.weight("conv.weight", 4, 3, 3, 3), pads=[1, 1, 1, 1]),
        kernel_shape=[8, 2],
        strides=[8, 2],
    )
    m.output(m("Transpose", m("Squeeze", x, m.integers(2)), perm=[0, 2, 1]))
    return m


def residual(m, x, scope, width, kernel, ratio):
    """A block under torch's names: a depthwise convolution and an MLP, scaled, added to the input."""
    y = m("Conv", x, m.weight(f"{scope}.dw.weight", width, 1, kernel, kernel), m.weight(f"{scope}.dw.bias", width),
          group=width, pads=[kernel // 2] * 4)  # fmt: skip
    y = m(
        "Conv",
        y,
        m.weight(f"{scope}.mlp.fc1.weight", ratio * width, width, 1, 1),
        m.weight(f"{scope}.b1", ratio * width),
    )
    y = m("Mul", m("Conv", m("Relu", y), m.weight(f"{scope}.mlp.fc2.weight", width, ratio * width, 1, 1)),
          m.weight(f"{scope}.gamma", width, 1, 1))  # fmt: skip
    return m("Add", x, y)


@model
def stages():
    """Blocks of different sizes, in stages."""
    m = Model()
    x = m("Conv", m.input("image", 1, 3, 16, 16), m.weight("stem.weight", 8, 3, 2, 2), strides=[2, 2])
    for i, (width, kernels) in enumerate([(8, [3, 5, 3]), (12, [3, 3])]):
        if i:
            x = m("Conv", x, m.weight("down.weight", width, 8, 2, 2), strides=[2, 2])
        for j, kernel in enumerate(kernels):
            x = residual(m, x, f"stages.{i}.blocks.{j}", width, kernel, 4)
    m.output(x)
    return m


@model
def branches():
    """Blocks that have a loop with a table of their own, and an argument that is called as a column of it."""
    m = Model()
    x = m.input("image", 1, 8, 6, 6)

    def convolution(x, scope, width, out, kernel):
        weights = m.weight(f"{scope}.weight", out, width, kernel, kernel), m.weight(f"{scope}.bias", out)
        return m("Relu", m("Conv", x, *weights, pads=[kernel // 2] * 4))

    for i in range(8):
        x = convolution(x, f"stem.{i}", 8, 8, 1)
    for i, (width, out) in enumerate([(8, 4), (13, 6)]):
        y = convolution(x, f"{i}.single", width, 4, 1)
        z = x
        for j, sizes in enumerate([(width, 5, 1), (5, 6, 3), (6, 6, 5), (6, 5, 3)]):
            z = convolution(z, f"{i}.{j}", *sizes)
        x = m("Concat", y, z, convolution(x, f"{i}.last", width, out, 1), axis=1)
    m.output(x)
    return m


@model
def unnamed():
    """The same structure where the weights' names say nothing: keys are made up."""
    m = stages()
    names = {tensor.name: f"onnx::{tensor.name.count('.')}{k}" for k, tensor in enumerate(m.constants)}
    for tensor in m.constants:
        tensor.name = names[tensor.name]
    for node in m.nodes:
        node.input[:] = [names.get(name, name) for name in node.input]
    return m


def split_heads(m, x, heads, width):
    return m("Transpose", m("Reshape", x, m.integers(0, -1, heads, width)), perm=[0, 2, 1, 3])


@model
def attention():
    """Tokens of a map; one factor for queries, keys and values, with the scale on the queries, as paddle writes it;
    three factors with the scale behind the product, as torch does; a map again."""
    m = Model()
    x = m("Conv", m.input("image", 1, 3, 6, "W"), m.weight("stem.weight", 16, 3, 2, 2), strides=[2, 2])
    shape = m("Shape", x)
    tokens = m("Transpose", m("Reshape", x, m.integers(0, 0, -1)), perm=[0, 2, 1])

    mean = m("ReduceMean", tokens, axes=[-1])
    centred = m("Sub", tokens, mean)
    root = m("Sqrt", m("Add", m("ReduceMean", m("Pow", centred, m.constant(2)), axes=[-1]), m.constant(1e-6)))
    y = m("Add", m("Mul", m("Div", centred, root), m.positive("norm.weight", 16)), m.weight("norm.bias", 16))

    qkv = m("Add", m("MatMul", y, m.weight("qkv.weight", 16, 48)), m.weight("qkv.bias", 48))
    qkv = m("Transpose", m("Reshape", qkv, m.integers(0, -1, 3, 4, 4)), perm=[2, 0, 3, 1, 4])
    q, k, v = (m("Gather", qkv, m.constant(np.array(i)), axis=0) for i in range(3))
    scores = m("MatMul", m("Mul", q, m.constant(0.5)), m("Transpose", k, perm=[0, 1, 3, 2]))
    y = m("MatMul", m("Softmax", scores, axis=-1), v)
    y = m("Reshape", m("Transpose", y, perm=[0, 2, 1, 3]), m.integers(0, -1, 16))
    tokens = m("Add", tokens, m("MatMul", y, m.weight("proj.weight", 16, 16)))

    q, k, v = (split_heads(m, m("MatMul", tokens, m.weight(f"{name}.weight", 16, 16)), 2, 8) for name in "qkv")
    scores = m("Div", m("MatMul", q, m("Transpose", k, perm=[0, 1, 3, 2])), m.constant(4.0))
    y = m("Transpose", m("MatMul", m("Softmax", scores, axis=-1), v), perm=[0, 2, 1, 3])
    y = m("Reshape", y, m.integers(0, -1, 16))
    m.output(m("Reshape", m("Transpose", y, perm=[0, 2, 1]), shape))
    return m


@model
def channels():
    """Attention between the channels of each head, of factors that are parts of the same tensor."""
    m = Model()
    x = m.input("x", 1, 10, 16)
    qkv = m("Reshape", m("MatMul", x, m.weight("qkv.weight", 16, 48)), m.integers(1, 10, 3, 4, 4))
    qkv = m("Transpose", qkv, perm=[2, 0, 3, 4, 1])
    q, k, v = (m("Gather", qkv, m.constant(np.array(i)), axis=0) for i in range(3))
    scores = m("MatMul", q, m("Transpose", k, perm=[0, 1, 3, 2]))
    scores = m("Mul", scores, m.weight("temperature", 4, 1, 1))
    y = m("MatMul", m("Softmax", scores, axis=-1), v)
    # The other way round: keys and values make a matrix first, a position's share is added.
    matrix = m("MatMul", m("Softmax", k, axis=-1), m("Transpose", v, perm=[0, 1, 3, 2]))
    z = m("MatMul", m("Transpose", q, perm=[0, 1, 3, 2]), matrix)
    z = m("Add", z, m("Mul", m("Transpose", q, perm=[0, 1, 3, 2]), m("Transpose", v, perm=[0, 1, 3, 2])))
    y = m("Reshape", m("Transpose", y, perm=[0, 3, 1, 2]), m.integers(1, 10, 16))
    m.output(m("Add", y, m("Reshape", m("Transpose", z, perm=[0, 2, 1, 3]), m.integers(1, 10, 16))))
    return m


@model
def shared():
    """Heads of queries that share the one head of keys and values."""
    m = Model()
    x = m.input("x", 1, 10, 16)
    q = split_heads(m, m("MatMul", x, m.weight("q.weight", 16, 16)), 4, 4)
    k, v = (m("Unsqueeze", m("MatMul", x, m.weight(f"{name}.weight", 16, 4)), m.integers(1)) for name in "kv")
    scores = m("Mul", m("MatMul", q, m("Transpose", k, perm=[0, 1, 3, 2])), m.constant(0.5))
    y = m("Transpose", m("MatMul", m("Softmax", scores, axis=-1), v), perm=[0, 2, 1, 3])
    m.output(m("Reshape", y, m.integers(1, 10, 16)))
    return m


@model
def borders():
    """Padding that is not zero, repetition, lengths over a map."""
    m = Model()
    x = m.input("image", 1, 4, 6, 6)
    y = m("Pad", x, m.integers(0, 0, 0, 0, 0, 0, 1, 1), m.constant(-np.inf))
    y = m("MaxPool", y, kernel_shape=[3, 3], strides=[2, 2])
    # Half of a size, rounded down, as a float again: what is cast stays what it is.
    half = m("Div", m("Cast", m("Gather", m("Shape", x), m.integers(2)), to=TensorProto.FLOAT), m.constant([4.0]))
    whole = m("Cast", m("Cast", half, to=TensorProto.INT64), to=TensorProto.FLOAT)
    y = m("Mul", y, m("Sub", half, whole))
    y = m("Add", m("Tile", y, m.integers(1, 1, 2, 3)), m("Pad", x, m.integers(0, 0, 0, 1, 0, 0, 0, 2), m.constant(0.5)))
    length = m("ReduceL2", y, axes=[2, 3])
    m.output(m("Mul", y, m("Div", length, m("Add", m("ReduceMean", length, axes=[1]), m.constant(1e-6)))))
    return m


@model
def computed():
    """Weights that constants make: standardized as a batch is, and a convolution of an encoding of positions."""
    m = Model()
    weight, ones, zeros = (m.weight("conv.weight", 1, 8, 27), m.constant(np.ones(8)), m.constant(np.zeros(8)))
    weight, _, _ = m("BatchNormalization", weight, ones, zeros, zeros, ones, outputs=3, training_mode=1)
    x = m("Conv", m.input("image", 1, 3, 6, 6), m("Reshape", weight, m.integers(8, 3, 3, 3)))
    positions = m("Conv", m("Sin", m.weight("positions", 1, 2, 4, 4)), m.weight("project.weight", 8, 2, 1, 1))
    m.output(m("Add", x, positions))
    return m


@model
def norms():
    """Normalizations of one node and of many, over channels wherever they are."""
    m = Model()
    x = m.input("x", 1, 8, 4, 6)
    a = m("Reshape", m("InstanceNormalization", m("Reshape", x, m.integers(0, 4, -1)), m.constant(np.ones(4)),
                       m.constant(np.zeros(4)), epsilon=1e-4), m.integers(1, 8, 4, 6))  # fmt: skip
    a = m("Add", m("Mul", a, m.positive("gn.weight", 8, 1, 1)), m.weight("gn.bias", 8, 1, 1))
    b = m("Transpose", x, perm=[0, 2, 3, 1])
    b = m("LayerNormalization", b, m.positive("ln.weight", 8), m.weight("ln.bias", 8), epsilon=1e-6)
    b = m("Transpose", b, perm=[0, 3, 1, 2])
    centred = m("Sub", x, m("ReduceMean", x, axes=[1]))
    c = m("Div", centred, m("Sqrt", m("Add", m("ReduceMean", m("Mul", centred, centred), axes=[1]), m.constant(1e-5))))
    c = m("Add", m("Mul", c, m.positive("ln2d.weight", 8, 1, 1)), m.weight("ln2d.bias", 8, 1, 1))
    d = m("Mul", x, m("Reciprocal", m("Sqrt", m("Add", m("ReduceMean", m("Mul", x, x), axes=[1]), m.constant(1e-6)))))
    d = m("Mul", d, m.positive("rms.weight", 8, 1, 1))
    e = m("Div", x, m("Clip", m("ReduceL2", x, axes=[1]), m.constant(1e-12)))
    m.output(m("Concat", a, b, c, d, e, axis=1))
    return m


@model
def lines():
    """One spatial dimension: a convolution and a pool over tokens."""
    m = Model()
    x = m.input("x", 1, 6, 20)
    x = m("Conv", x, m.weight("conv.weight", 8, 6, 3), m.weight("conv.bias", 8), pads=[1, 1], strides=[2])
    x = m("AveragePool", m("Relu", x), kernel_shape=[2], strides=[2])
    m.output(m("MatMul", m("Transpose", x, perm=[0, 2, 1]), m.weight("fc.weight", 8, 4)))
    return m


@model
def unsupported():
    m = Model()
    x = m.input("x", 1, 4, 8, 8)
    a = m("LRN", x, size=3, name="/features/norm")
    b = m(
        "Resize",
        x,
        "",
        m.constant([1, 1, 1.5, 1.5]),
        mode="nearest",
        coordinate_transformation_mode="half_pixel",
        name="/up/Resize",
    )
    c = m("Pad", x, m.integers(0, 0, 1, 1, 0, 0, 1, 1), m.constant(-np.inf), name="/pad")
    d = m("Conv", x, x, name="/dynamic/Conv")
    m.output(m("Relu", m("Add", a, d)))
    m.output(b, "b")
    m.output(c, "c")
    return m


@model
def scaled():
    m = Model()
    x = m.input("x", 1, 9, 16)
    size = m("Cast", m("Gather", m("Shape", x), m.integers(2)), to=TensorProto.FLOAT)
    m.output(m("Mul", x, m("Div", m.constant([1.0]), m("Sqrt", size))))
    return m


def main():
    if sys.argv[1] == "--list":
        print(*MODELS, sep="\n")
    else:
        onnx.save(MODELS[sys.argv[1]]().proto(), sys.argv[2])


if __name__ == "__main__":
    main()
