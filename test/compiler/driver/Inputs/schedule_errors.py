"""Gives the compiler wrong schedule files, one after the other, and prints what it says. Each must be refused."""
import subprocess
import sys

fovea, net = sys.argv[1:]
target = 'target "x86-64-avx2"\n'
FILES = [
    'kernel "a" = gemm {}',
    "target x86",
    'target "x86-64-avx"',
    target + "kernels",
    target + "kernel gemm",
    target + 'kernel "a',
    target + "layer = gemm",
    target + 'kernel "a" gemm',
    target + 'kernel "a" = {}',
    target + 'kernel "a" = gemm ',
    target + 'kernel "a" = gemm {7}',
    target + 'kernel "a" = gemm {tile_m = x}',
    target + 'kernel "a" = gemm {tile_m = 99999999999999999999}',
    target + 'kernel "a" = gemm {tile_m = 1 vector = 2}',
    target + 'kernel "a" = gemm {}\nkernel "a" = gemm {}',
    target + 'target"quatsch"',
    target + 'layer "convv" = gemm {}',
    target + 'layer "conv" = gem {}',
    target + 'layer "conv" = pool {}',
    target + 'layer "conv" = gemm {tile_x = 1}',
    target + 'layer "conv" = gemm {tile_m = 29}',
    target + 'layer "conv" = gemm {vector = 9}',
    target + 'layer "conv" = gemm {tile_m = 1, tile_m = 2}',
]
for text in FILES:
    with open("e.txt", "w") as file:
        file.write(text)
    command = [fovea, "compile", net, "--target", "x86-64-avx2", "--schedule", "e.txt", "--emit=kernels", "-o", "k.mlir"]
    result = subprocess.run(command, capture_output=True, text=True)
    print(result.stderr)
    if result.returncode != 1:
        sys.exit(f"exit code {result.returncode} for\n{text}")
print("all refused")
