"""Compares compiled networks with timm's stored logits.

    check_stored.py VARIANT[:SIZE]... [--tolerance X]

The largest difference must stay within the tolerance times the largest logit.
"""

import argparse
import pathlib
import sys
import tempfile

import numpy as np

from compiled import logits, relative_error, run
from made_up_weights import made_up
from timm_networks import FAMILIES, FAMILY_OF, net, parameters, parse, stored


def main():
    parser = argparse.ArgumentParser(description="Compares compiled networks with timm's stored logits.")
    parser.add_argument("networks", nargs="+", metavar="VARIANT[:SIZE]")
    parser.add_argument("--tolerance", type=float, default=1e-5)
    arguments = parser.parse_args()
    failed = False
    for variant, size in map(parse, arguments.networks):
        with tempfile.NamedTemporaryFile(suffix=".safetensors") as file:
            run(["fovea", "weights", net(variant), *parameters(variant, size),
                 "--gain", str(FAMILIES[FAMILY_OF[variant]].gain), "-o", file.name])  # fmt: skip
            image = made_up("image", (1, 3, size, size))
            found = logits(pathlib.Path("fovea"), net(variant), parameters(variant, size), file.name, image)
        error = relative_error(found, np.load(stored(variant, size)))
        good = error <= arguments.tolerance
        failed |= not good
        print(f"{variant} {size}  largest error / largest logit {error:.2e}  {'ok' if good else 'FAILED'}", flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()
