"""Pooling layers."""

from fovea.exporter.graph import Tensor, handles
from fovea.exporter.normalization import reduced
from fovea.exporter.products import MAP, map_of, window
from fovea.exporter.resampling import resampled


def reach(op, x):
    """How far the last window reaches beyond the map and its padding, along h and w: where sizes are rounded up."""
    given = window(op, op.get("kernel"))
    for axis, kernel, stride, pad, dilation in zip(
        "hw", given["kernel_shape"], given["strides"], given["pads"], given["dilations"]
    ):
        end = (op.results[0].axes[axis] - 1) * stride + dilation * (kernel - 1) + 1
        yield max(0, end - x.axes[axis] - 2 * pad)


def pooled(graph, op, kind, x, pads, **more):
    axes = map_of(op)
    given = {**window(op, op.get("kernel")), **more, "pads": pads}
    return Tensor(graph.add(kind, [graph.ordered(x, MAP)], axes.values(), **given), axes)


@handles("max_pool")
def max_pool(graph, op, x):
    pad = op.get("pad", [0, 0])
    return pooled(graph, op, "MaxPool", x, [*pad, *(p + more for p, more in zip(pad, reach(op, x)))])


@handles("avg_pool")
def avg_pool(graph, op, x):
    pad, beyond = op.get("pad", [0, 0]), list(reach(op, x))
    counted = op.get("count_include_pad", True)
    if counted and any(pad) and any(beyond):  # zeros of the padding count, what is further out does not
        x = graph.ordered(x, MAP)
        axes = {**x.axes, "h": x.axes["h"] + 2 * pad[0], "w": x.axes["w"] + 2 * pad[1]}
        pads = graph.integers(0, 0, *pad, 0, 0, *pad)
        x, pad = Tensor(graph.add("Pad", [x, pads], axes.values()), axes), [0, 0]
    pads = [*pad, *(p + more for p, more in zip(pad, beyond))]
    return pooled(graph, op, "AveragePool", x, pads, count_include_pad=int(counted and not any(beyond)))


def regular(x, size):
    """Kernel and stride of equal windows, or None."""
    if any(x.axes[axis] % to for axis, to in zip("hw", size)):
        return None
    return [x.axes[axis] // to for axis, to in zip("hw", size)]


@handles("adaptive_avg_pool")
def adaptive_avg_pool(graph, op, x):
    size = op.get("size")
    if kernel := regular(x, size):
        axes = map_of(op)
        x = graph.ordered(x, MAP)
        return Tensor(graph.add("AveragePool", [x], axes.values(), kernel_shape=kernel, strides=kernel), axes)
    for axis, to in zip("hw", size):
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
    size = op.get("size")
    if kernel := regular(x, size):
        axes = map_of(op)
        x = graph.ordered(x, MAP)
        return Tensor(graph.add("MaxPool", [x], axes.values(), kernel_shape=kernel, strides=kernel), axes)
    for axis, to in zip("hw", size):
        parts = []
        for begin, end in windows(x.axes[axis], to):
            part = {**x.axes, axis: end - begin}
            bounds = [graph.integers(each) for each in (begin, end, list(x.axes).index(axis))]
            part = Tensor(graph.add("Slice", [x, *bounds], part.values()), part)
            parts.append(reduced(graph, "ReduceMax", part, [axis], keep=True))
        axes = {**x.axes, axis: to}
        x = Tensor(graph.add("Concat", parts, axes.values(), axis=list(axes).index(axis)), axes)
    return x
