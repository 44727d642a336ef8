"""Axes joined, cut and renamed; elements put elsewhere."""

import numpy as np

from fovea.exporter.graph import INT64, Tensor, handles


@handles("permute")
def permute(graph, op, x):
    """The order in memory, which the graph chooses for itself."""
    return x


@handles("reshape")
def reshape(graph, op, x):
    """Other axes for the elements in the order of the operand's type, which is that of its names in the network."""
    return graph.ordered(x, op.operand_types[0].axes).seen(op.results[0].axes)


@handles("rename")
def rename(graph, op, x):
    return x.renamed(dict(zip(op.get("from"), op.get("to"))))


@handles("merge")
def merge(graph, op, x):
    return graph.joined(x, {op.get("into"): op.get("over")})


@handles("unmerge")
def unmerge(graph, op, x):
    return x.cut(op.get("axis"), dict(zip(op.get("into"), op.get("sizes"))))


@handles("expand")
def expand(graph, op, x):
    axes = op.results[0].axes
    x = graph.beside(x, axes)
    return Tensor(graph.add("Expand", [x, graph.integers(*axes.values())], axes.values()), axes)


@handles("slice")
def slice_axis(graph, op, x):
    axis, step = op.get("axis"), op.get("step", 1)
    axes = {**x.axes, axis: op.get("size")}
    begin, end = op.get("offset"), op.get("offset") + (op.get("size") - 1) * step + 1
    bounds = [graph.integers(each) for each in (begin, end, list(axes).index(axis))]
    steps = [graph.integers(step)] if step != 1 else []
    return Tensor(graph.add("Slice", [x, *bounds, *steps], axes.values()), axes)


@handles("split")
def split(graph, op, x):
    return parts_of(graph, x, op.get("axis"), op.get("sizes"))


def parts_of(graph, x, axis, sizes):
    if len(sizes) == 1:
        return [x]
    axes = [{**x.axes, axis: size} for size in sizes]
    operands = [x, graph.integers(*sizes)]
    values = graph.add("Split", operands, *(each.values() for each in axes), axis=list(x.axes).index(axis))
    return [Tensor(value, each) for value, each in zip(values, axes)]


@handles("concat")
def concat(graph, op, *parts):
    return concatenated(graph, parts, op.get("axis"))


def concatenated(graph, parts, axis):
    order = list(parts[0].axes)
    parts = [graph.ordered(part, order) for part in parts]
    axes = {**parts[0].axes, axis: sum(part.axes[axis] for part in parts)}
    return Tensor(graph.add("Concat", parts, axes.values(), axis=order.index(axis)), axes)


@handles("pad")
def pad(graph, op, x):
    mode = {"zero": "constant", "replicate": "edge", "reflect": "reflect", "circular": "wrap"}[op.get("mode", "zero")]
    return padded(graph, x, op.get("over"), op.get("low"), op.get("high"), mode)


def padded(graph, x, over, low, high, mode="constant"):
    axes = dict(x.axes)
    for name, before, behind in zip(over, low, high):
        axes[name] += before + behind
    places = graph.integers(*(list(axes).index(name) for name in over))
    operands = [x, graph.integers(*low, *high), None, places]
    return Tensor(graph.add("Pad", operands, axes.values(), mode=mode), axes)


@handles("roll")
def roll(graph, op, x):
    return rolled(graph, x, dict(zip(op.get("over"), op.get("by"))))


def rolled(graph, x, shifts):
    """Element i goes to i + shift."""
    for axis, shift in shifts.items():
        shift %= x.axes[axis]
        if shift:
            first, second = parts_of(graph, x, axis, [x.axes[axis] - shift, shift])
            x = concatenated(graph, [second, first], axis)
    return x


@handles("window")
def window(graph, op, x):
    over = op.get("over")
    x = rolled(graph, x, {axis: -shift for axis, shift in zip(over, op.get("shift"))})
    for axis, number, size in zip(over, op.get("into"), op.get("size")):
        x = x.cut(axis, {number: x.axes[axis] // size, axis: size})
    return x


@handles("unwindow")
def unwindow(graph, op, x):
    over = op.get("over")
    x = graph.joined(x, {axis: [number, axis] for axis, number in zip(over, op.get("from"))})
    return rolled(graph, x, dict(zip(over, op.get("shift"))))


@handles("unfold")
def unfold(graph, op, x):
    """Rows and columns are gathered, by tables of their numbers in the padded map."""
    pad = op.get("pad")
    if any(pad):
        x = padded(graph, x, ["h", "w"], pad, pad)
    for tap, axis, kernel, stride, dilation in zip(
        "yx", "hw", op.get("kernel"), op.get("stride"), op.get("dilation")
    ):
        count = op.results[0].axes[axis]
        table = np.arange(kernel)[:, None] * dilation + np.arange(count) * stride
        x = gathered(graph, x, axis, graph.constant(table, np.int64), {tap: kernel, axis: count})
    return x


def gathered(graph, x, axis, places, parts):
    """The axis is replaced by those of `places`, `parts`."""
    axes = {}
    for name, size in x.axes.items():
        axes.update(parts if name == axis else {name: size})
    return Tensor(graph.add("Gather", [x, places], axes.values(), axis=list(x.axes).index(axis)), axes)


@handles("gather")
def gather(graph, op, table, index):
    """Places are numbers of the table's entries, the nearest legal one beyond its ends."""
    axis, places = op.get("axis"), graph.value(index)
    last = table.axes[axis] - 1
    if places.array is not None:
        numbers = np.nan_to_num(places.array.astype(np.float64), nan=0, posinf=last, neginf=0)
        places = graph.constant(np.clip(np.floor(numbers + 0.5), 0, last), np.int64)
    else:
        places = graph.same("Clip", graph.same("Round", index), graph.constant(0), graph.constant(last))
        places = graph.add("Cast", [places], places.shape, kind="int64", to=INT64)
    return gathered(graph, table, axis, places, index.axes)


@handles("pixel_shuffle")
def pixel_shuffle(graph, op, x):
    factor = op.get("factor")
    x = x.cut("c", {"c": x.axes["c"] // factor**2, "#y": factor, "#x": factor})
    return graph.joined(x, {"h": ["h", "#y"], "w": ["w", "#x"]})


@handles("pixel_unshuffle")
def pixel_unshuffle(graph, op, x):
    factor = op.get("factor")
    for axis, part in (("h", "#y"), ("w", "#x")):
        x = x.cut(axis, {axis: x.axes[axis] // factor, part: factor})
    return graph.joined(x, {"c": ["c", "#y", "#x"]})
