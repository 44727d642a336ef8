"""From a description to a graph whose nodes and values have names."""

import numpy as np

from fovea.exporter import (  # noqa: F401
    attention,
    image,
    movement,
    normalization,
    pointwise,
    pooling,
    products,
    resampling,
)
from fovea.exporter.description import Op
from fovea.exporter.graph import HANDLERS, Graph, Tensor, Value
from fovea.importer.errors import UserError

SHOWN = 8  # a constant of no more elements is called as they are


def build(network):
    """(graph, inputs, outputs): the values of the network's inputs and outputs, their axes in the network's order."""
    refuse_unknown(network)
    graph, types = Graph(), {each.value: each for each in network.inputs}
    tensors = {each.value: Tensor(input_value(each), each.axes) for each in network.inputs}
    inputs, names = [tensors[each.value].value for each in network.inputs], {}
    for op in network.ops:
        graph.layer = op
        results = made(graph, op, [tensors[number] for number in op.operands])
        for type_, tensor in zip(op.results, results):
            assert dict(sorted(tensor.axes.items())) == dict(sorted(type_.axes.items())), f"{op.op}: {tensor.axes}"
            types[type_.value], tensors[type_.value] = type_, tensor
            if tensor.value.node and tensor.value.node.layer is op:
                names[tensor.value] = type_.name or op.layer
    outputs = []
    for name, number in network.outputs:
        graph.layer = Op("output", name)
        value = graph.value(graph.ordered(tensors[number], types[number].axes))
        if value.node is None or value in outputs:  # an output is a value of its own
            value = graph.add("Identity", [value], value.shape)
        outputs.append(value)
    drop_unused(graph, outputs)
    name_values(graph, dict(zip(inputs, (each.name for each in network.inputs))),
                dict(zip(outputs, (name for name, _ in network.outputs))), names)  # fmt: skip
    return graph, inputs, outputs


def input_value(type_):
    if type_.image:
        return Value((f"{type_.name}_height", f"{type_.name}_width", 3), "uint8")
    return Value(tuple(type_.axes.values()))


def refuse_unknown(network):
    problems = [f"{op.place}: ONNX has no node for '{op.op}'" for op in network.ops
                if op.op not in HANDLERS and op.op not in ("param", "constant")]  # fmt: skip
    if problems:
        raise UserError("onnx-export", *problems)


def made(graph, op, operands):
    """The tensors that an op makes."""
    if op.op == "param":
        axes = op.results[0].axes
        return [Tensor(graph.parameter(op.get("key"), axes.values()), axes)]
    if op.op == "constant":
        axes = op.results[0].axes
        array = np.array([float(number) for number in op.data]).reshape(list(axes.values()))
        return [Tensor(graph.constant(array), axes)]
    results = HANDLERS[op.op](graph, op, *operands)
    return results if isinstance(results, list) else [results]


def drop_unused(graph, outputs):
    needed, kept = set(outputs), []
    for node in reversed(graph.nodes):
        if needed.intersection(node.outputs):
            kept.append(node)
            needed.update(node.inputs)
    graph.nodes = kept[::-1]
    graph.constants = [value for value in graph.constants if value in needed]
    graph.parameters = [value for value in graph.parameters if value in needed]


class Names:
    def __init__(self):
        self.taken = {""}

    def unique(self, name):
        """`name`, or with a number behind it if that is taken."""
        number, unique = 2, name
        while unique in self.taken:
            unique, number = f"{name}.{number}", number + 1
        self.taken.add(unique)
        return unique


def name_values(graph, inputs, outputs, layers):
    """Values are called as inputs, outputs, parameters and layers are; a node as the layer that it makes, others as
    their layer and what they do."""
    names = Names()
    for value, name in (*inputs.items(), *outputs.items()):
        value.name = names.unique(name)
    for value in graph.parameters:
        value.name = names.unique(value.key)
    for value in graph.constants:
        value.name = names.unique(text_of(value.array))
    nodes = Names()
    for node in graph.nodes:  # whose name is a layer's comes before those that are made up
        if node.outputs[0] in layers:
            only = len(node.outputs) == 1
            node.name = nodes.unique(layers[node.outputs[0]] if only else node.layer.layer)
    for node in graph.nodes:
        node.name = node.name or nodes.unique(f"{node.layer.layer}/{node.op}")
        for number, value in enumerate(node.outputs):
            own = node.name if len(node.outputs) == 1 else f"{node.name}.{number}"
            value.name = value.name or names.unique(layers.get(value, own))


def text_of(array):
    if array.ndim > 1 or array.size > SHOWN:
        return f"constant {list(array.shape)}"
    return str(array.tolist()) if array.dtype == np.int64 else np.array2string(array, separator=", ", precision=9)
