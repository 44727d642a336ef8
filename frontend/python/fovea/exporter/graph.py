"""An ONNX graph in the making.

A layer of a network finds its axes by name, a node of ONNX by position. A `Tensor` is a value of the graph, seen as
named axes in that order; joining and cutting axes changes the view, and a Reshape comes to be where a node reads it. An
order is made by a Transpose, where a node needs another one."""

import dataclasses
import math

import numpy as np

HANDLERS = {}
FLOAT, INT64 = 1, 7  # onnx.TensorProto's numbers of these types


def handles(*ops):
    """Registers f(graph, op, operands) -> Tensor or a list of them."""

    def register(function):
        HANDLERS.update(dict.fromkeys(ops, function))
        return function

    return register


@dataclasses.dataclass(eq=False)
class Value:
    """A value of the graph. `array` is that of a constant, `key` that of a parameter; a size that is known when the
    model runs is a name, or None."""

    shape: tuple
    kind: str = "float"  # of the elements
    name: str = ""
    array: np.ndarray = None
    key: str = ""
    node: object = None  # that makes it


@dataclasses.dataclass(eq=False)
class Node:
    op: str
    inputs: list  # of Value, None where an optional one is absent
    outputs: list
    attributes: dict
    layer: object  # the Op of the description that it comes from
    name: str = ""


@dataclasses.dataclass(eq=False)
class Tensor:
    """`value`, whose elements are those of the axes `axes`, names and sizes, in their order."""

    value: Value
    axes: dict

    @property
    def shape(self):
        return tuple(self.axes.values())

    def renamed(self, names):
        return Tensor(self.value, {names.get(name, name): size for name, size in self.axes.items()})

    def seen(self, axes):
        """The same elements under other axes."""
        assert math.prod(axes.values()) == math.prod(self.shape), f"{self.axes} as {axes}"
        return Tensor(self.value, dict(axes))

    def cut(self, axis, parts):
        """One axis as several, the first the outermost."""
        axes = {}
        for name, size in self.axes.items():
            axes.update(parts if name == axis else {name: size})
        return self.seen(axes)

    def without(self, *names):
        """Without axes of size 1."""
        return self.seen({name: size for name, size in self.axes.items() if name not in names})


class Graph:
    def __init__(self):
        self.nodes, self.constants, self.parameters = [], [], []
        self.layer = None  # whose nodes are made
        self.known = {}  # constants, reshapes and transposes that are there already

    def constant(self, array, dtype=np.float32):
        array = np.array(array, dtype, order="C")
        signature = array.dtype.name, array.shape, array.tobytes()
        if signature not in self.known:
            self.known[signature] = Value(array.shape, array=array)
            self.constants.append(self.known[signature])
        return self.known[signature]

    def integers(self, *numbers):
        return self.constant(numbers, np.int64)

    def parameter(self, key, shape):
        value = Value(tuple(shape), key=key)
        self.parameters.append(value)
        return value

    def add(self, op, inputs, *shapes, kind="float", **attributes):
        """A node; `inputs` are tensors, values and None. Returns its results, of the shapes `shapes` and elements of
        this kind: a value, or a list if there are several."""
        inputs = [self.value(each) if isinstance(each, Tensor) else each for each in inputs]
        node = Node(op, inputs, [], attributes, self.layer)
        node.outputs = [Value(tuple(shape), kind, node=node) for shape in shapes]
        self.nodes.append(node)
        return node.outputs[0] if len(shapes) == 1 else node.outputs

    def same(self, op, tensor, *more, **attributes):
        """A node whose result has the axes of its first operand."""
        return Tensor(self.add(op, [tensor, *more], tensor.shape, **attributes), tensor.axes)

    def value(self, tensor):
        """A value of the tensor's own shape."""
        value, shape = tensor.value, tensor.shape
        if value.shape == shape:
            return value
        if value.array is not None:
            return self.constant(value.array.reshape(shape), value.array.dtype)
        return self.once("Reshape", [value, self.integers(*shape)], shape)

    def once(self, op, inputs, shape, **attributes):
        """As `add`, of nodes that are alike the first one."""
        signature = op, *map(id, inputs), str(attributes)
        if signature not in self.known:
            self.known[signature] = self.add(op, inputs, shape, **attributes)
        return self.known[signature]

    def ordered(self, tensor, names):
        """The tensor with its axes in the order `names`; what moves no element needs no node."""
        names = list(names)
        assert sorted(names) == sorted(tensor.axes), f"{names} of {list(tensor.axes)}"
        axes = {name: tensor.axes[name] for name in names}
        if [name for name in names if axes[name] > 1] == [name for name in tensor.axes if axes[name] > 1]:
            return tensor.seen(axes)
        value, places = self.value(tensor), list(tensor.axes)
        perm = [places.index(name) for name in names]
        if value.array is not None:
            return Tensor(self.constant(value.array.transpose(perm), value.array.dtype), axes)
        return Tensor(self.once("Transpose", [value], axes.values(), perm=perm), axes)

    def last(self, tensor, *names):
        """With the axes `names` innermost."""
        return self.ordered(tensor, [name for name in tensor.axes if name not in names] + list(names))

    def joined(self, tensor, groups):
        """Axes as one: `groups` are lists of names, the first the outermost, by what they become, where the first of
        them stood. Of no names it is one of size 1, behind all others."""
        owner = {name: into for into, names in groups.items() for name in names}
        order = []
        for name in tensor.axes:
            if name not in owner:
                order.append(name)
            elif name == groups[owner[name]][0]:
                order += groups[owner[name]]
        tensor, axes = self.ordered(tensor, order), {}
        for name, size in tensor.axes.items():
            into = owner.get(name, name)
            axes[into] = axes.get(into, 1) * size
        return tensor.seen({**axes, **{into: 1 for into, names in groups.items() if not names}})

    def beside(self, tensor, names):
        """`tensor` as a value that broadcasts against one with the axes `names`, of which it has some."""
        tensor = self.ordered(tensor, [name for name in names if name in tensor.axes])
        axes = {name: tensor.axes.get(name, 1) for name in names}
        while axes and next(iter(axes)) not in tensor.axes:  # ONNX adds the outermost itself
            del axes[next(iter(axes))]
        return tensor.seen(axes)

    def scaled(self, op, tensor, number):
        """`tensor op number`."""
        return self.same(op, tensor, self.constant(number))
