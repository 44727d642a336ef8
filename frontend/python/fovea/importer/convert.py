"""Nodes become layers. The model is looked at for several settings of its parameters at once: what differs between them
depends on the parameters, and is written as an expression of sizes."""

import dataclasses
import re

import numpy as np

from fovea.importer import layers, movement, pointwise, products  # noqa: F401  (they register their nodes)
from fovea.importer.errors import UserError, quoted
from fovea.importer.ir import Builder, Size, Value
from fovea.importer.names import Keys, identifier
from fovea.importer.read import FOLDED, evaluate
from fovea.importer.registry import HANDLERS
from fovea.importer.views import Tensor, Unsupported, arranged, axis_names, tensor_of


@dataclasses.dataclass
class Network:
    """What is written: `parameters` are (name, default), `inputs` (name, Value with axes, expressions of its sizes)."""

    named: dict  # size -> the parameter that it is
    parameters: list
    inputs: list
    outputs: list  # (name, Value, its axes in the order that they have in memory)
    ops: list
    count: int  # of settings
    notes: list  # for the user


class Sampled(list):
    """A small array at each setting."""


class Context:
    """What the handlers see: `builder`, `graph`, and help for keys and errors."""

    def __init__(self, graph, settings):
        self.graph, self.settings, self.count = graph, settings, len(settings)
        self.builder, self.keys = Builder(len(settings)), Keys(graph)
        self.values, self.node = {}, None

    def key(self, *constants):
        """The scope of the node's layer, from the names of its weights or its own."""
        return self.keys.of(self.node, [name for name in constants if name])

    def parameter_key(self, name, axes):
        """The key of a constant that is no layer's weight, on these axes."""
        return self.keys.of_parameter(self.node, name, axes)

    def constant(self, index, what):
        """An input that must be a constant array; None if it is absent."""
        if index >= len(self.node.inputs) or not self.node.inputs[index]:
            return None
        value = self.values[self.node.inputs[index]]
        if not isinstance(value, np.ndarray):
            raise Unsupported(f"its {what} is computed from the network's inputs; expected a constant")
        return value

    def integers(self, index, what):
        """An input of integers at each setting, as a list of Sizes; None if it is absent."""
        if index >= len(self.node.inputs) or not self.node.inputs[index]:
            return None
        value = self.values[self.node.inputs[index]]
        if isinstance(value, Tensor):
            raise Unsupported(f"its {what} is computed from the network's inputs; expected constants and sizes")
        arrays = [value] * self.count if isinstance(value, np.ndarray) else value
        if len({array.shape for array in arrays}) > 1:
            raise Unsupported(f"the length of its {what} depends on the sizes of the inputs")
        return [Size(column) for column in zip(*(array.reshape(-1).tolist() for array in arrays))]

    def attribute(self, name, default=None):
        return self.node.attributes.get(name, default)


def parameters_of(graph):
    """[(parameter, what the model calls it)], and the dimensions of each input, as integers or parameters."""
    names, shapes, taken = {}, [], set()
    for index, (name, dims) in enumerate(graph.inputs):
        roles = {4: ["batch", "channels", "height", "width"], 3: ["batch", "length", "channels"]}.get(
            len(dims), ["batch", "length"]
        )
        shape = []
        for position, dim in enumerate(dims):
            if isinstance(dim, int):
                shape.append(dim)
                continue
            key = dim if dim != "?" else (name, position)
            if key not in names:
                role = roles[position] if position < len(roles) else f"size{position}"
                role = role if role not in taken else f"{role}_{identifier(name)}"
                taken.add(role)
                names[key] = role
            shape.append(names[key])
        shapes.append(shape)
    return [(role, key if isinstance(key, str) else role) for key, role in names.items()], shapes


DEFAULTS = {"batch": 1, "height": 224, "width": 224}


def chosen(graph, given):
    """Values of the parameters: those given, by our name or the model's, or defaults."""
    parameters, shapes = parameters_of(graph)
    legal = {spelling: role for role, model in parameters for spelling in (role, model)}
    unknown = [name for name in given if name not in legal]
    if unknown:
        roles = quoted([role for role, _ in parameters]) if parameters else "none: all its sizes are fixed"
        raise UserError("usage", f"--set {unknown[0]}: the model has no such size; it has {roles}")
    values = {legal[name]: value for name, value in given.items()}
    missing = [role for role, _ in parameters if role not in values and role.split("_")[0] not in DEFAULTS]
    if missing:
        raise UserError("usage", f"the model says nothing of {quoted(missing)}: --set {missing[0]}=N does")
    return {role: values.get(role, DEFAULTS.get(role.split("_")[0])) for role, _ in parameters}, shapes


def convert(graph, given):
    """The network that a graph is. Sizes that the model leaves open become parameters if it works for others, too."""
    base, shapes = chosen(graph, given)
    base_problems = Conversion(graph, base, [], shapes).problems
    if base_problems:
        hint = f" (at {', '.join(f'{k}={v}' for k, v in base.items())}; --set changes that)" if base else ""
        raise UserError("onnx-op", *[problem + hint for problem in base_problems])
    free, notes = list(base), []
    conversion = Conversion(graph, base, free, shapes)
    if conversion.problems:
        free = []
        for name in base:
            problems = Conversion(graph, base, [name], shapes).problems
            if problems:
                notes.append(f"{name} stays {base[name]}: at {other(base[name])} {problems[0]}")
            else:
                free.append(name)
        conversion = Conversion(graph, base, free, shapes)
        if conversion.problems:
            conversion = Conversion(graph, base, [], shapes)
            notes.append("all sizes stay as they are")
    return conversion.network(notes)


def other(value):
    """Another value of a parameter: what divides one divides the other."""
    return 2 * value


# Models pass the checker with inputs too few, of another rank, or of sizes that do not go together.
SENSELESS = (ArithmeticError, AttributeError, LookupError, StopIteration, TypeError, ValueError)


def senseless(problem):
    return f"its inputs and attributes do not go together ({type(problem).__name__})"


class Conversion:
    """One look at a graph, with the parameters `free` at two values each; `problems` says what is not supported."""

    def __init__(self, graph, base, free, shapes):
        self.base, self.free, self.shapes = base, free, shapes
        settings = [base] + [{**base, name: other(base[name])} for name in free]
        self.context = Context(graph, settings)
        self.problems = []
        self.context.values.update(graph.constants)
        self.add_inputs()
        for node in graph.nodes:
            self.add(node)
        self.outputs = [] if self.problems else self.add_outputs()

    def add_inputs(self):
        context = self.context
        for (name, _), shape in zip(context.graph.inputs, self.shapes):
            axes = {4: "nchw", 3: "ntc", 2: "nc", 1: "n"}.get(len(shape), "nabdechw"[: len(shape)])
            sizes = [Size(setting.get(dim, dim) for setting in context.settings) for dim in shape]
            value = Value(dict(zip(axes, sizes)), name=identifier(name))
            context.values[name] = tensor_of(value, list(axes))
        context.builder.inputs = [context.values[name].value for name, _ in context.graph.inputs]

    def add(self, node):
        context = self.context
        inputs = [context.values.get(name) if name else None for name in node.inputs]
        if any(name and value is None for name, value in zip(node.inputs, inputs)):
            return  # follows from what has been complained of
        context.node, context.builder.scope = node, node.scope
        try:
            results = self.results(node, inputs)
        except Unsupported as problem:
            self.problems.append(f"{node.describe()}, opset {context.graph.opset}: {problem}")
            return
        except SENSELESS as problem:
            self.problems.append(f"{node.describe()}, opset {context.graph.opset}: {senseless(problem)}")
            return
        context.values.update(zip(node.outputs, results))

    def results(self, node, inputs):
        context = self.context
        if node.op == "Shape" and isinstance(inputs[0], Tensor):
            shape = inputs[0].shape(context.builder)
            shape = shape[slice(node.attributes.get("start", 0), node.attributes.get("end"))]
            return [known([np.array([size[i] for size in shape], dtype=np.int64) for i in range(context.count)])]
        if node.op == "Size" and isinstance(inputs[0], Tensor):
            shape = inputs[0].shape(context.builder)
            return [known([np.array(np.prod([size[i] for size in shape]), np.int64) for i in range(context.count)])]
        if node.op in FOLDED and not any(isinstance(value, Tensor) for value in inputs):
            return self.folded(node, inputs)
        if node.op not in HANDLERS:
            raise Unsupported("there is no layer for this op")
        result = HANDLERS[node.op](context, node, inputs)
        return result if isinstance(result, list) else [result]

    def folded(self, node, inputs):
        try:
            runs = []
            for i in range(self.context.count):
                arrays = [value[i] if isinstance(value, Sampled) else value for value in inputs]
                runs.append(evaluate(node, arrays, self.context.graph.opset))
        except ValueError as error:
            raise Unsupported(str(error)) from error
        return [known(list(arrays)) for arrays in zip(*runs)]

    def add_outputs(self):
        outputs, taken = [], {value.name for value in self.context.builder.inputs}
        for name, public in zip(self.context.graph.outputs, self.context.graph.output_names):
            tensor = self.context.values.get(name)
            if not isinstance(tensor, Tensor):
                self.problems.append(f"output '{public}' does not depend on the inputs")
                continue
            names = axis_names(tensor)
            try:
                value = arranged(self.context.builder, tensor, names)
            except SENSELESS as problem:
                self.problems.append(f"output '{public}': {senseless(problem)}")
                continue
            public = identifier(public)
            while public in taken:
                public += "_"
            taken.add(public)
            outputs.append((public, value, names))
        return outputs

    def network(self, notes):
        builder = self.context.builder
        builder.drop_unused([value for _, value, _ in self.outputs])
        inputs = []
        for value, shape in zip(builder.inputs, self.shapes):
            sizes = [dim if dim in self.free else self.base.get(dim, dim) for dim in shape]
            inputs.append((value.name, value, sizes))
        parameters = [(name, self.base[name]) for name in self.base if name in self.free]
        named = {Size(setting[name] for setting in self.context.settings): name for name, _ in parameters}
        return Network(named, parameters, inputs, self.outputs, builder.ops, builder.count, notes)


def known(arrays):
    """One array if all are the same, else Sampled."""
    first = arrays[0]
    if all(each.shape == first.shape and np.array_equal(each, first) for each in arrays[1:]):
        return first
    return Sampled(arrays)


def is_identifier(name):
    return re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) is not None
