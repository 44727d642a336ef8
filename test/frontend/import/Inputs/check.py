"""check.py MODEL FOLDER [NAME=VALUE,..]...: imports a model of models.py into FOLDER and prints the text; compiles it,
at each of the settings of its parameters, and compares with ONNX's own reference."""

import pathlib
import re
import subprocess
import sys

import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator

from models import MODELS

TOLERANCE = 2e-5  # of the largest value of an output


def fovea(*arguments):
    result = subprocess.run(["fovea", *map(str, arguments)], text=True, capture_output=True)
    print(result.stderr, end="")
    if result.returncode:
        sys.exit(f"fovea {arguments[0]}: exit code {result.returncode}")


def main():
    name, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    proto = MODELS[name]().proto()
    onnx.save(proto, folder / f"{name}.onnx")
    settings = [
        dict((k, int(v)) for k, v in (pair.split("=") for pair in text.split(","))) for text in sys.argv[3:]
    ] or [{}]
    given = [text for key, value in settings[0].items() for text in ("--set", f"{key}={value}")]
    fovea("import", folder / f"{name}.onnx", "-o", folder / name, *given)
    text = (folder / f"{name}.net").read_text()
    print(text)
    for setting in settings:
        known = {key: int(value) for key, value in re.findall(r"(\w+): int = (\d+)", text)} | setting
        inputs, options = {}, []
        for public, axes in re.findall(r"input (\w+): f32\[(.*?)\]", text):
            shape = [known.get(axis.split("=")[1]) or int(axis.split("=")[1]) for axis in axes.split(", ")]
            inputs[public] = np.random.default_rng(3).standard_normal(shape).astype(np.float32)
            np.save(folder / f"{public}.npy", inputs[public])
            options += ["--input", f"{public}={folder / public}.npy"]
        outputs = re.findall(r"output (\w+)", text)
        options += [option for public in outputs for option in ("--output", f"{public}={folder / public}.out.npy")]
        parameters = [
            option for key, value in setting.items() if f"{key}: int" in text for option in ("-p", f"{key}={value}")
        ]
        fovea("compile", folder / f"{name}.net", *parameters, "--weights", folder / f"{name}.safetensors", "-o", folder)
        fovea("run", folder / f"lib{name}.so", *options)
        for public, expected in zip(outputs, ReferenceEvaluator(proto).run(None, inputs)):
            found = np.load(folder / f"{public}.out.npy").reshape(expected.shape)
            error = np.abs(found - expected).max() / np.abs(expected).max()
            print(f"{public} {setting}: {'ok' if error <= TOLERANCE else f'FAILED: {error:.1e}'}")
            if not error <= TOLERANCE:
                sys.exit(1)


main()
