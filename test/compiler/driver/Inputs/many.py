"""Makes ten networks of small.net with weights of their own, in the current folder: netN.so, .a, .h, and what each gives
for image.f32, netN.npy; with the argument `check`, compares netN.f32 with that."""
import subprocess
import sys

import numpy as np

from made_up_weights import made_up

if sys.argv[1] == "check":
    results = [np.fromfile(f"net{i}.f32", np.float32).tobytes() for i in range(10)]
    for i, result in enumerate(results):
        assert result == np.load(f"net{i}.npy").tobytes(), f"net{i}"
    assert len(set(results)) == 10, "ten networks, ten results"
    sys.exit()
np.save("image.npy", made_up("image", (1, 3, 8, 8)))
np.load("image.npy").tofile("image.f32")
for i in range(10):
    for command in (
        f"weights {sys.argv[1]} --seed {i} -o w{i}.safetensors",
        f"compile {sys.argv[1]} --weights w{i}.safetensors --name net{i} -q",
        f"run libnet{i}.so --input image=image.npy --output y=net{i}.npy",
    ):
        subprocess.run(["fovea", *command.split()], check=True)
