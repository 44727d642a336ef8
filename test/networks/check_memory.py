"""Bounds of what a compiled network takes.

    check_memory.py MANIFEST PROGRAM_OUTPUT LIBRARY

The program's peak memory is at most weights + arena + 8 MB, the library's size at most weights + 1 MB.
"""
import json
import os
import re
import sys

manifest = json.load(open(sys.argv[1]))
weights, arena = manifest["weight_bytes"], manifest["arena_bytes"] + manifest["scratch_bytes"]
peak = int(re.search(r"peak memory (\d+) KiB", open(sys.argv[2]).read())[1]) * 1024
size = os.path.getsize(sys.argv[3])
print(f"peak {peak / 1e6:.1f} MB = weights + arena + {(peak - weights - arena) / 1e6:.1f} MB")
print(f"library {size / 1e6:.1f} MB = weights + {(size - weights) / 1e6:.2f} MB")
sys.exit(peak > weights + arena + 8e6 or size > weights + 1e6)
