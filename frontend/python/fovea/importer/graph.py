"""A model as the steps of the import see it: nodes in topological order, constants as arrays."""

import dataclasses

import numpy as np


@dataclasses.dataclass(eq=False)
class Node:
    """An ONNX node, or one that a step has made of several; `inputs` has "" where an optional input is absent."""

    op: str
    name: str
    inputs: list
    outputs: list
    attributes: dict = dataclasses.field(default_factory=dict)
    scope: str = ""  # of the module that it comes from, if the exporter tells: "stages.0.blocks.1.mlp"

    def describe(self):
        return f"node '{self.name}' ({self.op})"


class Graph:
    """`inputs` are (name, dimensions), a dimension an integer or the name of what may change."""

    def __init__(self, nodes, constants, inputs, outputs, opset):
        self.nodes, self.constants, self.inputs, self.outputs, self.opset = nodes, constants, inputs, outputs, opset
        self.index()

    def index(self):
        """Finds producers and uses anew."""
        self.producers = {name: node for node in self.nodes for name in node.outputs}
        self.uses = {}
        for node in self.nodes:
            for name in node.inputs:
                if name:
                    self.uses.setdefault(name, []).append(node)

    def producer(self, name, *ops):
        """The node that makes `name`, if it is one of `ops` (of any, if there are none); else None."""
        node = self.producers.get(name)
        return node if node and (not ops or node.op in ops) else None

    def only_use(self, name, *ops):
        """The one node that reads `name`, if it is one of `ops`; None if there are others, or it is an output."""
        uses = self.uses.get(name, [])
        if len(uses) != 1 or name in self.outputs or (ops and uses[0].op not in ops):
            return None
        return uses[0]

    def scalar(self, name):
        """The value of a constant of one element, else None."""
        array = self.constants.get(name)
        return array.reshape(-1)[0].item() if array is not None and array.size == 1 else None

    def split(self, node, *ops):
        """A node of two inputs, one of them constant: (the other input, the constant's name), else None."""
        if node is None or len(node.inputs) != 2:
            return None
        a, b = node.inputs
        if b in self.constants and a not in self.constants:
            return a, b
        if a in self.constants and b not in self.constants and node.op in ("Add", "Mul"):
            return b, a
        return None

    def replace(self, old, new):
        """`new` stands where the last of the nodes `old` stood; call `index` when all is replaced."""
        gone = set(map(id, old))
        last = max(i for i, node in enumerate(self.nodes) if id(node) in gone)
        self.nodes[last + 1 : last + 1] = [new]
        self.nodes = [node for node in self.nodes if id(node) not in gone]
        self.index()

    def drop_unused(self):
        """Without nodes whose results nothing reads."""
        needed, kept = set(self.outputs), []
        for node in reversed(self.nodes):
            if any(name in needed for name in node.outputs):
                kept.append(node)
                needed.update(name for name in node.inputs if name)
        self.nodes = kept[::-1]
        self.index()

    def fresh_constant(self, like, array):
        """A new constant, named after another one."""
        name = fresh_name(like, self.constants, self.producers)
        self.constants[name] = np.ascontiguousarray(array)
        return name


def fresh_name(like, *taken):
    """A name that tells the one that it is made of."""
    name = f"{like}'"
    while any(name in names for names in taken):
        name += "'"
    return name
