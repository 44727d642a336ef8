"""Runs compiled libraries through the package `fovea`, in the current folder."""

import ctypes
import pathlib
import subprocess
import sys
import threading

import numpy as np

import fovea
from fovea import abi

net = sys.argv[1]
for seed in (0, 5):
    subprocess.run(["fovea", "weights", net, "--seed", str(seed), "-o", f"{seed}.safetensors"], check=True,
                   stderr=subprocess.DEVNULL)  # fmt: skip
model = fovea.compile(net, "0.safetensors", "one")
assert model.description.size == ctypes.sizeof(abi.Description), "runtime/abi.h has changed"
image = np.random.default_rng(1).standard_normal((1, 3, 8, 8)).astype(np.float32)
np.save("x.npy", image)
subprocess.run(["fovea", "run", "one/libsmall.so", "--input", "image=x.npy", "--output", "y=y.npy"], check=True,
               stdout=subprocess.DEVNULL)  # fmt: skip
expected = np.load("y.npy")


class Foreign:
    """An array of another library, which shares its memory."""

    def __dlpack__(self, **arguments):
        return image.__dlpack__(**arguments)

    def __dlpack_device__(self):
        return image.__dlpack_device__()


kept = np.empty_like(expected)
results = {
    "array": model(image),
    "name": model(image=image),
    "DLPack": model(Foreign()),
    "transposed": model(np.asfortranarray(image)),
    "double": model(image.astype(np.float64)),
    "out": model(image, out=kept),
    "several sizes": fovea.compile(net, "0.safetensors", "sizes", size="8,12")(image),
    "weights beside": fovea.compile(net, "0.safetensors", "beside", weights_out=True)(image),
    "weights named": fovea.Model("beside/libsmall.so", weights="beside/small.weights", threads=2)(image),
    "another name": fovea.Model(pathlib.Path("one/libsmall.so").rename("one/other.so"))(image),
}
wrong = [name for name, result in results.items() if not np.array_equal(result, expected)]
print(wrong or "as the command line" if results["out"] is kept else "out is another array")


def fault(function):
    try:
        function()
    except (fovea.FoveaError, ValueError, TypeError) as error:
        print(str(error).splitlines()[0])


def without_weights():
    pathlib.Path("beside/small.weights").unlink()
    fovea.Model("beside/libsmall.so")


odd = np.zeros((1, 3, 9, 8), np.float32)
fault(lambda: model(odd))
fault(lambda: fovea.Model("sizes/libsmall.so")(odd))
fault(lambda: model(image, picture=image))
fault(lambda: model(image, out=kept[..., ::2]))
fault(lambda: fovea.compile("nothing.net", "0.safetensors", "none"))
fault(without_weights)
fault(lambda: fovea.Model(np._core._multiarray_umath.__file__))

right = []
calls = [threading.Thread(target=lambda: [right.append(np.array_equal(model(image), expected)) for _ in range(2)]) for _ in range(4)]  # fmt: skip
for call in calls:
    call.start()
for call in calls:
    call.join()
print(f"{len(calls)} threads, {sum(right)} calls")
