"""outside.py NET FOLDER: exports with the weights in a file beside the model, and from weights of other types, with values
that all of them can have."""

import pathlib
import subprocess
import sys

import numpy as np
import onnx

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[4] / "frontend/python"))

from describe import describe
from fovea.exporter.model import export_onnx
from fovea.importer.safetensors import write_safetensors
from fovea.importer.shards import read_safetensors

TYPES = {"F16": np.float16, "F64": np.float64}


def values(path):
    model = onnx.load(path)
    return {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer}


def same(path, expected):
    found = values(path)
    equal = all(np.array_equal(found[key], array) for key, array in expected.items())
    return "the same" if equal and found.keys() >= expected.keys() else "FAILED"


def main():
    net, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    subprocess.run(["fovea", "export", net, "-o", folder / "net.json"], check=True)
    shapes = {key: shape for key, (_, shape, _) in read_safetensors(folder / "w.safetensors").items()}
    random = np.random.default_rng(1)
    arrays = {key: random.integers(-8, 9, shape).astype(np.float32) for key, shape in shapes.items()}
    write_safetensors(folder / "F32.safetensors", arrays)
    export_onnx(folder / "net.json", folder / "outside.onnx", folder / "F32.safetensors", largest=100)
    describe(folder / "outside.onnx")
    print("outside:", same(folder / "outside.onnx", arrays))
    for kind in ("F16", "BF16", "F64"):
        tensors = {
            key: (kind, array.shape, (array.view(np.uint32) >> 16).astype(np.uint16).tobytes())
            if kind == "BF16" else array.astype(TYPES[kind])
            for key, array in arrays.items()
        }  # fmt: skip
        write_safetensors(folder / f"{kind}.safetensors", tensors)
        export_onnx(folder / "net.json", folder / f"{kind}.onnx", folder / f"{kind}.safetensors")
        print(f"{kind}:", same(folder / f"{kind}.onnx", arrays))


main()
