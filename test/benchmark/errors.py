"""How far bf16 is from f32, over several draws of weights: compiled networks beside OpenVINO's default.

    errors.py [--networks swin_tiny_patch4_window7_224,fat:b0] [--draws 5]

Rounded weights are the greater part of the error, and other weights round another way: a single draw says little of
who is nearer. The error of a draw is the largest difference to PyTorch's logits, relative to the largest of them, the
mean of several images; of the draws it is the median.
"""

import argparse
import pathlib
import tempfile

import benchmark  # leads to what lies in other folders
import models
import numpy as np
import torch


def errors_of_draw(network, seed, converters):
    model = models.load(network, seed)
    with tempfile.TemporaryDirectory(prefix="fovea-errors-") as folder:
        return [benchmark.mean_error(name, converters[name](model, pathlib.Path(folder)), model, threads=1)
                for name in benchmark.ROUNDED]  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", default=benchmark.PAGE, help="with commas between them")
    parser.add_argument("--draws", type=int, default=5, help="of weights")
    parser.add_argument("--fovea", default=str(benchmark.ROOT / "build/bin/fovea"), help="the compiler")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    converters = models.converters(arguments.fovea)
    print(f"{'network':<32} {'fovea bf16':>10} {'OpenVINO':>10}  nearer in")
    for network in arguments.networks.split(","):
        draws = np.array([errors_of_draw(network, seed, converters) for seed in range(arguments.draws)])
        ours, theirs = np.median(draws, axis=0)
        nearer = int((draws[:, 0] <= draws[:, 1]).sum())
        print(f"{network:<32} {ours:>10.1e} {theirs:>10.1e}  {nearer} of {arguments.draws}", flush=True)


if __name__ == "__main__":
    main()
