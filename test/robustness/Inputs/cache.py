"""On a cache of compiled kernels.

cache.py newest CACHE N           fails unless the N entries used last are those of one compile, at once
cache.py bytes CACHE N            prints the bytes of the N entries used last
cache.py damage CACHE COMMAND...  for every entry, and many of its bits: flips the bit, runs the command, and fails unless
                                  the entry is as it was before"""
import os
import random
import subprocess
import sys

folder = sys.argv[2]
entries = [entry for entry in os.scandir(folder) if len(entry.name) == 64]
entries.sort(key=lambda entry: -entry.stat().st_mtime_ns)
if sys.argv[1] == "newest":
    count = int(sys.argv[3])
    newest, next_one = entries[count - 1].stat().st_mtime_ns, entries[count].stat().st_mtime_ns
    sys.exit(None if newest > next_one and len(entries) > count else "use does not make an entry newer")
if sys.argv[1] == "bytes":
    print(sum(entry.stat().st_size for entry in entries[: int(sys.argv[3])]))
    sys.exit()

assert entries
random.seed(0)
for entry in entries:
    with open(entry.path, "rb") as file:
        whole = file.read()
    # The hash, the numbers, and any place in the object.
    for bit in [0, 255, 256, 300, 8 * len(whole) - 1, *random.sample(range(8 * len(whole)), 3)]:
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        with open(entry.path, "wb") as file:
            file.write(damaged)
        subprocess.run(sys.argv[3:], check=True)
        with open(entry.path, "rb") as file:
            if file.read() != whole:
                sys.exit(f"bit {bit} of {entry.path} is still damaged")
