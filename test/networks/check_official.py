"""Compares compiled networks with their authors' PyTorch code, variant by variant, on made-up weights.

    git clone https://github.com/Tianfang-Zhang/CAS-ViT    # commit 041d2d6
    python3 test/networks/check_official.py --network cas_vit --code CAS-ViT
    git clone https://github.com/qhfan/FAT                 # commit 729ec45
    python3 test/networks/check_official.py --network fat --code FAT --sizes 224,160,200

Weights travel as a safetensors file under the authors' keys. The largest difference of a logit must stay within the
tolerance times the largest logit. Our own transcription into plain PyTorch must agree exactly.
Needs torch, timm, einops, safetensors and numpy.
"""

import argparse
import pathlib
import sys
import tempfile

import numpy as np
import torch
from safetensors.numpy import save_file

from compiled import logits, relative_error
from made_up_weights import made_up, made_up_state
from networks import NETWORKS, ROOT


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", choices=NETWORKS, default="cas_vit")
    parser.add_argument("--code", type=pathlib.Path, required=True, help="the authors' repository")
    parser.add_argument("--variants", help="with commas between them (default: all)")
    parser.add_argument("--sizes", default="224", help="height and width of the image, with commas between them")
    parser.add_argument("--seed", type=int, default=0, help="of weights and image")
    parser.add_argument("--fovea", type=pathlib.Path, default=ROOT / "build/bin/fovea")
    parser.add_argument("--tolerance", type=float, default=1e-5)
    parser.add_argument("--store", type=pathlib.Path, metavar="FOLDER", help="only store the authors' logits there")
    arguments = parser.parse_args()
    if not arguments.store and not arguments.fovea.is_file():
        parser.error(f"{arguments.fovea}: no such file; build it or name it with --fovea")

    network = NETWORKS[arguments.network]
    official = network.load_official(arguments.code)
    torch.set_num_threads(1)
    failed = False
    for variant in arguments.variants.split(",") if arguments.variants else network.variants:
        model = network.official(official, variant).eval()
        state = made_up_state({key: tuple(value.shape) for key, value in model.state_dict().items()}, arguments.seed)
        model.load_state_dict({key: torch.from_numpy(value) for key, value in state.items()})
        ours = network.ours(variant)
        ours.load_state_dict(model.state_dict())
        for size in map(int, arguments.sizes.split(",")):
            image = made_up("image", (1, 3, size, size), arguments.seed)
            with torch.no_grad():
                expected = model(torch.from_numpy(image)).numpy()
                transcribed = ours(torch.from_numpy(image)).numpy()
            if arguments.store:
                suffix = "" if size == 224 else f"_{size}"
                np.save(arguments.store / f"{network.name}_{variant}{suffix}_logits.npy", expected)
                continue
            with tempfile.NamedTemporaryFile(suffix=".safetensors") as file:
                save_file(state, file.name)
                parameters = ["-p", f"variant={variant}", "-p", f"size={size}"]
                found = logits(arguments.fovea, network.net, parameters, file.name, image)
            error = relative_error(found, expected)
            exact = np.array_equal(transcribed, expected)
            good = error <= arguments.tolerance and exact
            failed |= not good
            print(f"{network.name} {variant:2} {size}  largest error / largest logit {error:.2e}  largest logit "
                  f"{np.abs(expected).max():.3f}  transcription {'exact' if exact else 'DIFFERS'}  "
                  f"{'ok' if good else 'FAILED'}", flush=True)  # fmt: skip
    sys.exit(failed)


if __name__ == "__main__":
    main()
