"""Each target of a library gives the expected output, and the same bits at any number of threads.

    check_targets.py MANIFEST.json LIBRARY.so INPUT.npy EXPECTED.npy

Targets that this CPU cannot run are only seen to be refused.
"""
import json
import subprocess
import sys

import numpy as np

manifest, library, given, expected = sys.argv[1:]
manifest, expected = json.load(open(manifest)), np.load(expected)
ran = 0
for target in manifest["targets"]:
    outputs = []
    for threads in 1, 2, 3, 8:
        command = ["fovea", "run", library, "--target", target, "--threads", str(threads)]
        command += ["--input", f"{manifest['inputs'][0]['name']}={given}"]
        command += ["--output", f"{manifest['outputs'][0]['name']}={library}.npy"]
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
        if done.returncode and "this CPU lacks" in done.stderr:
            break
        if done.returncode:
            sys.exit(f"{target}: {done.stderr}")
        outputs.append(np.load(library + ".npy"))
    if not outputs:
        print(f"{target}: not on this CPU")
        continue
    error = np.abs(outputs[0] - expected).max() / np.abs(expected).max()
    print(f"{target}: error {error:.1e} of the largest output")
    if not error <= 1e-5 or any(output.tobytes() != outputs[0].tobytes() for output in outputs):
        sys.exit(f"{target}: wrong, or not the same at any number of threads")
    ran += 1
sys.exit(ran < 2)
