"""Interpolation."""

import math

import numpy as np

from fovea.exporter.graph import Tensor, handles


def resampled(graph, x, axis, weights):
    """Each element along the axis is a sum of those before, times a row of `weights`."""
    x = graph.last(x, axis)
    axes = {**x.axes, axis: len(weights)}
    return Tensor(graph.add("MatMul", [x, graph.constant(np.transpose(weights))], axes.values()), axes)


def nearest(origin, size):
    """Where the elements of an axis come from, and where ONNX takes them from."""
    places = np.arange(size, dtype=np.float32)
    ours = np.floor(places * (np.float32(origin) / np.float32(size)))
    theirs = np.floor(places / (np.float32(size) / np.float32(origin)))
    return np.minimum(ours, origin - 1), np.minimum(theirs, origin - 1)


def cubic(x, a):
    """Keys' kernel."""
    x = abs(x)
    if x < 1:
        return ((a + 2) * x - (a + 3)) * x * x + 1
    return (((x - 5) * x + 8) * x - 4) * a if x < 2 else 0


def antialiased(origin, size, bicubic):
    """The weights of Pillow's resampling, a row for each new element."""
    scale, weights = origin / size, np.zeros((size, origin))
    wide = max(scale, 1)
    for place in range(size):
        middle = scale * (place + 0.5)
        reach = (2 if bicubic else 1) * wide
        for at in range(max(int(middle - reach + 0.5), 0), min(int(middle + reach + 0.5), origin)):
            distance = (at - middle + 0.5) / wide
            weights[place, at] = cubic(distance, -0.5) if bicubic else max(1 - abs(distance), 0)
        weights[place] /= weights[place].sum()
    return weights


@handles("resize")
def resize(graph, op, x):
    """A Resize takes a map; other axes are brought to that. Antialiasing is a product with its weights, as what ONNX
    says of it is not what Pillow does."""
    mode, sizes = op.get("mode"), dict(zip(op.get("over"), op.get("size")))
    changed = {name: size for name, size in sizes.items() if x.axes[name] != size}
    for name, size in changed.items():
        if op.get("antialias", False):
            x = resampled(graph, x, name, antialiased(x.axes[name], size, mode == "bicubic"))
        elif mode == "nearest" and not np.array_equal(*nearest(x.axes[name], size)):
            axes = {**x.axes, name: size}
            places = graph.constant(nearest(x.axes[name], size)[0], np.int64)
            x = Tensor(graph.add("Gather", [x, places], axes.values(), axis=list(axes).index(name)), axes)
    changed = {name: size for name, size in changed.items() if x.axes[name] != size}
    while changed:
        pair, changed = dict(list(changed.items())[:2]), dict(list(changed.items())[2:])
        x = resized(graph, x, pair, mode, op.get("align_corners", False))
    return x


def resized(graph, x, sizes, mode, align_corners):
    x = graph.last(x, *sizes)
    axes = {**x.axes, **sizes}
    if len(x.axes) != 4 or len(sizes) != 2:
        batch = math.prod(size for name, size in x.axes.items() if name not in sizes)
        missing = {"#1": 1} if len(sizes) == 1 else {}
        x = x.seen({"#n": 1, "#c": batch, **missing, **{name: x.axes[name] for name in sizes}})
    made = {**x.axes, **sizes}
    given = {
        "nearest": {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
        "bilinear": {"mode": "linear"},
        "bicubic": {"mode": "cubic", "cubic_coeff_a": -0.75},
    }[mode]
    if align_corners:
        given["coordinate_transformation_mode"] = "align_corners"
    operands = [x, None, None, graph.integers(*made.values())]
    return Tensor(graph.add("Resize", operands, made.values(), **given), made).seen(axes)
