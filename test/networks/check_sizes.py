"""A library of several sizes gives the bits of those of one size, and has their weights once.

    check_sizes.py FOLDER NAME SIZE... [--own BYTES]

The libraries are called NAME, that of all sizes lies in FOLDER/all, that of each in FOLDER/SIZE; FOLDER/SIZE.npy is the
input of each. Of the weights BYTES at most, 0 unless said, are not used by each of the sizes.
"""
import argparse
import json
import os
import subprocess
import sys

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("name")
parser.add_argument("sizes", nargs="+")
parser.add_argument("--own", type=int, default=0)
arguments = parser.parse_args()
folder, name, sizes = arguments.folder, arguments.name, arguments.sizes


def library(kind):
    return f"{folder}/{kind}/lib{name}.so"


def manifest(kind):
    return json.load(open(f"{folder}/{kind}/{name}.json"))


def output(kind, size, threads):
    """The bytes of the output's file."""
    tensors = manifest(size)
    command = ["fovea", "run", library(kind), "--threads", str(threads)]
    command += ["--input", f"{tensors['inputs'][0]['name']}={folder}/{size}.npy"]
    command += ["--output", f"{tensors['outputs'][0]['name']}={folder}/y.npy"]
    subprocess.run(command, check=True)
    return open(f"{folder}/y.npy", "rb").read()


assert [entry["size"] for entry in manifest("all")["sizes"]] == [int(size) for size in sizes]
weights = manifest("all")["weight_bytes"]
singles = 0
for size in sizes:
    expected = output(size, size, 1)
    for threads in 1, 2, 3:
        if output("all", size, threads) != expected:
            sys.exit(f"size {size} with {threads} threads: other bits than the library of this size alone")
    if not 0 <= weights - manifest(size)["weight_bytes"] <= arguments.own:
        sys.exit(f"{weights} bytes of weights, size {size} alone has {manifest(size)['weight_bytes']}")
    singles += os.path.getsize(library(size))
found, most = os.path.getsize(library("all")), singles - (len(sizes) - 1) * (weights - arguments.own)
print(f"{found} bytes with {weights} of weights; the libraries of one size have {singles} together")
sys.exit(found > most)
