"""Counts sums that the loops of kernels keep in memory instead of registers, in what `fovea compile --emit=asm` prints.

    check_spills.py FILE.s...
    check_spills.py VARIANT...      all kernels of these networks, timm's names or FAMILY:VARIANT, for AVX-512 and AVX2
    check_spills.py --all           the same for all of timm_networks.py

A sum is spilled when an innermost loop that multiplies and adds vectors reads a place of the stack and then writes it:
what it has written is read in the next round. One in 32 products costs nothing and is let pass. Other vectors on the
stack are not counted: they are constants beyond the number of registers, which come from memory either way, or numbers
between straight-line steps.
"""

import pathlib
import re
import subprocess
import sys

from timm_networks import FAMILY_OF, ROOT, net

TARGETS = ("x86-64-avx512", "x86-64-avx2")
PRODUCT = re.compile(r"\tv?(fn?m(add|sub)\w+|mul)ps\b")
ACCESS = re.compile(r"(-?\d*\(%r[sb]p\)).*# (?:16|32|64)-byte (?:Folded )?(Spill|Reload)")


def innermost_loops(lines):
    """Pairs of kernel and instructions, for each loop without loops inside. LLVM's comments behind a label, and below
    it, say which loop a block belongs to."""
    kernel, loop, loops, innermost = None, None, {}, set()
    for number, line in enumerate(lines):
        if line.startswith("# kernel "):
            kernel, loop = line.split()[2], None
        elif label := re.match(r"\.L(BB\d+_\d+):|# %bb\.", line):
            comments = [line]
            for more in lines[number + 1:]:  # fmt: skip
                if not re.match(r"\s+#\s", more):
                    break
                comments.append(more)
            text = "".join(comments)
            header = re.search(r"in Loop: Header=(BB\d+_\d+)", text)
            if "This Inner Loop Header" in text:
                loop = (kernel, label.group(1))
                innermost.add(loop)
            else:
                loop = (kernel, header.group(1)) if header else None
        elif loop and line.startswith("\t"):
            loops.setdefault(loop, []).append(line)
    return [(kernel, loops[kernel, block]) for kernel, block in loops if (kernel, block) in innermost]


def spilled_sums(instructions):
    """Places of the stack that are read before they are written."""
    first, carried = {}, set()
    for instruction in instructions:
        if access := ACCESS.search(instruction):
            place, kind = access.groups()
            if first.setdefault(place, kind) == "Reload" and kind == "Spill":
                carried.add(place)
    return carried


def check(name, text):
    """Prints the kernels with spilled sums; returns whether there are none, and loops were found at all."""
    summing, good = 0, True
    for kernel, instructions in innermost_loops(text.splitlines()):
        products = sum(map(bool, map(PRODUCT.match, instructions)))
        summing += bool(products)
        if products and len(sums := spilled_sums(instructions)) * 32 > products:
            good = False
            print(f"{name}: {kernel}: {len(sums)} sums of a loop of {products} products are in memory", flush=True)
    kernels = re.findall(r"^# kernel \w*(?:linear|conv|attention|contract)", text, re.MULTILINE)
    good &= summing >= len(kernels) > 0
    print(f"{name}: {summing} loops that sum products in {len(kernels)} kernels  {'ok' if good else 'FAILED'}", flush=True)
    return good


def assembly(variant, target):
    from timm_networks import FAMILY_OF, ROOT, net

    if variant in FAMILY_OF:
        network = [net(variant), "-p", f"variant={variant}"]
    else:  # FAMILY:VARIANT
        family, variant = variant.split(":")
        network = [ROOT / "examples" / f"{family}.net", "-p", f"variant={variant}"]
    command = ["fovea", "compile", *network, "--emit=asm", "--target", target, "-q", "-o", "-"]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{result.stderr}")
    return result.stdout


def main():
    results = []
    for argument in FAMILY_OF if sys.argv[1:] == ["--all"] else sys.argv[1:]:
        if argument.endswith(".s"):
            results.append(check(pathlib.Path(argument).name, pathlib.Path(argument).read_text()))
        else:
            results += [check(f"{argument} {target}", assembly(argument, target)) for target in TARGETS]
    sys.exit(not results or not all(results))


if __name__ == "__main__":
    main()
