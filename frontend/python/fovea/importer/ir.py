"""The network as layers on named axes, before it is text."""

import dataclasses

import numpy as np


class Size(tuple):
    """A size, at each of the settings of the model's parameters that the import looks at."""

    def __new__(cls, values):
        return super().__new__(cls, (int(value) for value in values))

    def constant(self):
        """The size if it depends on nothing, else None."""
        return self[0] if len(set(self)) == 1 else None

    def __mul__(self, other):
        return Size(a * b for a, b in zip(self, other))

    def divides(self, other):
        return all(a > 0 and b % a == 0 for a, b in zip(self, other))

    def into(self, other):
        """`other` divided by this."""
        return Size(b // a for a, b in zip(self, other))

    def is_one(self):
        return all(value == 1 for value in self)

    def __str__(self):
        return str(self[0]) if self.constant() is not None else " or ".join(map(str, dict.fromkeys(self)))


def product(sizes, count):
    result = Size([1] * count)
    for size in sizes:
        result = result * size
    return result


@dataclasses.dataclass(eq=False, repr=False)
class Value:
    """A tensor: the sizes of its axes by their names. `op` makes it, or it is an input."""

    axes: dict
    op: object = dataclasses.field(default=None, repr=False)
    name: str = ""  # of an input

    def __repr__(self):
        return f"Value {id(self)}"


@dataclasses.dataclass(frozen=True)
class Of:
    """The size of an axis of a value, in the text `x.c`, or a multiple or part of it."""

    value: Value
    axis: str
    times: int = 1
    over: int = 1


@dataclasses.dataclass(frozen=True)
class Word:
    """An axis, as an argument."""

    name: str


@dataclasses.dataclass(eq=False)
class Op:
    """A call of a layer, or an operator. `arguments` are (name or None, value): numbers, strings, Words, Of, lists of
    these. `weights` are (what is behind the scope in the key, array); `key` is the scope."""

    layer: str
    operands: list
    arguments: list = dataclasses.field(default_factory=list)
    key: str = ""
    weights: list = dataclasses.field(default_factory=list)
    results: list = dataclasses.field(default_factory=list)
    scope: str = ""  # of the module that the node comes from
    block: object = None  # what is called, if that is a block, and `instance`: the ops that the call stands for
    instance: list = None

    @property
    def result(self):
        return self.results[0]


class Builder:
    """Collects ops, each of those without weights once."""

    def __init__(self, count):
        self.ops, self.count, self.known, self.scope = [], count, {}, ""

    def size(self, value):
        """A size that is the same at all settings."""
        return Size([value] * self.count)

    def add(self, layer, operands, arguments=(), axes=None, key="", weights=()):
        """A new op; `axes` are those of its result, or a list of those of its results."""
        arguments = list(arguments)
        signature = (layer, tuple(id(v) if isinstance(v, Value) else v for v in operands), repr(arguments), key)
        if signature in self.known:
            return self.known[signature]
        op = Op(layer, list(operands), arguments, key, list(weights), [], self.scope)
        op.results = [Value(dict(each), op) for each in (axes if isinstance(axes, list) else [axes])]
        self.ops.append(op)
        if not weights:
            self.known[signature] = op
        return op

    def drop_unused(self, outputs):
        needed, kept = {id(value) for value in outputs}, []
        for op in reversed(self.ops):
            if any(id(value) in needed for value in op.results):
                kept.append(op)
                needed.update(id(value) for value in references(op))
        self.ops = kept[::-1]


def references(op):
    """Values that an op reads, or whose sizes its arguments name."""
    found = [value for value in op.operands if isinstance(value, Value)]

    def search(argument):
        if isinstance(argument, Of):
            found.append(argument.value)
        elif isinstance(argument, (list, tuple)) and not isinstance(argument, Size):
            for each in argument:
                search(each)

    for _, argument in op.arguments:
        search(argument)
    return found


def number(value):
    """The shortest number that is the same in f32."""
    short = float(np.format_float_positional(np.float32(value), unique=True)) if abs(value) < 1e16 else float(value)
    return int(short) if short.is_integer() and abs(short) < 1e6 else short


def as_f32(array):
    with np.errstate(over="ignore"):  # beyond f32 is infinite there
        return np.ascontiguousarray(array, dtype=np.float32)
