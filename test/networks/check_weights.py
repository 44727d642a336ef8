"""Checks that a weight file holds the made-up weights of a seed, bit for bit.

    python3 check_weights.py FILE.safetensors --seed N [--gain X]
"""

import argparse
import json
import struct
import sys

import numpy as np

from made_up_weights import made_up


def tensors(path):
    """Name and array of every tensor of a safetensors file of f32."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        yield name, np.frombuffer(data[begin:end], "<f4").reshape(entry["shape"])


def main():
    parser = argparse.ArgumentParser(description="Checks a file of made-up weights.")
    parser.add_argument("file")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--gain", type=float, default=1)
    arguments = parser.parse_args()
    count = 0
    for name, values in tensors(arguments.file):
        if not np.array_equal(values, made_up(name, values.shape, arguments.seed, arguments.gain)):
            sys.exit(f"{name}: not the made-up values of seed {arguments.seed}")
        count += 1
    if count == 0:
        sys.exit("no tensors in the file")
    print(f"{count} tensors are as made up with seed {arguments.seed}")


if __name__ == "__main__":
    main()
