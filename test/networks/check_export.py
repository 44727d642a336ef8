"""Compares exported ONNX models in ONNX Runtime: a line each.

    check_export.py                       the smallest variant of each network in examples/, made-up weights: export
    check_export.py deit resnet50:160     beside the compiled library
    check_export.py --model model.onnx height=48,width=320 height=64
                                          another's model: import and export beside the original, at these sizes

The largest difference must stay within the tolerance times the largest value of an output. Needs onnx, onnxruntime and
numpy.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import onnx

from check_import import picture, reference, shapes_of
from compiled import relative_error, run
from timm_networks import FAMILIES, ROOT, net, parameters, parse

OWN = {"cas_vit": ["-p", "variant=xs"], "fat": ["-p", "variant=b0"]}  # networks of their authors


def examples(names):
    """(label, file, parameters, gain)."""
    for name in names or [*OWN, *FAMILIES]:
        if name in OWN:
            yield name, ROOT / f"examples/{name}.net", OWN[name], 1
        else:
            variant, size = parse(FAMILIES[name].variants[0] if name in FAMILIES else name)
            family = FAMILIES[net(variant).stem]
            yield f"{variant}:{size}", net(variant), parameters(variant, size), family.gain


def check_example(label, file, given, gain, arguments, folder):
    """What `fovea compare` says, in short."""
    weights = folder / "made_up.safetensors"
    run([arguments.fovea, "weights", file, *given, "--gain", str(gain), "-o", weights])
    command = [arguments.fovea, "compare", file, *given, "--weights", weights, "--against", "onnxruntime",
               "--tolerance", str(arguments.tolerance)]  # fmt: skip
    result = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "FOVEA_PYTHON": sys.executable})
    errors = re.findall(r"largest error (\S+)", result.stdout)
    report(label, result.returncode == 0, f"error {', '.join(errors)}" if errors else result.stderr.strip()[:300])
    return result.returncode == 0


def check_model(sizes, arguments, folder):
    """Another's model, imported and exported, beside itself."""
    model, given = arguments.model, dict(pair.split("=") for pair in sizes.split(",") if pair)
    base, exported = folder / re.sub(r"\W+", "_", model.stem), folder / "exported.onnx"
    environment = {**os.environ, "FOVEA_PYTHON": sys.executable}
    options = [text for each in arguments.set for text in ("--set", each)]
    values = [text for name, value in given.items() for text in ("-p", f"{name}={value}")]
    file, weights = base.with_name(f"{base.name}.net"), base.with_name(f"{base.name}.safetensors")
    for command in (["import", model, "-o", base, *options],
                    ["export", file, *values, "--weights", weights, "-o", exported]):  # fmt: skip
        result = subprocess.run([arguments.fovea, *command], capture_output=True, text=True, env=environment)
        if result.returncode:
            report(f"{model.stem} {sizes}", False, result.stderr.strip()[:300])
            return False
    shapes = shapes_of(file, {name: int(value) for name, value in given.items()})
    inputs = [picture(arguments.image, shape) for _, shape in shapes]
    expected, found = reference(model, inputs), reference(exported, inputs)
    error = max(relative_error(a.reshape(b.shape), b) for a, b in zip(found.values(), expected.values()))
    nodes = [len(onnx.load(path, load_external_data=False).graph.node) for path in (model, exported)]
    good = error <= arguments.tolerance
    report(f"{model.stem} {sizes}", good, f"error {error:.1e}, {nodes[0]} nodes were, {nodes[1]} are")
    return good


def report(label, good, line):
    print(f"{label:40} {'ok' if good else 'FAILED':6} {line}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="FAMILY | VARIANT[:SIZE] | NAME=VALUE[,NAME=VALUE]")
    parser.add_argument("--model", type=pathlib.Path, help="an ONNX model, instead of the examples")
    parser.add_argument("--set", action="append", default=[], help="handed to the import")
    parser.add_argument("--image", type=pathlib.Path, help="a picture as the input, instead of noise")
    parser.add_argument("--fovea", type=pathlib.Path, default=ROOT / "build/bin/fovea")
    parser.add_argument("--tolerance", type=float, default=1e-5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if arguments.model:
            good = [check_model(sizes, arguments, folder) for sizes in arguments.names or [""]]
        else:
            good = [check_example(*example, arguments, folder) for example in examples(arguments.names)]
    sys.exit(not all(good))


if __name__ == "__main__":
    main()
