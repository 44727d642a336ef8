"""Calls of libraries that it compiles into the current folder: what they cost, copy and hold."""

import ctypes
import pathlib
import subprocess
import threading
import time
import tracemalloc

import numpy as np

import fovea
from fovea import abi

NETS = {
    "big": """network big() {
  input image: f32[n=1, c=64, h=128, w=128]
  output y = conv(image, out=64, kernel=3, pad=1) @ "a" |> relu |> conv(out=64, kernel=3, pad=1) @ "b"
}""",
    "two": """network two() {
  input x: f32[n=1, c=8]
  output a = linear(x, out=8) @ "a"
  output b = linear(x, out=8) @ "b"
}""",
    "wide": """network wide(width: int in 32..128 step 32) {
  input x: f32[n=1, c=4, h=8, w=width]
  output y = conv(x, out=4, kernel=3, pad=1) @ "a"
}""",
}  # fmt: skip


def compiled(name):
    pathlib.Path(f"{name}.net").write_text(NETS[name])
    subprocess.run(["fovea", "weights", f"{name}.net", "-o", f"{name}.safetensors"], check=True, stderr=subprocess.DEVNULL)
    return fovea.compile(f"{name}.net", f"{name}.safetensors", "out")


def best(function, repeats=3000):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times) * 1e6


def fault(function):
    try:
        function()
    except (fovea.FoveaError, ValueError, TypeError) as error:
        print(str(error).splitlines()[0])


def copies(call):
    """Whether memory as large as the image is taken during a call that has its output."""
    tracemalloc.start()
    call()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return "a copy" if most >= image.nbytes else "no copy"


class Foreign:
    """An array of another library, which shares its memory."""

    def __init__(self, array):
        self.array = array

    def __dlpack__(self, **arguments):
        return self.array.__dlpack__(**arguments)

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()


two = compiled("two")
small = np.ones((1, 8), np.float32)
given = {name: np.empty((1, 8), np.float32) for name in "ab"}
buffers = [(abi.Buffer * 1)(abi.Buffer(small.ctypes.data, small.nbytes)),
           (abi.Buffer * 2)(*(abi.Buffer(array.ctypes.data, array.nbytes) for array in given.values()))]  # fmt: skip
cost = best(lambda: two(small)) - best(lambda: two.functions.run(two.context, *buffers))
print("beyond the library's own time:", "less than 50 us" if cost < 50 else f"{cost:.0f} us")

big = compiled("big")
image = np.random.default_rng(0).standard_normal((1, 64, 128, 128)).astype(np.float32)
expected, kept = big(image), np.empty_like(image)
read_only = image.copy()
read_only.flags.writeable = False
doubled = np.zeros((1, 64, 256, 128), np.float32)
doubled[:, :, ::2] = image
shifted = np.frombuffer(b"0" + image.tobytes(), np.uint8)[1:].view(np.float32).reshape(image.shape)
assert not shifted.flags.aligned
kinds = {"image": image, "DLPack": Foreign(image), "read-only": read_only, "another order": np.asfortranarray(image),
         "double": image.astype(np.float64), "every second row": doubled[:, :, ::2], "between addresses": shifted}  # fmt: skip
wrong = []
for name, array in kinds.items():
    kept[:] = 0
    print(f"{name}: {copies(lambda: big(array, out=kept))}")
    if not np.array_equal(kept, expected):
        wrong.append(name)
print(wrong or "all are equal")


def others_run(repeats):
    """Whether another thread comes to its turn during most of a call; on a busy machine it may take several calls."""
    moments, done = [], threading.Event()

    def watch():
        while not done.is_set():
            moments.append(time.perf_counter())
            time.sleep(0.0002)

    watcher = threading.Thread(target=watch)
    watcher.start()
    found = False
    for _ in range(repeats):
        start = time.perf_counter()
        big(image, out=kept)
        end = time.perf_counter()
        inside = [moment for moment in moments if start < moment < end]
        found = found or bool(inside) and inside[-1] - inside[0] > (end - start) / 2
    done.set()
    watcher.join()
    return "yes" if found else "no"


print("others run meanwhile:", others_run(100))
held = ctypes.PyDLL("out/libbig.so").big_run
held.restype, held.argtypes = abi.FUNCTIONS["run"]
big.functions.run, released = held, big.functions.run
print("others run meanwhile, with the lock of Python held:", others_run(20))
big.functions.run = released

kept[:] = 0
target = Foreign(kept)
print("to DLPack:", "what was given, equal" if big(image, out=target) is target and np.array_equal(kept, expected) else "not")
same = two(small, out=given) is given and all(np.array_equal(given[name], array) for name, array in two(small).items())
print("two outputs:", "what was given, equal" if same else "not")
fault(lambda: two(small, out=given["a"]))
fault(lambda: big(image, out=read_only))
fault(lambda: big(image.astype(np.complex64)))
fault(lambda: big(kept, out=kept))
fault(lambda: fovea.compile("big.net", "big.safetensors", "out", fovea="no-such-program"))

wide = compiled("wide")
lines = {width: np.random.default_rng(width).standard_normal((1, 4, 8, width)).astype(np.float32) for width in (32, 64, 96)}
first = {width: wide(line) for width, line in lines.items()}
equal = all(np.array_equal(wide(lines[width]), first[width]) for width in (32, 64, 32, 96))
alone = {width: fovea.compile("wide.net", "wide.safetensors", f"out{width}", p=[f"width={width}"]) for width in lines}
near = all(np.allclose(first[width], alone[width](line), atol=1e-5) for width, line in lines.items())
print("widths 32, 64, 32, 96:", "equal" if equal and near else "not equal")
fault(lambda: wide(np.zeros((1, 4, 8, 33), np.float32)))
