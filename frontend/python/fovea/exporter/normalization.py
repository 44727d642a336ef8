"""Normalizations, sums and means."""

import numpy as np

from fovea.exporter.graph import Tensor, handles

REDUCTIONS = {"mean": "ReduceMean", "sum": "ReduceSum", "amax": "ReduceMax"}


def reduced(graph, op, x, over, *, keep):
    """A sum, mean or such over axes."""
    places = [place for place, name in enumerate(x.axes) if name in over]
    axes = {name: 1 if name in over else size for name, size in x.axes.items() if keep or name not in over}
    return Tensor(graph.add(op, [x, graph.integers(*places)], axes.values(), keepdims=int(keep)), axes)


@handles(*REDUCTIONS)
def reduction(graph, op, x):
    return reduced(graph, REDUCTIONS[op.op], x, op.get("over"), keep=op.get("keepdim", False))


@handles("softmax")
def softmax(graph, op, x):
    over = op.get("over")
    if len(over) == 1:
        return graph.same("Softmax", x, axis=list(x.axes).index(over[0]))
    x = graph.last(x, *over)
    axes, x = x.axes, graph.joined(x, {"#over": over})
    return graph.same("Softmax", x, axis=len(x.axes) - 1).seen(axes)


@handles("batch_norm")
def batch_norm(graph, op, x, *parameters):
    names = [name for name in x.axes if name != "c"]
    if not names:  # ONNX wants a batch
        return batch_norm(graph, op, x.seen({"#batch": 1, **x.axes}), *parameters).without("#batch")
    x = graph.ordered(x, [names[0], "c", *names[1:]])
    return graph.same("BatchNormalization", x, *map(graph.value, parameters), epsilon=op.number("eps"))


@handles("group_norm")
def group_norm(graph, op, x, weight, bias):
    x = graph.ordered(x, ["n", "c", *(name for name in x.axes if name not in "nc")])
    parameters = graph.value(weight), graph.value(bias)
    return graph.same("GroupNormalization", x, *parameters, num_groups=op.get("groups"), epsilon=op.number("eps"))


def standardized(graph, op, x, weight, bias):
    over = op.get("over")
    x = graph.last(x, *over)
    sizes = [x.axes[name] for name in over]
    parameters = [graph.value(weight) if weight else graph.constant(np.ones(sizes))]
    parameters += [graph.value(bias)] if bias else []
    return graph.same("LayerNormalization", x, *parameters, axis=len(x.axes) - len(over), epsilon=op.number("eps"))


@handles("layer_norm")
def layer_norm(graph, op, x, weight=None, bias=None):
    return standardized(graph, op, x, weight, bias)


@handles("rms_norm")
def rms_norm(graph, op, x, weight=None):
    x = graph.last(x, *op.get("over"))
    square = reduced(graph, "ReduceMean", graph.same("Mul", x, graph.value(x)), op.get("over"), keep=True)
    length = graph.same("Sqrt", graph.scaled("Add", square, op.number("eps")))
    x = graph.same("Div", x, graph.value(length))
    return graph.same("Mul", x, graph.value(weight)) if weight else x


@handles("standardize")
def standardize(graph, op, x):
    return standardized(graph, op, x, None, None) if op.get("center", True) else rms_norm(graph, op, x)


@handles("l2_normalize")
def l2_normalize(graph, op, x):
    length = reduced(graph, "ReduceL2", x, op.get("over"), keep=True)
    return graph.same("Div", x, graph.value(graph.same("Max", length, graph.constant(op.number("eps")))))
