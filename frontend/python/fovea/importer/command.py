"""The command line of `fovea import`."""

import argparse
import pathlib
import subprocess
import sys

from fovea.importer.errors import UserError, printable
from fovea.program import run_program


def parse(arguments):
    parser = argparse.ArgumentParser(prog="fovea import", description=__doc__)
    parser.add_argument("model", metavar="MODEL", type=pathlib.Path)
    parser.add_argument("-o", dest="output", metavar="NAME", type=pathlib.Path, required=True)
    parser.add_argument("--take", metavar="NAME")
    parser.add_argument("--fovea", metavar="PROGRAM", help="brings the text into its canonical form")
    parser.add_argument("--set", dest="sizes", metavar="NAME=VALUE", action="append", default=[])
    return parser.parse_args(arguments)


def sizes_of(texts):
    sizes = {}
    for text in texts:
        name, _, value = text.partition("=")
        if not value.isdecimal() or not 1 <= int(value) < 1 << 31:
            raise UserError("usage", f"--set {text}: expected NAME=VALUE with a positive integer")
        sizes[name] = int(value)
    return sizes


def run(arguments):
    """Chooses by the file's name: weights alone, or a model."""
    if arguments.model.name.endswith((".pth", ".pt", ".bin", ".ckpt", ".tar", ".json")):
        notes = import_weights(arguments)
    else:
        from fovea.importer.model import import_onnx

        notes = import_onnx(arguments.model, arguments.output, sizes_of(arguments.sizes))
        if arguments.fovea:
            subprocess.run([arguments.fovea, "fmt", f"{arguments.output}.net"], check=True)
    for note in notes:
        print(f"fovea: note: {printable(note)}", file=sys.stderr)


def import_weights(arguments):
    from fovea.importer.checkpoint import read_checkpoint
    from fovea.importer.safetensors import write_safetensors
    from fovea.importer.shards import read_shards

    if arguments.model.name.endswith(".json"):
        tensors, notes = read_shards(arguments.model), []
    else:
        tensors, notes = read_checkpoint(arguments.model, arguments.take)
    write_safetensors(arguments.output.with_name(f"{arguments.output.name}.safetensors"), tensors)
    return notes


def main():
    return run_program("import", ["onnx>=1.23", "numpy"], lambda: run(parse(sys.argv[1:])))
