"""Elementwise nodes."""

import math

import numpy as np

from fovea.importer.align import aligned, broadcast_axes, joined, nested, parameter, scalar_parameter
from fovea.importer.ir import number
from fovea.importer.registry import handles
from fovea.importer.views import Tensor, Unsupported, same_layout, with_axis

UNARY = {
    "Relu": "relu", "Sigmoid": "sigmoid", "Tanh": "tanh", "Erf": "erf", "Exp": "exp", "Log": "log", "Sqrt": "sqrt",
    "Abs": "abs", "Softplus": "softplus", "HardSwish": "hard_swish", "Mish": "mish", "Selu": "selu",
}  # fmt: skip
# What `unary` has found.
UNARY.update({name: name for name in
              "relu gelu gelu_tanh quick_gelu silu mish hard_swish hard_sigmoid relu6".split()})  # fmt: skip


def unary(context, tensor, layer, arguments=()):
    return same_layout(tensor, context.builder.add(layer, [tensor.value], arguments, tensor.value.axes).result)


@handles(*UNARY)
def simple(context, node, inputs):
    return unary(context, inputs[0], UNARY[node.op])


@handles("Gelu")
def gelu(context, node, inputs):
    return unary(context, inputs[0], "gelu_tanh" if context.attribute("approximate") == "tanh" else "gelu")


@handles("Swish")
def swish(context, node, inputs):
    if context.attribute("alpha", 1.0) != 1:
        raise Unsupported(f"attribute alpha = {context.attribute('alpha')}; expected 1")
    return unary(context, inputs[0], "silu")


@handles("LeakyRelu")
def leaky_relu(context, node, inputs):
    return unary(context, inputs[0], "leaky_relu", [("slope", number(context.attribute("alpha", 0.01)))])


@handles("Elu", "Celu")
def elu(context, node, inputs):
    return unary(context, inputs[0], node.op.lower(), [("alpha", number(context.attribute("alpha", 1.0)))])


@handles("HardSigmoid")
def hard_sigmoid(context, node, inputs):
    alpha, beta = context.attribute("alpha", 0.2), context.attribute("beta", 0.5)
    if abs(alpha - 1 / 6) < 1e-5 and beta == 0.5:
        return unary(context, inputs[0], "hard_sigmoid")
    scaled = arithmetic(context, "mul", inputs[0], number(alpha))
    shifted = arithmetic(context, "add", scaled, number(beta))
    return unary(context, shifted, "clamp", [(None, 0), (None, 1)])


@handles("Clip")
def clip(context, node, inputs):
    low = scalar_of(context, 1, "minimum", context.attribute("min"))
    high = scalar_of(context, 2, "maximum", context.attribute("max"))
    if low == 0 and high is None:
        return unary(context, inputs[0], "relu")
    if low == 0 and high == 6:
        return unary(context, inputs[0], "relu6")
    arguments = [] if low is None else [("low", low)]
    return unary(context, inputs[0], "clamp", arguments + ([] if high is None else [("high", high)]))


def scalar_of(context, index, what, default):
    array = context.constant(index, what)
    value = default if array is None else array.reshape(-1)[0].item()
    return None if value is None or math.isinf(value) or abs(value) > 3e38 else number(value)


@handles("PRelu")
def prelu(context, node, inputs):
    slope = context.constant(1, "slope").reshape(-1)
    tensor = with_axis(context.builder, inputs[0], 1, "c")
    if slope.size not in (1, tensor.value.axes["c"][0]):
        raise Unsupported(f"a slope of {slope.size} elements")
    op = context.builder.add("prelu", [tensor.value], [("shared", slope.size == 1)], tensor.value.axes,
                             context.key(node.inputs[1]), [("weight", slope.astype(np.float32))])  # fmt: skip
    return same_layout(tensor, op.result)


@handles("Neg")
def negative(context, node, inputs):
    return arithmetic(context, "mul", -1, inputs[0])


@handles("Reciprocal")
def reciprocal(context, node, inputs):
    return arithmetic(context, "div", 1, inputs[0])


@handles("Pow")
def power(context, node, inputs):
    exponent = context.constant(1, "exponent")
    exponent = exponent.reshape(-1)[0].item() if exponent.size == 1 else None
    if exponent == 0.5:
        return unary(context, inputs[0], "sqrt")
    if exponent in (2, 3):
        square = arithmetic(context, "mul", inputs[0], inputs[0])
        return square if exponent == 2 else arithmetic(context, "mul", square, inputs[0])
    raise Unsupported(f"its exponent {exponent}; expected one number: 0.5, 2 or 3")


@handles("Add", "Sub", "Mul", "Div", "Max", "Min", "Sum", "Mean")
def binary(context, node, inputs):
    layer = {"Max": "maximum", "Min": "minimum", "Sum": "add", "Mean": "add"}.get(node.op, node.op.lower())
    operands = [operand(context, name, value) for name, value in zip(node.inputs, inputs)]
    result = operands[0]
    for index, other in enumerate(operands[1:], 1):
        result = arithmetic(context, layer, result, other, [node.inputs[0], node.inputs[index]])
    return arithmetic(context, "div", result, float(len(inputs))) if node.op == "Mean" else result


def operand(context, name, value):
    """A tensor as it is, a constant of one element as a number, if it is one that a person would write."""
    if isinstance(value, np.ndarray):
        return number(value.reshape(-1)[0].item()) if value.size == 1 and is_literal(name, value) else value
    if not isinstance(value, Tensor):
        raise Unsupported("arithmetic of a tensor with sizes that the inputs determine")
    return value


def is_literal(name, array):
    if "const" in name.lower() or array.ndim == 0 and "." not in name:
        return True
    digits = np.format_float_positional(np.float32(array.reshape(-1)[0]), trim="-").lstrip("-").replace(".", "")
    return len(digits.strip("0")) <= 3


def arithmetic(context, layer, a, b, names=("", "")):
    """a and b, each a tensor, a constant array or a number, joined by an elementwise layer."""
    builder = context.builder
    if isinstance(a, Tensor) and isinstance(b, Tensor):
        a, b = aligned(builder, a, b)
    elif isinstance(a, Tensor) and isinstance(b, np.ndarray):
        a, b = with_parameter(context, a, b, names[1])
    elif isinstance(b, Tensor) and isinstance(a, np.ndarray):
        b, a = with_parameter(context, b, a, names[0])
    if not isinstance(a, Tensor) or not isinstance(b, Tensor):
        tensor = a if isinstance(a, Tensor) else b
        if layer in ("maximum", "minimum"):
            limit = b if tensor is a else a
            if layer == "maximum" and limit == 0:
                return unary(context, tensor, "relu")
            return unary(context, tensor, "clamp", [("low" if layer == "maximum" else "high", limit)])
        operands = [value.value if isinstance(value, Tensor) else value for value in (a, b)]
        return same_layout(tensor, builder.add(layer, operands, [], tensor.value.axes).result)
    a, b = nested(builder, a, b)
    axes = broadcast_axes(a.value, b.value)
    return joined(a, b, builder.add(layer, [a.value, b.value], [], axes).result)


def with_parameter(context, tensor, array, name):
    if array.size == 1:
        parameter_ = scalar_parameter(context, array, context.parameter_key(name, ["c"]))
        rank = max(tensor.rank, array.ndim)
        tensor = type(tensor)(tensor.value, tensor.layout, [[]] * (rank - tensor.rank) + tensor.dims)
        return tensor, type(tensor)(parameter_.value, parameter_.layout, [[]] * rank)
    return parameter(context, array, tensor, name)
