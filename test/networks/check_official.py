"""Compares compiled CAS-ViT with the authors' PyTorch code, variant by variant, on made-up weights.

    git clone https://github.com/Tianfang-Zhang/CAS-ViT    # commit 041d2d6
    python3 test/networks/check_official.py --code CAS-ViT

Weights travel as a safetensors file under the authors' keys. The largest difference of a logit must stay within the
tolerance times the largest logit. test/networks/cas_vit.py, our own transcription, must agree exactly.
Needs torch, timm, einops, safetensors and numpy.
"""

import argparse
import importlib.util
import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import torch
from safetensors.numpy import save_file

from cas_vit import cas_vit
from made_up_weights import made_up, made_up_state

ROOT = pathlib.Path(__file__).resolve().parents[2]


def load_official(code):
    """The authors' module rcvit, from their repository or from the folder that holds the file."""
    for file in (code / "classification/model/rcvit.py", code / "rcvit.py"):
        if file.is_file():
            spec = importlib.util.spec_from_file_location("rcvit", file)
            module = importlib.util.module_from_spec(spec)
            sys.modules["rcvit"] = module  # timm looks its models' module up there
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # timm has moved two of the modules that rcvit.py imports
                spec.loader.exec_module(module)
            return module
    sys.exit(f"{code}: no classification/model/rcvit.py in this folder")


def run(command):
    """Runs a command; ends the program with its output when it fails."""
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"{' '.join(map(str, command))}\nfailed with exit code {result.returncode}\n{result.stderr}")


def compiled(fovea, net, variant, size, state, image):
    """Logits of the compiled network."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        save_file(state, folder / "weights.safetensors")
        np.save(folder / "image.npy", image)
        parameters = ["-p", f"variant={variant}", "-p", f"size={size}"]
        run([fovea, "compile", net, *parameters, "--weights", folder / "weights.safetensors", "-o", folder])
        run([fovea, "run", folder / "libcas_vit.so", "--input", f"image={folder / 'image.npy'}",
             "--output", f"logits={folder / 'logits.npy'}"])  # fmt: skip
        return np.load(folder / "logits.npy")


def relative_error(found, expected):
    """Largest difference over the largest expected value; infinite when a value is missing or not a number."""
    if found.shape != expected.shape:
        return float("inf")
    error = np.abs(found.astype(np.float64) - expected).max() / np.abs(expected).max()
    return float("inf") if np.isnan(error) else float(error)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--code", type=pathlib.Path, required=True, help="the authors' repository")
    parser.add_argument("--variants", default="xs,s,m,t")
    parser.add_argument("--size", type=int, default=224, help="height and width of the image")
    parser.add_argument("--seed", type=int, default=0, help="of weights and image")
    parser.add_argument("--fovea", type=pathlib.Path, default=ROOT / "build/bin/fovea")
    parser.add_argument("--net", type=pathlib.Path, default=ROOT / "examples/cas_vit.net")
    parser.add_argument("--tolerance", type=float, default=1e-5)
    parser.add_argument("--store", type=pathlib.Path, metavar="FOLDER", help="only store the authors' logits there")
    arguments = parser.parse_args()
    if not arguments.store and not arguments.fovea.is_file():
        parser.error(f"{arguments.fovea}: no such file; build it or name it with --fovea")

    official = load_official(arguments.code)
    torch.set_num_threads(1)
    image = made_up("image", (1, 3, arguments.size, arguments.size), arguments.seed)
    failed = False
    for variant in arguments.variants.split(","):
        model = getattr(official, f"rcvit_{variant}")().eval()
        state = made_up_state({key: tuple(value.shape) for key, value in model.state_dict().items()}, arguments.seed)
        model.load_state_dict({key: torch.from_numpy(value) for key, value in state.items()})
        ours = cas_vit(variant)
        ours.load_state_dict(model.state_dict())
        with torch.no_grad():
            expected = model(torch.from_numpy(image)).numpy()
            transcribed = ours(torch.from_numpy(image)).numpy()
        if arguments.store:
            suffix = "" if arguments.size == 224 else f"_{arguments.size}"
            np.save(arguments.store / f"cas_vit_{variant}{suffix}_logits.npy", expected)
            continue
        found = compiled(arguments.fovea, arguments.net, variant, arguments.size, state, image)
        error = relative_error(found, expected)
        exact = np.array_equal(transcribed, expected)
        good = error <= arguments.tolerance and exact
        failed |= not good
        print(f"CAS-ViT {variant.upper():2}  largest error / largest logit {error:.2e}  largest logit "
              f"{np.abs(expected).max():.3f}  transcription {'exact' if exact else 'DIFFERS'}  "
              f"{'ok' if good else 'FAILED'}")  # fmt: skip
    sys.exit(failed)


if __name__ == "__main__":
    main()
