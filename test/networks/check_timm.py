"""Compares compiled networks with timm's models (timm 1.0.31), on made-up weights.

    check_timm.py                                 all variants of all families, at their own and one other resolution
    check_timm.py deit resnet50 deit_tiny_patch16_224:192      families, variants, a variant at one resolution
    check_timm.py deit --store                    only stores timm's logits, where check_stored.py finds them

Weights travel as a safetensors file under the keys of the model's state_dict. The largest difference of a logit must
stay within the tolerance times the largest logit. At its own resolution it is also checked that the comparison sees
everything: a tensor of each pattern of keys is drawn anew, and the logits must move by ten times the tolerance.
Needs torch, timm, safetensors and numpy.
"""

import argparse
import fnmatch
import importlib
import pathlib
import re
import sys
import tempfile

import numpy as np
import timm
import torch
from safetensors.numpy import save_file

from compiled import logits, relative_error
from made_up_weights import made_up
from timm_networks import DEAD, FAMILIES, FAMILY_OF, ROOT, net, parameters, parse, stored


def build(variant, size, seed=0):
    """timm's model or our transcription of the paper, and its made-up state; integer tensors stay as they are made."""
    name = FAMILY_OF[variant]
    family = FAMILIES[name]
    resized = {} if size == family.size or not family.resized else {
        family.resized: True if family.resized == "dynamic_img_size" else size
    }  # fmt: skip
    make = getattr(importlib.import_module(name), name) if family.transcribed else timm.create_model
    model = make(variant, **resized).eval()
    state = {key: made_up(key, tuple(value.shape), seed, family.gain) if value.is_floating_point() else value.numpy()
             for key, value in model.state_dict().items()}  # fmt: skip
    model.load_state_dict({key: torch.from_numpy(value) for key, value in state.items()})
    return model, state


def forward(model, image):
    model.train().eval()  # forgets what it has computed from its weights
    with torch.no_grad():
        return model(torch.from_numpy(image)).numpy()


def unseen(variant, model, image, expected, least):
    """Keys, one of each pattern, whose tensor hardly matters: drawn anew it moves the logits by less than `least`."""
    gain = FAMILIES[FAMILY_OF[variant]].gain
    of_pattern = {re.sub(r"\d+", "*", key): key for key, value in model.state_dict().items()
                  if value.is_floating_point() and not any(fnmatch.fnmatch(key, dead) for dead in DEAD)}  # fmt: skip
    found = []
    for key in of_pattern.values():
        tensor = model.state_dict()[key]
        before = tensor.clone()
        tensor.copy_(torch.from_numpy(made_up(key, tuple(tensor.shape), seed=1, gain=gain)))
        change = relative_error(forward(model, image), expected)
        tensor.copy_(before)
        if change < least:
            found.append(f"{key} ({change:.0e})")
    return found


def check(variant, size, arguments):
    """Prints a line about one network; whether all is well."""
    model, state = build(variant, size)
    image = made_up("image", (1, 3, size, size))
    expected = forward(model, image)
    if arguments.store:
        np.save(stored(variant, size), expected)
        return True
    line = f"{variant:32} {size}  largest logit {np.abs(expected).max():7.3f}"
    complaints = [] if 0.1 <= np.abs(expected).max() <= 30 else ["choose another gain"]
    if size == FAMILIES[FAMILY_OF[variant]].size:
        least = 10 * arguments.tolerance
        complaints += [f"unseen: {key}" for key in unseen(variant, model, image, expected, least)]
    if not arguments.timm_only:
        with tempfile.NamedTemporaryFile(suffix=".safetensors") as file:
            save_file(state, file.name)
            found = logits(arguments.fovea, net(variant), parameters(variant, size), file.name, image)
        error = relative_error(found, expected)
        line += f"  largest error / largest logit {error:.2e}"
        complaints += ["FAILED"] if error > arguments.tolerance else []
    print(line, ", ".join(complaints) or "ok", sep="  ", flush=True)
    return not complaints


def chosen(names):
    """Variants with sizes of what the command line names: families, variants, VARIANT:SIZE."""
    for name in names:
        for variant in FAMILIES[name].variants if name in FAMILIES else [name]:
            variant, size = parse(variant)
            yield variant, size
            other = FAMILIES[FAMILY_OF[variant]].other
            if other and ":" not in name:
                yield variant, other


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", metavar="FAMILY | VARIANT[:SIZE]")
    parser.add_argument("--fovea", type=pathlib.Path, default=ROOT / "build/bin/fovea")
    parser.add_argument("--tolerance", type=float, default=1e-5)
    parser.add_argument("--store", action="store_true", help="only store timm's logits")
    parser.add_argument("--timm-only", action="store_true", help="compile nothing: is the gain right?")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    results = [check(variant, size, arguments) for variant, size in chosen(arguments.networks or FAMILIES)]
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
