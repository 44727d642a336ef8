"""Whether an output, raw f32, is within 1e-5 of the largest element of what is expected.

    check_output.py OUTPUT.f32 EXPECTED.npy
"""
import sys

import numpy as np

output, expected = np.fromfile(sys.argv[1], np.float32), np.load(sys.argv[2]).ravel()
error = np.abs(output - expected).max() / np.abs(expected).max()
print(f"error {error:.1e} of the largest output")
sys.exit(not error <= 1e-5)
