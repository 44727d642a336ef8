"""An ONNX file becomes a graph. What a hostile file may try is refused here: data outside of its folder, sizes that do
not go together, arithmetic on constants that makes them huge."""

import os
import pathlib
import re

import numpy as np

from fovea.importer.errors import UserError
from fovea.importer.graph import Graph, Node, fresh_name

LARGEST = 1 << 28  # elements of what is computed from constants

# What is computed if all inputs are known.
FOLDED = set(
    """Abs Add And BatchNormalization Cast CastLike Ceil Clip Concat Constant ConstantOfShape Conv Cos CumSum Div
    Equal Erf Exp Expand Flatten Floor Gather GatherElements GatherND Gemm Greater GreaterOrEqual Identity Less
    LessOrEqual Log MatMul Max Mean Min Mod Mul Neg NonZero Not Or Pad Pow Range Reciprocal ReduceMax ReduceMean
    ReduceMin ReduceProd ReduceSum Relu Reshape Round ScatterElements ScatterND Shape Sigmoid Sign Sin Size Slice
    Softmax Split Sqrt Squeeze Sub Sum Tanh Tile Transpose Trilu Unsqueeze Where Xor""".split()
)

# What leaves weights what they are, so their name stays.
SEEN_OTHERWISE = {"Cast", "Flatten", "Reshape", "Squeeze", "Transpose", "Unsqueeze"}


def read(path):
    """The graph of the model in the file `path`, without nodes whose values are known or that do nothing."""
    import onnx
    import onnx.inliner

    path = pathlib.Path(path)
    try:
        model = onnx.load(str(path), load_external_data=False)
    except OSError as error:
        raise UserError("file-access", f"{path}: {error.strerror}") from error
    except Exception as error:  # protobuf's own classes
        raise UserError("onnx-file", f"{path}: not an ONNX model: {first_line(error)}") from error
    for tensor in tensors_of(model.graph):
        load_external(tensor, path)
    try:
        onnx.checker.check_model(model)
        model = onnx.inliner.inline_local_functions(model)
    except Exception as error:
        raise UserError("onnx-file", f"{path}: not a valid ONNX model: {first_line(error)}") from error
    if any(isinstance(name, bytes) for name in names_of(model.graph)):  # what protobuf gives for them
        raise UserError("onnx-file", f"{path}: not a valid ONNX model: a name that is not UTF-8")
    return to_graph(model, path)


def names_of(graph):
    """All names in a graph."""
    for value in (*graph.input, *graph.output, *graph.initializer):
        yield value.name
    for node in graph.node:
        yield from (node.name, node.op_type, node.domain, *node.input, *node.output)
        yield from (attribute.name for attribute in node.attribute)


def first_line(error):
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


def tensors_of(graph):
    """All tensors stored in a graph, and in the graphs of its nodes."""
    yield from graph.initializer
    for node in graph.node:
        for attribute in node.attribute:
            yield from [attribute.t] if attribute.HasField("t") else []
            yield from attribute.tensors
            for inner in [attribute.g] if attribute.HasField("g") else attribute.graphs:
                yield from tensors_of(inner)


def load_external(tensor, path):
    """Brings in the bytes of a tensor that lie in another file, which must be beneath the model's folder."""
    import onnx

    if tensor.data_location != onnx.TensorProto.EXTERNAL:
        return
    where = {entry.key: entry.value for entry in tensor.external_data}
    location = where.get("location", "")
    folder = path.resolve().parent
    file = (folder / location).resolve()
    problem = f"{path}: tensor '{tensor.name}': its data '{location}'"
    if os.path.isabs(location) or folder not in file.parents:
        raise UserError("onnx-file", f"{problem} is not beneath the model's folder")
    try:
        offset = int(where.get("offset", 0))
        length = int(where.get("length", -1))
        size = file.stat().st_size
        length = size - offset if length < 0 else length
        if not file.is_file() or offset < 0 or offset + length > size:
            raise UserError("onnx-file", f"{problem} is not a file with bytes {offset} to {offset + length}")
        with open(file, "rb") as stream:
            stream.seek(offset)
            tensor.raw_data = stream.read(length)
    except (OSError, ValueError) as error:
        raise UserError("onnx-file", f"{problem} cannot be read: {error}") from error
    tensor.data_location = onnx.TensorProto.DEFAULT
    del tensor.external_data[:]


def to_array(tensor, path):
    import onnx

    try:
        return np.asarray(onnx.numpy_helper.to_array(tensor))
    except Exception as error:
        raise UserError("onnx-file", f"{path}: tensor '{tensor.name}' is damaged: {first_line(error)}") from error


def to_graph(model, path):
    import onnx

    opset = next((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), 0)
    constants = {tensor.name: to_array(tensor, path) for tensor in model.graph.initializer}
    inputs = []
    for value in model.graph.input:
        if value.name in constants:
            continue
        kind = value.type.tensor_type
        if not value.type.HasField("tensor_type") or kind.elem_type not in (onnx.TensorProto.FLOAT, 0):
            names = {number: name for name, number in onnx.TensorProto.DataType.items()}
            name = names.get(kind.elem_type, "an unknown type") if value.type.HasField("tensor_type") else "no tensor"
            raise UserError("onnx-op", f"{path}: input '{value.name}': expected FLOAT, found {name}")
        if not kind.HasField("shape"):
            raise UserError("onnx-op", f"{path}: input '{value.name}' has no shape, not even its number of dimensions")
        dims = [dim.dim_value if dim.HasField("dim_value") and dim.dim_value > 0 else dim.dim_param or "?"
                for dim in kind.shape.dim]  # fmt: skip
        inputs.append((value.name, dims))
    nodes, aliases, problems = [], {}, []
    sizes = set()  # integers, computed from shapes
    stored = set(constants)  # by names that mean something
    for proto in model.graph.node:
        node = to_node(proto, path)
        if proto.domain not in ("", "ai.onnx"):
            node.op = f"{proto.domain}.{node.op}"
        node.inputs = [aliases.get(name, name) for name in node.inputs]
        computed = [name for name in node.inputs if name and name not in constants]
        if node.op in ("Identity", "Dropout") or (
            node.op == "Cast" and to_float(node) and computed and not sizes.intersection(computed)
        ):
            aliases[node.outputs[0]] = node.inputs[0]
        elif node.op in FOLDED and all(name in constants for name in node.inputs if name):
            try:
                for name, array in zip(node.outputs, evaluate(node, [constants.get(n) for n in node.inputs], opset)):
                    if node.op in SEEN_OTHERWISE and node.inputs[0] in stored:
                        aliases[name] = name = fresh_name(node.inputs[0], constants)
                        stored.add(name)
                    constants[name] = array
            except ValueError as error:
                problems.append(f"{path}: {node.describe()}: {error}")
        else:
            nodes.append(node)
            integers = node.op == "Cast" or (sizes.issuperset(computed) and computed)
            if node.op in ("Shape", "Size") or (integers and not to_float(node)):
                sizes.update(node.outputs)
    if problems:
        raise UserError("onnx-op", *problems)
    outputs = [aliases.get(value.name, value.name) for value in model.graph.output]
    graph = Graph(nodes, constants, inputs, outputs, opset)
    graph.output_names = [value.name for value in model.graph.output]
    graph.drop_unused()
    return graph


def to_float(node):
    return node.attributes.get("to") in (1, 10, 11, 16)


def to_node(proto, path):
    import onnx

    attributes = {}
    for attribute in proto.attribute:
        if attribute.type == onnx.AttributeProto.TENSOR:
            attributes[attribute.name] = to_array(attribute.t, path)
        else:
            value = onnx.helper.get_attribute_value(attribute)
            value = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
            attributes[attribute.name] = list(value) if isinstance(value, (list, tuple)) else value
    name = proto.name or (proto.output[0] if proto.output else "")
    return Node(proto.op_type, name, list(proto.input), list(proto.output), attributes, scope_of(proto))


def scope_of(proto):
    """The module that a node belongs to, as torch's exporters tell it: in the node's metadata, or in its name."""
    for entry in proto.metadata_props:
        if entry.key == "pkg.torch.onnx.name_scopes":
            names = re.findall(r"'([^']*)'", entry.value)
            return names[-2] if len(names) > 1 else ""
    if not proto.name.startswith("/"):
        return ""
    parts = []
    for part in proto.name.split("/")[1:-1]:  # a part may repeat the one before: /network/network.0/attn
        if parts and part.startswith(parts[-1] + "."):
            parts.pop()
        parts.append(part)
    return ".".join(parts)


def evaluate(node, inputs, opset):
    """Results of a node on arrays, None standing for an absent input; ValueError says what is wrong."""
    import onnx
    from onnx.reference import ReferenceEvaluator

    limit(node, inputs)
    names = [f"i{k}" if array is not None else "" for k, array in enumerate(inputs)]
    outputs = [f"o{k}" for k in range(len(node.outputs))]
    attributes = {key: onnx.numpy_helper.from_array(value) if isinstance(value, np.ndarray) else value
                  for key, value in node.attributes.items()}  # fmt: skip
    proto = onnx.helper.make_node(node.op, names, outputs, **attributes)
    graph = onnx.helper.make_graph([proto], "g", [onnx.helper.make_value_info(n, onnx.TypeProto()) for n in names if n],
                                   [onnx.helper.make_value_info(n, onnx.TypeProto()) for n in outputs])  # fmt: skip
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", opset)])
    try:
        results = ReferenceEvaluator(model).run(None, {n: a for n, a in zip(names, inputs) if n})
    except Exception as error:
        raise ValueError(f"cannot be computed: {first_line(error)}") from error
    return [np.asarray(result) for result in results]


def limit(node, inputs):
    """Refuses what would make an array out of all proportion."""
    elements = 0
    if node.op in ("ConstantOfShape", "Expand") and inputs[-1] is not None:
        sizes = np.abs(inputs[-1].astype(np.float64)).tolist()
        if node.op == "Expand":
            rank = max(inputs[0].ndim, len(sizes))
            sizes = [max(pair) for pair in zip(padded(inputs[0].shape, rank), padded(sizes, rank))]
        elements = np.prod(sizes)
    elif node.op == "Tile":
        elements = inputs[0].size * np.prod(np.abs(inputs[1].astype(np.float64)))
    elif node.op == "Range":
        elements = abs((float(inputs[1]) - float(inputs[0])) / (float(inputs[2]) or 1))
    elif node.op == "Pad" and len(inputs) > 1:
        rank = inputs[0].ndim
        pads = np.abs(inputs[1].astype(np.float64))
        elements = np.prod([size + pads[i] + pads[i + rank] for i, size in enumerate(inputs[0].shape)])
    elif node.op == "Conv":
        around = [abs(float(each)) for each in node.attributes.get("pads", [])]
        elements = inputs[0].shape[0] * inputs[1].size * np.prod([s + sum(around) for s in inputs[0].shape[2:]])
    elif node.op in ("Add", "Sub", "Mul", "Div", "Where", "Gemm", "MatMul", "Equal", "Less", "Greater", "Max", "Min"):
        elements = np.prod(
            [max(sizes) for sizes in zip(*[padded(a.shape) for a in inputs if a is not None])], dtype=float
        )
    if elements > LARGEST:
        raise ValueError(f"makes a constant of {elements:.0f} elements, which is beyond {LARGEST}")


def padded(shape, rank=8):
    return (1,) * (rank - len(shape)) + tuple(shape)
