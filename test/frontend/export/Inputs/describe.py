"""describe.py MODEL: the weights of an ONNX model, and where its nodes come from."""

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


if __name__ == "__main__":
    describe(sys.argv[1])
