"""describe.py MODEL: the weights of an ONNX model, where its nodes come from, and the shapes of what they make."""

import sys

import onnx


def describe(path):
    model = onnx.load(path, load_external_data=False)
    for tensor in model.graph.initializer:
        places = [entry.value for entry in tensor.external_data if entry.key == "location"]
        if places:
            print(f"{tensor.name} {list(tensor.dims)} in {places[0]}")
    for node in model.graph.node:
        print(f"node {node.name} of {node.doc_string}")
    for value in model.graph.value_info:
        print(f"value {value.name} {[dim.dim_value for dim in value.type.tensor_type.shape.dim]}")


if __name__ == "__main__":
    describe(sys.argv[1])
