"""Checks every variant of every family: its keys and shapes are those of timm's state_dict, and it gets to kernels.

    check_variants.py            as a test, against the stored digests
    check_variants.py --store    stores the digests; needs timm
"""

import hashlib
import json
import re
import subprocess
import sys

from timm_networks import FAMILIES, FAMILY_OF, ROOT, net, parameters

DIGESTS = ROOT / "test/networks/data/timm_keys.json"


def digest(shapes):
    """Of keys with their shapes."""
    lines = sorted(f"{key} {'x'.join(map(str, shape))}" for key, shape in shapes.items())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def digest_of_timm(variant):
    from check_timm import build  # needs torch

    model, _ = build(variant, FAMILIES[FAMILY_OF[variant]].size)
    return digest({key: value.shape for key, value in model.state_dict().items() if value.is_floating_point()})


def stage(variant, size, name):
    """The network printed at a stage, or what the compiler complains about."""
    result = subprocess.run(["fovea", "compile", net(variant), *parameters(variant, size), f"--emit={name}", "-o", "-"],
                            capture_output=True, text=True)  # fmt: skip
    return result.stdout, result.stderr if result.returncode else ""


def digest_of_net(variant):
    text, _ = stage(variant, FAMILIES[FAMILY_OF[variant]].size, "hvn")
    return digest({key: tuple(map(int, shape.rstrip("x").split("x"))) if shape else ()
                   for key, shape in re.findall(r'hvn\.param "([^"]*)" : tensor<((?:\d+x)*)f32', text)})  # fmt: skip


def main():
    if "--store" in sys.argv:
        DIGESTS.write_text(json.dumps({variant: digest_of_timm(variant) for variant in FAMILY_OF}, indent=1) + "\n")
        return
    digests = json.loads(DIGESTS.read_text())
    wrong = 0
    for variant, name in FAMILY_OF.items():
        family = FAMILIES[name]
        errors = [error for size in {family.size, family.other or family.size}
                  if (error := stage(variant, size, "kernels")[1])]  # fmt: skip
        if digest_of_net(variant) != digests.get(variant):
            errors.append("keys or shapes differ from the reference's; check_timm.py tells which\n")
        wrong += bool(errors)
        print(f"{variant}  {'WRONG' if errors else 'ok'}\n{''.join(errors)}", end="", flush=True)
    print(f"{len(FAMILY_OF)} variants, {wrong} wrong")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
