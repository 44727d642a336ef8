"""The import of an ONNX model, from file to files."""

import pathlib

from fovea.importer.blocks import find_blocks
from fovea.importer.convert import convert
from fovea.importer.names import identifier
from fovea.importer.patterns import recognise_layers
from fovea.importer.read import read
from fovea.importer.simplify import simplify
from fovea.importer.safetensors import write_safetensors, write_whole
from fovea.importer.unary import recognise_activations
from fovea.importer.write import network_text


def import_onnx(path, output, sizes=None):
    """Writes `output`.net and `output`.safetensors; `sizes` are those that the model leaves open, by name. Returns what
    the user should know."""
    graph = read(path)
    recognise_activations(graph)
    recognise_layers(graph)
    network = convert(graph, sizes or {})
    network.ops, network.outputs = simplify(network.ops, network.outputs)
    blocks, weights = find_blocks(network)
    output = pathlib.Path(output)
    text = network_text(identifier(output.name), network, blocks, f"Imported from {pathlib.Path(path).name}.")
    write_whole(output.with_name(f"{output.name}.net"), [text.encode()])
    write_safetensors(output.with_name(f"{output.name}.safetensors"), weights)
    return network.notes
