"""An ONNX file, from the description of a network and its weights."""

import pathlib

import numpy as np

from fovea.exporter.build import build
from fovea.exporter.description import read_description
from fovea.importer.safetensors import write_whole
from fovea.importer.shards import read_safetensors

OPSET = 21  # GroupNormalization with a scale per channel; Gelu and LayerNormalization are older
IR_VERSION = 10
LARGEST = 1 << 30  # bytes of weights in the model itself; protobuf ends at 2 GB
LEFT_OUT = "weights-left-out"  # what a model for viewing says that its weights lie in


def export_onnx(description, output, weights=None, *, layers=False, largest=LARGEST):
    """Writes the model `output`. Without `weights` it names the tensors with their types and shapes, as data in a file
    that is not there: a viewer shows them, and no program takes the model for complete. Weights of more than `largest`
    bytes go to a file beside it, OUTPUT.data. With `layers` each layer's value is an output, called "layer:NAME"."""
    import onnx

    network, output = read_description(description), pathlib.Path(output)
    if layers:
        network.outputs += [(f"layer:{result.name}", result.value) for op in network.ops for result in op.results
                            if result.name]  # fmt: skip
    graph, inputs, outputs = build(network)
    proto = onnx.ModelProto(ir_version=IR_VERSION, producer_name="fovea")
    proto.opset_import.add(domain="", version=OPSET)
    proto.graph.name = network.name
    types = {"float": onnx.TensorProto.FLOAT, "int64": onnx.TensorProto.INT64, "bool": onnx.TensorProto.BOOL,
             "uint8": onnx.TensorProto.UINT8}  # fmt: skip
    inner = [value for node in graph.nodes for value in node.outputs if value not in outputs]
    for values, place in ((inputs, proto.graph.input), (outputs, proto.graph.output), (inner, proto.graph.value_info)):
        place.extend(onnx.helper.make_tensor_value_info(v.name, types[v.kind], v.shape) for v in values)
    for value in graph.constants:
        proto.graph.initializer.append(onnx.numpy_helper.from_array(value.array, value.name))
    data = add_parameters(proto.graph, graph.parameters, weights, f"{output.name}.data", largest)
    for node in graph.nodes:
        names = [value.name if value else "" for value in node.inputs]
        made = onnx.helper.make_node(node.op, names, [v.name for v in node.outputs], node.name, **node.attributes)
        made.doc_string = node.layer.place
        proto.graph.node.append(made)
    if not data and weights:
        onnx.checker.check_model(proto)
    if data:
        write_whole(output.with_name(f"{output.name}.data"), data)
    write_whole(output, [proto.SerializeToString(deterministic=True)])


def add_parameters(graph, parameters, weights, file, largest):
    """Initializers under the keys of the weights; returns the blocks of the file `file` that has them, if it is that."""
    import onnx

    arrays = {key: to_f32(*tensor) for key, tensor in read_safetensors(weights).items()} if weights else {}
    outside = sum(arrays[value.key].nbytes for value in parameters) > largest if weights else False
    blocks, at = [], 0
    for value in parameters:
        tensor = graph.initializer.add(name=value.name, data_type=onnx.TensorProto.FLOAT, dims=value.shape)
        if weights and not outside:
            tensor.raw_data = arrays[value.key].tobytes()
            continue
        tensor.data_location = onnx.TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value=file if weights else LEFT_OUT)
        if weights:
            blocks.append(arrays[value.key].tobytes())
            tensor.external_data.add(key="offset", value=str(at))
            tensor.external_data.add(key="length", value=str(len(blocks[-1])))
            at += len(blocks[-1])
    return blocks


def to_f32(kind, shape, data):
    if kind == "BF16":
        return (np.frombuffer(data, "<u2").astype(np.uint32) << 16).view(np.float32).reshape(shape)
    types = {"F16": "<f2", "F32": "<f4", "F64": "<f8"}
    if kind not in types:  # of what the network does not read
        return np.empty(0, np.float32)
    with np.errstate(over="ignore"):
        return np.frombuffer(data, types[kind]).reshape(shape).astype("<f4")
