"""What `fovea export` says of a network, as objects."""

import dataclasses
import json


@dataclasses.dataclass(frozen=True)
class Type:
    """A tensor of the network: the sizes of its axes by their names, in the order of the `.net` file. `name` is that of
    a layer's value, an input or an output, or empty."""

    value: int
    axes: dict
    name: str = ""
    image: bool = False  # of any height and width up to these


@dataclasses.dataclass
class Op:
    """A layer, an operator, a parameter or a constant; `layer` is its name, which others may have, too."""

    op: str
    layer: str
    place: str = ""  # FILE:LINE:COLUMN
    operands: list = ()
    results: list = ()
    attributes: dict = None
    data: list = None  # of a constant
    operand_types: list = None

    def get(self, name, default=None):
        return self.attributes.get(name, default)

    def number(self, name):
        """An attribute that is a number, which may be infinite."""
        return float(self.attributes[name])


@dataclasses.dataclass
class Network:
    name: str
    inputs: list
    outputs: list  # (name, number of the value)
    ops: list


def to_type(entry):
    return Type(entry["value"], dict(zip(entry["axes"], entry["shape"])), entry.get("name", ""),
                entry.get("image", False))


def read_description(path):
    with open(path, encoding="utf-8") as stream:
        content = json.load(stream)
    ops = [
        Op(entry["op"], entry["layer"], entry["place"], entry.get("operands", []),
           [to_type(result) for result in entry["results"]], entry.get("attributes", {}), entry.get("data"))
        for entry in content["ops"]
    ]  # fmt: skip
    inputs = [to_type(entry) for entry in content["inputs"]]
    types = {each.value: each for each in (*inputs, *(result for op in ops for result in op.results))}
    for op in ops:
        op.operand_types = [types[value] for value in op.operands]
    outputs = [(entry["name"], entry["value"]) for entry in content["outputs"]]
    return Network(content["name"], inputs, outputs, ops)
