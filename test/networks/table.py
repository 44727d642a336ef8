"""Measures networks and writes the table of examples/README.md, which nobody edits by hand.

    table.py                      all networks that have stored logits, at their own resolution
    table.py resnet50 deit        these variants or families; the other rows stay
    table.py --latency            only the two latencies, of the libraries that a run before has left in build/networks

Compiles without a cache. Latency is the fastest run in two seconds; measure on a machine that does nothing else.
"""

import argparse
import json
import pathlib
import re
import struct
import sys
import time

import numpy as np

from compiled import relative_error, run
from made_up_weights import made_up
from timm_networks import FAMILIES, FAMILY_OF, ROOT, net, parameters, stored

PAGE = ROOT / "examples" / "README.md"
BEGIN, END = "<!-- test/networks/table.py writes from here -->\n", "<!-- to here -->\n"
HEAD = """
| network | resolution | parameters | GFLOP | error | 1 thread | 2 threads | library | compile |
|---|--:|--:|--:|--:|--:|--:|--:|--:|
"""


def learned(weights):
    """Number of learned parameters in a safetensors file: all but the statistics of batch norms."""
    with open(weights, "rb") as file:
        header = json.loads(file.read(*struct.unpack("<Q", file.read(8))))
    return sum(int(np.prod(entry["shape"], dtype=np.int64)) for key, entry in header.items()
               if not key.endswith((".running_mean", ".running_var")))  # fmt: skip


def measured_row(variant, fovea, folder):
    """Compiles the network into `folder` and returns the cells from parameters to error, and library and compile."""
    family = FAMILIES[FAMILY_OF[variant]]
    size, choice = family.size, parameters(variant, family.size)
    folder.mkdir(parents=True, exist_ok=True)
    weights = folder / "weights.safetensors"
    run([fovea, "weights", net(variant), *choice, "--gain", str(family.gain), "-o", weights])
    start = time.monotonic()
    run([fovea, "compile", net(variant), *choice, "--weights", weights, "--no-cache", "-j", "2", "-o", folder])
    seconds = time.monotonic() - start
    np.save(folder / "image.npy", made_up("image", (1, 3, size, size)))
    run([fovea, "run", library(folder), "--input", f"image={folder / 'image.npy'}",
         "--output", f"logits={folder / 'logits.npy'}"])  # fmt: skip
    error = relative_error(np.load(folder / "logits.npy"), np.load(stored(variant, size)))
    flops = json.loads(run([fovea, "stats", net(variant), *choice, "--json"]))["flops"]
    return ([f"{size}", f"{learned(weights) / 1e6:.1f} M", f"{flops / 1e9:.2f}", f"{error:.0e}".replace("e-0", "e-")],
            [f"{library(folder).stat().st_size / 1e6:.1f} MB", f"{seconds:.0f} s"])  # fmt: skip


def library(folder):
    return next(folder.glob("lib*.so"))


def latency(fovea, folder, threads):
    report = run([fovea, "bench", library(folder), "--threads", str(threads), "--time", "2", "--json"])
    return f"{json.loads(report)['min_ms']:.1f} ms"


def machine(fovea, folder):
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())[1]
    target = json.loads(run([fovea, "bench", library(folder), "--time", "0.001", "--json"]))["target"]
    return f"{model}, target `{target}`"


def read_rows(text):
    """Cells of each row of the table, by variant."""
    cells = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in text.splitlines() if "](" in line]
    return {re.match(r"\[(\w+)\]", row[0])[1]: row for row in cells}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", metavar="FAMILY | VARIANT")
    parser.add_argument("--fovea", type=pathlib.Path, default=ROOT / "build/bin/fovea")
    parser.add_argument("--latency", action="store_true", help="measure only latencies, of libraries already there")
    arguments = parser.parse_args()
    known = [variant for variant in FAMILY_OF if stored(variant, FAMILIES[FAMILY_OF[variant]].size).exists()]
    chosen = [variant for variant in known
              if not arguments.networks or {variant, FAMILY_OF[variant]} & set(arguments.networks)]  # fmt: skip
    if not chosen:
        sys.exit("no network of these names has stored logits")

    before, rest = PAGE.read_text().split(BEGIN)
    table, after = rest.split(END)
    rows = read_rows(table)
    for variant in chosen:
        folder = ROOT / "build" / "networks" / variant
        if arguments.latency:
            if variant not in rows or not folder.exists():
                continue
            front, back = rows[variant][1:5], rows[variant][7:]
        else:
            front, back = measured_row(variant, arguments.fovea, folder)
        times = [latency(arguments.fovea, folder, threads) for threads in (1, 2)]
        link = f"[{variant}]({net(variant).name})"
        rows[variant] = [link, *front, *times, *back]
        print(" | ".join(rows[variant]), flush=True)
        lines = [f"| {' | '.join(rows[name])} |\n" for name in known if name in rows]
        text = f"\nMeasured on {machine(arguments.fovea, folder)}.\n{HEAD}{''.join(lines)}\n"
        PAGE.write_text(before + BEGIN + text + END + after)


if __name__ == "__main__":
    main()
