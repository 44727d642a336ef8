"""Uses the package `fovea`, installed beneath the current folder, as the command of that name and from Python.

    install.py MODELS [COMMAND]       by default the command is what pip would make it of
"""

import os
import pathlib
import subprocess
import sys

import numpy as np

import fovea

del os.environ["FOVEA_PYTHON"]  # of the tests: the command is to find its own


def command(*arguments):
    program = sys.argv[2:] or [sys.executable, "-c", "from fovea.command import main; main()"]
    result = subprocess.run([*program, *arguments], check=True, stdout=subprocess.PIPE, text=True)
    print(result.stdout, end="", flush=True)


command("--version")
print("the package is", pathlib.Path(fovea.__file__).parent.relative_to(pathlib.Path.cwd()))
subprocess.run([sys.executable, sys.argv[1], "stages", "stages.onnx"], check=True)
command("import", "stages.onnx", "-o", "stages")
model = fovea.compile("stages.net", "stages.safetensors", "out")
print("imported and compiled:", *model.inputs)
image = np.random.default_rng(0).standard_normal(model.inputs[0].shape).astype(np.float32)
np.save("x.npy", image)
command("run", "out/libstages.so", "--input", f"{model.inputs[0].name}=x.npy", "--output", f"{model.outputs[0].name}=y.npy")
print("equal" if np.array_equal(model(image), np.load("y.npy")) else "not equal")
