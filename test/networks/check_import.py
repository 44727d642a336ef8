"""Compares what is imported from ONNX models with ONNX Runtime, at several sizes.

    check_import.py model.onnx                                   at the sizes that the import chooses
    check_import.py model.onnx height=320,width=320 height=640   at those, one after the other

The largest difference must stay within the tolerance times the largest value of an output. Prints a line per size.
Needs onnx, onnxruntime and numpy.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np
import onnxruntime

from compiled import relative_error, run

ROOT = pathlib.Path(__file__).resolve().parents[2]


def reference(model, inputs):
    """Outputs of the model in ONNX Runtime, by name."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    names = [value.name for value in session.get_inputs()]
    return dict(zip([v.name for v in session.get_outputs()], session.run(None, dict(zip(names, inputs)))))


def shapes_of(net, sizes):
    """(name, shape) of the network's inputs."""
    text = net.read_text()
    known = {name: int(value) for name, value in re.findall(r"(\w+): int = (\d+)", text)} | sizes
    for name, axes in re.findall(r"input (\w+): f32\[(.*?)\]", text):
        values = [axis.split("=")[1] for axis in axes.split(", ")]
        yield name, [int(value) if value.isdigit() else known[value] for value in values]


def picture(path, shape):
    """An image file brought to the shape, from -1 to 1; noise if there is none, or the shape is no image's."""
    if path is None or len(shape) != 4 or shape[1] != 3:
        return np.random.default_rng(1).standard_normal(shape).astype(np.float32)
    from PIL import Image

    image = Image.open(path).convert("RGB").resize((shape[3], shape[2]), Image.Resampling.BILINEAR)
    pixels = np.asarray(image, np.float32).transpose(2, 0, 1) / 127.5 - 1
    return np.ascontiguousarray(np.broadcast_to(pixels, shape))


def check(model, net, weights, sizes, arguments, folder):
    """The largest error at one setting of the sizes."""
    inputs = [(name, picture(arguments.image, shape)) for name, shape in shapes_of(net, sizes)]
    expected = reference(model, [array for _, array in inputs])
    parameters = [text for name, value in sizes.items() for text in ("-p", f"{name}={value}")]
    run([arguments.fovea, "compile", net, *parameters, "--weights", weights, "-o", folder])
    options = []
    for name, array in inputs:
        np.save(folder / f"{name}.npy", array)
        options += ["--input", f"{name}={folder / name}.npy"]
    outputs = re.findall(r"output (\w+)", net.read_text())
    for name in outputs:
        options += ["--output", f"{name}={folder / name}.out.npy"]
    run([arguments.fovea, "run", folder / f"lib{net.stem}.so", *options])
    found = [np.load(folder / f"{name}.out.npy") for name in outputs]
    return max(
        relative_error(a.reshape(b.shape) if a.size == b.size else a, b) for a, b in zip(found, expected.values())
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("sizes", nargs="*", metavar="NAME=VALUE[,NAME=VALUE]")
    parser.add_argument("--set", action="append", default=[], help="handed to the import")
    parser.add_argument("--image", type=pathlib.Path, help="a picture as the input, instead of noise")
    parser.add_argument("--fovea", type=pathlib.Path, default=ROOT / "build/bin/fovea")
    parser.add_argument("--tolerance", type=float, default=1e-4)
    parser.add_argument("--keep", type=pathlib.Path, help="folder for the text and the weights")
    arguments = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        stem = re.sub(r"\W+", "_", arguments.model.stem)
        base = (arguments.keep or folder) / stem
        options = [text for each in arguments.set for text in ("--set", each)]
        result = subprocess.run(
            [arguments.fovea, "import", arguments.model, "-o", base, *options], text=True, stderr=subprocess.PIPE
        )
        print(result.stderr, end="")
        if result.returncode:
            sys.exit(1)
        net, weights = base.with_name(f"{stem}.net"), base.with_name(f"{stem}.safetensors")
        for text in arguments.sizes or [""]:
            sizes = dict((key, int(value)) for key, value in (pair.split("=") for pair in text.split(",") if pair))
            error = check(arguments.model, net, weights, sizes, arguments, folder)
            good = good and error <= arguments.tolerance
            lines = len(net.read_text().splitlines())
            print(
                f"{stem} {text or 'as imported'}: {lines} lines, largest error / largest output {error:.2e}", flush=True
            )
    sys.exit(not good)


if __name__ == "__main__":
    main()
