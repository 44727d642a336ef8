"""The part of `fovea export` that makes an ONNX model of a network's description."""

import argparse
import pathlib
import sys

from fovea.program import run_program


def main():
    parser = argparse.ArgumentParser(prog="fovea export", description=__doc__)
    parser.add_argument("description", type=pathlib.Path)
    parser.add_argument("-o", dest="output", type=pathlib.Path, required=True)
    parser.add_argument("--weights", type=pathlib.Path)
    parser.add_argument("--layers", action="store_true", help="the value of each layer is an output, too")
    arguments = parser.parse_args(sys.argv[1:])

    def run():
        from fovea.exporter.model import export_onnx

        export_onnx(arguments.description, arguments.output, arguments.weights, layers=arguments.layers)

    return run_program("export", ["onnx>=1.23", "numpy"], run)
