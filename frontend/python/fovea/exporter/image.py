"""Images as inputs."""

import numpy as np

from fovea.exporter.graph import FLOAT, INT64, Tensor, handles


@handles("from_image")
def from_image(graph, op, photo):
    """Resized along w, then along h, each time to whole bytes, as Pillow does unless h shrinks much more than w; the
    middle is cut out. Weights that ONNX does not round can make a byte differ by one."""
    x = graph.add("Cast", [photo.value], photo.value.shape, to=FLOAT)
    x = graph.add("Transpose", [x], (3, None, None), perm=[2, 0, 1])
    x = graph.add("Unsqueeze", [x, graph.integers(0)], (1, 3, None, None))
    size, resize = op.get("size"), op.get("resize")
    sides = graph.add("Shape", [x], (2,), kind="int64", start=2, end=4)
    if len(resize) == 1:  # of the shorter side
        shorter = graph.add("ReduceMin", [sides, graph.integers(0)], (1,), kind="int64", keepdims=1)
        scaled = graph.add("Mul", [sides, graph.integers(*resize)], (2,), kind="int64")
        whole = graph.add("Div", [scaled, shorter], (2,), kind="int64")
        whole = [side(graph, whole, axis) for axis in (0, 1)]
    else:
        whole = [graph.integers(to) for to in resize or size]
    cubic = op.get("filter") == "bicubic"
    given = {"mode": "cubic", "cubic_coeff_a": -0.5, "exclude_outside": 1} if cubic else {"mode": "linear"}
    for height in (side(graph, sides, 0), whole[0]):
        sizes = graph.add("Concat", [graph.integers(1, 3), height, whole[1]], (4,), kind="int64", axis=0)
        shape = (1, 3, None, None)
        x = graph.add("Resize", [x, None, None, sizes], shape, antialias=1, **given)
        x = graph.add("Floor", [graph.add("Add", [x, graph.constant(0.5)], shape)], shape)
        x = graph.add("Clip", [x, graph.constant(0), graph.constant(255)], shape)
    for axis in (0, 1):
        x = middle(graph, x, axis, size, whole[axis])
    if op.get("order") == "bgr":
        x = graph.add("Gather", [x, graph.integers(2, 1, 0)], x.shape, axis=1)
    for kind, numbers in (("Div", [[[255]]]), ("Sub", op.get("mean")), ("Div", op.get("std"))):
        x = graph.add(kind, [x, graph.constant(np.reshape(np.array(numbers, np.float64), (-1, 1, 1)))], x.shape)
    return Tensor(x, {"n": 1, "c": 3, "h": size[0], "w": size[1]})


def side(graph, sides, axis):
    return graph.add("Slice", [sides, *(graph.integers(each) for each in (axis, axis + 1))], (1,), kind="int64")


def middle(graph, x, axis, size, whole):
    """`size` of `whole` elements; half an element too many goes to the even side, as in torchvision."""
    rest = graph.add("Sub", [whole, graph.integers(size[axis])], (1,), kind="int64")
    half = graph.add("Div", [graph.add("Cast", [rest], (1,), to=FLOAT), graph.constant([2])], (1,))
    begin = graph.add("Cast", [graph.add("Round", [half], (1,))], (1,), kind="int64", to=INT64)
    end = graph.add("Add", [begin, graph.integers(size[axis])], (1,), kind="int64")
    shape = tuple(size[axis] if place == axis + 2 else each for place, each in enumerate(x.shape))
    return graph.add("Slice", [x, begin, end, graph.integers(axis + 2)], shape)
