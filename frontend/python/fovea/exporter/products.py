"""Convolutions, linear layers and products of two tensors."""

import math

from fovea.exporter.graph import Tensor, handles

MAP = ["n", "c", "h", "w"]


def window(op, kernel):
    """Attributes of nodes that move a window of the sizes `kernel` over a map."""
    pad = op.get("pad", [0, 0])
    return {"kernel_shape": list(kernel), "strides": op.get("stride", [1, 1]), "pads": [*pad, *pad],
            "dilations": op.get("dilation", [1, 1])}  # fmt: skip


def map_of(op):
    return {name: op.results[0].axes[name] for name in MAP}


@handles("conv")
def conv(graph, op, x, weight, bias=None):
    axes, kernel = map_of(op), (weight.axes["y"], weight.axes["x"])
    operands = [graph.ordered(x, MAP), graph.ordered(weight, ["o", "i", "y", "x"]), bias]
    operands = operands if bias else operands[:2]
    return Tensor(graph.add("Conv", operands, axes.values(), **window(op, kernel), group=op.get("groups", 1)), axes)


@handles("conv_transpose")
def conv_transpose(graph, op, x, weight, bias=None):
    axes, kernel = map_of(op), (weight.axes["y"], weight.axes["x"])
    operands = [graph.ordered(x, MAP), graph.ordered(weight, ["i", "o", "y", "x"]), bias]
    operands = operands if bias else operands[:2]
    given = {**window(op, kernel), "output_padding": op.get("output_pad", [0, 0]), "group": op.get("groups", 1)}
    return Tensor(graph.add("ConvTranspose", operands, axes.values(), **given), axes)


@handles("linear")
def linear(graph, op, x, weight, bias=None):
    """A product of matrices if c is innermost, else a convolution with a kernel of one pixel."""
    weight, out = graph.ordered(weight, ["o", "i"]), weight.axes["o"]
    larger = [name for name, size in x.axes.items() if size > 1 and name != "c"]
    places = list(x.axes)
    if any(places.index(name) > places.index("c") for name in larger):
        return pixel_convolution(graph, x, weight, bias)
    x = graph.last(x, "c")
    axes = {**x.axes, "c": out}
    if len(axes) == 2 and bias:
        return Tensor(graph.add("Gemm", [x, weight, bias], axes.values(), transB=1), axes)
    product = Tensor(graph.add("MatMul", [x, graph.ordered(weight, ["i", "o"])], axes.values()), axes)
    return graph.same("Add", product, bias) if bias else product


def pixel_convolution(graph, x, weight, bias):
    axes = {**x.axes, "c": weight.axes["o"]}
    if list(x.axes) != MAP:  # what is before and behind c as one axis each
        c = list(x.axes).index("c")
        sizes = x.shape
        x = x.seen({"#before": math.prod(sizes[:c]), "c": sizes[c], "#behind": math.prod(sizes[c + 1 :])})
    pixel = {name: 1 for name in list(x.axes)[2:]}
    operands = [x, weight.seen({**weight.axes, **pixel})] + ([bias] if bias else [])
    shape = [x.shape[0], weight.axes["o"], *x.shape[2:]]
    made = {name: size for name, size in zip(x.axes, shape)}
    return Tensor(graph.add("Conv", operands, shape, kernel_shape=[1] * len(pixel)), made).seen(axes)


@handles("contract")
def contract(graph, op, a, b):
    """The batch axes, then the other axes of each as one."""
    over = op.get("over")
    batch = [name for name in a.axes if name in b.axes and name not in over]
    own = [[name for name in x.axes if name not in batch and name not in over] for x in (a, b)]
    axes = {name: a.axes[name] for name in batch + own[0]} | {name: b.axes[name] for name in own[1]}
    order = [name for name in a.axes if name in over]
    a = joined_in_order(graph, a, [batch, own[0], order])
    b = joined_in_order(graph, b, [batch, order, own[1]])
    shape = [*a.shape[:-1], b.shape[-1]]
    return Tensor(graph.add("MatMul", [a, b], shape), dict(enumerate(shape))).seen(axes)


def joined_in_order(graph, x, groups):
    """The axes of the first group as they are, those of each other group as one."""
    x = graph.ordered(x, [name for group in groups for name in group])
    sizes = [math.prod(x.axes[name] for name in group) for group in groups[1:]]
    return x.seen({**{name: x.axes[name] for name in groups[0]}, "#rows": sizes[0], "#columns": sizes[1]})
