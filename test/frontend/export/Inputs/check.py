"""check.py NET FOLDER: exports a network with made-up weights into FOLDER, lists the model's nodes, and compares what
ONNX's own reference makes of it with the compiled library."""

import pathlib
import subprocess
import sys

import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator

TOLERANCE = 1e-5  # of the largest value of an output


def fovea(*arguments):
    result = subprocess.run(["fovea", *map(str, arguments)], text=True, capture_output=True)
    if result.returncode:
        sys.exit(f"fovea {arguments[0]}: exit code {result.returncode}\n{result.stderr}")


def main():
    net, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    weights, model = folder / "w.safetensors", folder / f"{net.stem}.onnx"
    fovea("weights", net, "-o", weights)
    fovea("export", net, "--weights", weights, "-o", model)
    proto = onnx.load(model)
    onnx.checker.check_model(proto, full_check=True)
    for node in proto.graph.node:
        print(f"{node.name}: {node.op_type}({', '.join(node.input)}) -> {', '.join(node.output)}")
    inputs, options = {}, []
    for number, value in enumerate(proto.graph.input):
        shape = [dim.dim_value for dim in value.type.tensor_type.shape.dim]
        inputs[value.name] = np.random.default_rng(number).uniform(-2, 2, shape).astype(np.float32)
        np.save(folder / f"{value.name}.npy", inputs[value.name])
        options += ["--input", f"{value.name}={folder / value.name}.npy"]
    names = [value.name for value in proto.graph.output]
    options += [option for name in names for option in ("--output", f"{name}={folder / name}.out.npy")]
    fovea("compile", net, "--weights", weights, "-o", folder)
    fovea("run", folder / f"lib{net.stem}.so", *options)
    good = True
    for name, expected in zip(names, ReferenceEvaluator(proto).run(None, inputs)):
        found = np.load(folder / f"{name}.out.npy")
        error = np.abs(found - expected).max() / np.abs(expected).max() if found.shape == expected.shape else np.inf
        good = good and error <= TOLERANCE
        print(f"{name}: {'ok' if error <= TOLERANCE else f'FAILED: {error:.1e}'}")
    sys.exit(not good)


main()
