"""Pooling layers."""

from fovea.exporter.graph import Tensor, handles
from fovea.exporter.movement import padded
from fovea.exporter.normalization import reduced
from fovea.exporter.products import MAP, map_of, window
from fovea.exporter.resampling import resampled


def reach(op, x, pad):
    """How far the last window reaches beyond the map and its padding, along h and w: where sizes are rounded up."""
    given = window(op, op.get("kernel"))
    for axis, kernel, stride, around, dilation in zip(
        "hw", given["kernel_shape"], given["strides"], pad, given["dilations"]
    ):
        end = (op.results[0].axes[axis] - 1) * stride + dilation * (kernel - 1) + 1
        yield max(0, end - x.axes[axis] - 2 * around)


def pooled(graph, op, kind, x, pad, **more):
    """Where sizes are rounded up, what the last window needs is padding: programs differ in what ceil_mode is."""
    axes = map_of(op)
    behind = [around + beyond for around, beyond in zip(pad, reach(op, x, pad))]
    given = {**window(op, op.get("kernel")), **more, "pads": [*pad, *behind]}
    return Tensor(graph.add(kind, [graph.ordered(x, MAP)], axes.values(), **given), axes)


@handles("max_pool")
def max_pool(graph, op, x):
    return pooled(graph, op, "MaxPool", x, op.get("pad", [0, 0]))


@handles("avg_pool")
def avg_pool(graph, op, x):
    pad, counted = op.get("pad", [0, 0]), op.get("count_include_pad", True)
    if counted and any(reach(op, x, pad)):  # zeros of the padding count, what is further out does not
        if any(pad):
            x = padded(graph, x, ["h", "w"], pad, pad)
        pad, counted = [0, 0], False
    return pooled(graph, op, "AveragePool", x, pad, count_include_pad=int(counted))


def regular(graph, op, kind, x):
    """The pool `kind` with equal windows that makes the op's size, or None."""
    size = op.get("size")
    if any(x.axes[axis] % to for axis, to in zip("hw", size)):
        return None
    kernel = [x.axes[axis] // to for axis, to in zip("hw", size)]
    axes = map_of(op)
    return Tensor(graph.add(kind, [graph.ordered(x, MAP)], axes.values(), kernel_shape=kernel, strides=kernel), axes)


@handles("adaptive_avg_pool")
def adaptive_avg_pool(graph, op, x):
    if equal := regular(graph, op, "AveragePool", x):
        return equal
    for axis, to in zip("hw", op.get("size")):
        weights = [[0.0] * x.axes[axis] for _ in range(to)]
        for row, (begin, end) in zip(weights, windows(x.axes[axis], to)):
            row[begin:end] = [1 / (end - begin)] * (end - begin)
        x = resampled(graph, x, axis, weights)
    return x


def windows(size, count):
    """Begin and end of each."""
    return [(place * size // count, -(-(place + 1) * size // count)) for place in range(count)]


@handles("adaptive_max_pool")
def adaptive_max_pool(graph, op, x):
    if equal := regular(graph, op, "MaxPool", x):
        return equal
    for axis, to in zip("hw", op.get("size")):
        parts = []
        for begin, end in windows(x.axes[axis], to):
            part = {**x.axes, axis: end - begin}
            bounds = [graph.integers(each) for each in (begin, end, list(x.axes).index(axis))]
            part = Tensor(graph.add("Slice", [x, *bounds], part.values()), part)
            parts.append(reduced(graph, "ReduceMax", part, [axis], keep=True))
        axes = {**x.axes, axis: to}
        x = Tensor(graph.add("Concat", parts, axes.values(), axis=list(axes).index(axis)), axes)
    return x
