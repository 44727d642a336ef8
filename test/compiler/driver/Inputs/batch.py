"""A batch of made-up images, together and one by one.

    batch.py write N      x.npy of N images, and each as x0.npy, x1.npy, ...
    batch.py compare N    y.npy beside y0.npy, y1.npy, ...
"""

import sys

import numpy as np

count = int(sys.argv[2])
if sys.argv[1] == "write":
    images = np.random.default_rng(1).standard_normal((count, 3, 8, 8)).astype(np.float32)
    np.save("x.npy", images)
    for i in range(count):
        np.save(f"x{i}.npy", images[i : i + 1])
else:
    together = np.load("y.npy")
    same = [np.array_equal(together[i : i + 1], np.load(f"y{i}.npy")) for i in range(count)]
    print(f"{count} images, {'all the same' if all(same) else same}")
    sys.exit(not all(same))
