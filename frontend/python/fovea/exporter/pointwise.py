"""Elementwise layers."""

import math

from fovea.exporter.graph import Tensor, handles

SAME = {"relu": "Relu", "sigmoid": "Sigmoid", "mish": "Mish", "softplus": "Softplus", "hard_swish": "HardSwish",
        "selu": "Selu", "tanh": "Tanh", "erf": "Erf", "exp": "Exp", "log": "Log", "sqrt": "Sqrt", "abs": "Abs",
        "gelu": "Gelu", "keep": "Identity"}  # fmt: skip
BINARY = {"add": "Add", "sub": "Sub", "mul": "Mul", "div": "Div", "maximum": "Max", "minimum": "Min"}


@handles(*SAME)
def unary(graph, op, x):
    return graph.same(SAME[op.op], x)


@handles("gelu_tanh")
def gelu_tanh(graph, op, x):
    return graph.same("Gelu", x, approximate="tanh")


@handles("rsqrt")
def rsqrt(graph, op, x):
    return graph.same("Reciprocal", graph.same("Sqrt", x))


@handles("silu")
def silu(graph, op, x):
    return graph.same("Mul", x, graph.same("Sigmoid", x))


@handles("quick_gelu")
def quick_gelu(graph, op, x):
    return graph.same("Mul", x, graph.same("Sigmoid", graph.scaled("Mul", x, 1.702)))


@handles("hard_sigmoid")
def hard_sigmoid(graph, op, x):
    return graph.same("HardSigmoid", x, alpha=1 / 6, beta=0.5)


@handles("relu6")
def relu6(graph, op, x):
    return graph.same("Clip", x, graph.constant(0), graph.constant(6))


@handles("clamp")
def clamp(graph, op, x):
    limits = [op.number(name) for name in ("low", "high")]
    return graph.same("Clip", x, *(graph.constant(limit) if math.isfinite(limit) else None for limit in limits))


@handles("leaky_relu")
def leaky_relu(graph, op, x):
    return graph.same("LeakyRelu", x, alpha=op.number("slope"))


@handles("elu", "celu")
def elu(graph, op, x):
    return graph.same({"elu": "Elu", "celu": "Celu"}[op.op], x, alpha=op.number("alpha"))


@handles("prelu")
def prelu(graph, op, x, weight):
    return graph.same("PRelu", x, graph.beside(weight, x.axes))


@handles(*BINARY)
def binary(graph, op, a, b):
    """One of the two has all axes; its order stays."""
    first = set(a.axes) >= set(b.axes) and math.prod(a.shape) >= math.prod(b.shape) or not set(b.axes) >= set(a.axes)
    order = list(a.axes if first else b.axes)
    sizes = op.results[0].axes
    axes = {name: sizes[name] for name in order}
    operands = [graph.beside(x, order) for x in (a, b)]
    return Tensor(graph.add(BINARY[op.op], operands, axes.values()), axes)
