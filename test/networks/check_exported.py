"""Exports networks by torch.onnx, imports and compiles them, and compares with PyTorch: a line per network, with the exact
reason where it does not go.

    check_exported.py                       the first variant of each family of timm_networks.py
    check_exported.py deit resnet50:160     families, variants, a variant at one resolution
    check_exported.py levit_128s dla34:128  any other model of timm's, at 224 unless said otherwise
    check_exported.py --code CAS-ViT cas_vit    the authors' own code (see networks.py)

Weights are made up. Needs torch, timm, onnx, and onnxscript for the exporter that is torch's default (--script takes the
older one, which does not).
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import timm
import torch

from check_timm import build, forward
from compiled import relative_error, run
from made_up_weights import made_up, made_up_state
from networks import NETWORKS
from timm_networks import FAMILIES, FAMILY_OF, ROOT, parse


def models(names, code):
    """(label, model, image) of what the command line names."""
    for name in names:
        if name in NETWORKS:
            network = NETWORKS[name]
            for variant in network.variants[:1]:
                model = network.official(network.load_official(code), variant).eval()
                state = made_up_state({key: tuple(value.shape) for key, value in model.state_dict().items()}, 0)
                model.load_state_dict({key: torch.from_numpy(value) for key, value in state.items()})
                yield f"{name}_{variant}", model, made_up("image", (1, 3, 224, 224))
            continue
        if name not in FAMILIES and name.partition(":")[0] not in FAMILY_OF:
            yield stranger(*name.partition(":")[::2])
            continue
        variant, size = parse(FAMILIES[name].variants[0] if name in FAMILIES else name)
        yield f"{variant}", build(variant, size)[0], made_up("image", (1, 3, size, size))


def stranger(name, size):
    """(name, model, image) of any model of timm's, with the first gain at which it tells images apart."""
    size = int(size or 224)
    try:
        model = timm.create_model(name, img_size=size).eval()
    except TypeError:  # it takes images of any size
        model = timm.create_model(name).eval()
    images = [made_up(each, (1, 3, size, size)) for each in ("image", "other")]
    for gain in (1, 1.4, 1.8, 0.7):
        state = {key: torch.from_numpy(made_up(key, tuple(value.shape), gain=gain))
                 if value.is_floating_point() else value for key, value in model.state_dict().items()}  # fmt: skip
        model.load_state_dict(state)
        one, other = (forward(model, image) for image in images)
        if np.abs(one - other).max() > 1e-2 * np.abs(one).max():
            break
    return name, model, images[0]


def check(label, model, image, arguments, folder):
    """A line for the table."""
    file, net = folder / f"{label}.onnx", folder / f"{label}.net"
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = model(torch.from_numpy(image)).numpy()
        try:
            torch.onnx.export(model, (torch.from_numpy(image),), str(file), dynamo=not arguments.script, verbose=False,
                              input_names=["image"], output_names=["logits"], external_data=False)  # fmt: skip
        except Exception as error:
            return False, f"torch.onnx: {str(error).strip().splitlines()[0][:150]}"
    result = subprocess.run([arguments.fovea, "import", file, "-o", folder / label], capture_output=True, text=True)
    if result.returncode:
        problems = re.findall(r"error: (.*)", result.stderr)
        return False, f"{problems[0]}" + (f" and {len(problems) - 1} more" if len(problems) > 1 else "")
    np.save(folder / "image.npy", image)
    try:
        weights = folder / f"{label}.safetensors"
        run([arguments.fovea, "compile", net, "--weights", weights, "-o", folder])
        run([arguments.fovea, "run", folder / f"lib{label}.so", "--input", f"image={folder / 'image.npy'}",
             "--output", f"logits={folder / 'logits.npy'}"])  # fmt: skip
    except SystemExit as error:
        return False, re.sub(r"\s+", " ", str(error).split("failed with exit code")[-1])[:300]
    error = relative_error(np.load(folder / "logits.npy"), expected)
    return error <= arguments.tolerance, f"{len(net.read_text().splitlines())} lines, error {error:.1e}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", metavar="FAMILY | VARIANT[:SIZE]")
    parser.add_argument("--fovea", type=pathlib.Path, default=ROOT / "build/bin/fovea")
    parser.add_argument("--code", type=pathlib.Path, help="the authors' repository")
    parser.add_argument("--script", action="store_true", help="torch's older exporter")
    parser.add_argument("--tolerance", type=float, default=1e-4)
    parser.add_argument("--keep", type=pathlib.Path, help="folder for what is exported and imported")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    good = True
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or pathlib.Path(temporary)
        for label, model, image in models(arguments.networks or FAMILIES, arguments.code):
            fits, line = check(label, model, image, arguments, folder)
            good = good and fits
            print(f"{label:36} {'ok' if fits else 'FAILED':6} {line}", flush=True)
    sys.exit(not good)


if __name__ == "__main__":
    main()
