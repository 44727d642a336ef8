"""The part of `fovea compare --against onnxruntime` that runs an ONNX model on files."""

import argparse
import pathlib
import sys

from fovea.program import run_program


def run_model(model, inputs, outputs):
    """Reads and writes .npy files, {name: path} each."""
    import numpy as np
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    arrays = session.run(list(outputs), {name: np.load(path) for name, path in inputs.items()})
    for path, array in zip(outputs.values(), arrays):
        np.save(path, np.ascontiguousarray(array))


def main():
    parser = argparse.ArgumentParser(prog="fovea compare", description=__doc__)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--input", action="append", default=[], metavar="NAME=FILE")
    parser.add_argument("--output", action="append", default=[], metavar="NAME=FILE")
    arguments = parser.parse_args(sys.argv[1:])
    files = [dict(pair.split("=", 1) for pair in pairs) for pairs in (arguments.input, arguments.output)]
    return run_program("compare", ["onnxruntime", "numpy"], lambda: run_model(arguments.model, *files))
