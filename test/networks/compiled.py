"""Runs of the compiler, and what is compared."""

import pathlib
import subprocess
import sys
import tempfile

import numpy as np


def run(command):
    """Output of a command; ends the program with what it said when it fails."""
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"{' '.join(map(str, command))}\nfailed with exit code {result.returncode}\n{result.stderr}")
    return result.stdout


def logits(fovea, net, parameters, weights, image):
    """Logits of the network `net`, compiled with `parameters` and the file `weights`, of the array `image`."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        np.save(folder / "image.npy", image)
        run([fovea, "compile", net, *parameters, "--weights", weights, "-o", folder])
        run([fovea, "run", folder / f"lib{net.stem}.so", "--input", f"image={folder / 'image.npy'}",
             "--output", f"logits={folder / 'logits.npy'}"])  # fmt: skip
        return np.load(folder / "logits.npy")


def relative_error(found, expected):
    """Largest difference over the largest expected value; infinite when a value is missing or not a number."""
    if found.shape != expected.shape:
        return float("inf")
    error = np.abs(found.astype(np.float64) - expected).max() / np.abs(expected).max()
    return float("inf") if np.isnan(error) else float(error)
