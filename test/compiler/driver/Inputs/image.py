"""Libraries of image.net on pictures of many sizes, beside an independent computation of what Pillow and torchvision do.

    image.py LIBRARY HEIGHT WIDTH RESIZE FILTER
    image.py LIBRARY                               of several sizes: prints which it chooses
"""
import ctypes
import sys

import numpy as np

import fovea


def kernel(filter, x):
    x = np.abs(x)
    if filter == "bilinear":
        return np.maximum(1 - x, 0)
    near, far = ((1.5 * x - 2.5) * x) * x + 1, (((x - 5) * x + 8) * x - 4) * -0.5
    return np.where(x < 1, near, np.where(x < 2, far, 0))


def matrix(filter, size, result):
    """Row i: the weights of the pixels that place i of the result is made from, with 22 fractional bits."""
    scale = size / result
    wider = max(scale, 1)
    reach = wider * (1 if filter == "bilinear" else 2)
    middle = (np.arange(result)[:, None] + 0.5) * scale
    places = np.arange(size)[None]
    inside = (places >= np.trunc(middle - reach + 0.5)) & (places < np.trunc(middle + reach + 0.5))
    weights = np.where(inside, kernel(filter, (places - middle + 0.5) / wider), 0)
    weights = weights / weights.sum(1, keepdims=True) * (1 << 22)
    return np.trunc(weights + np.copysign(0.5, weights)).astype(np.int64)


def resized(pixels, axis, result, filter):
    if pixels.shape[axis] == result:
        return pixels
    sums = np.tensordot(matrix(filter, pixels.shape[axis], result), pixels.astype(np.int64), (1, axis))
    return np.clip((np.moveaxis(sums, 0, axis) + (1 << 21)) >> 22, 0, 255).astype(np.uint8)


def expected(pixels, height, width, resize, filter):
    rows, columns = pixels.shape[:2]
    to = [height, width]
    if resize:
        to = [resize * rows // min(rows, columns), resize * columns // min(rows, columns)]
    order = [0, 1] if rows > to[0] and rows - to[0] > 2 * (columns - to[1]) else [1, 0]
    for axis in order:
        pixels = resized(pixels, axis, to[axis], filter)
    top, left = round((to[0] - height) / 2), round((to[1] - width) / 2)
    pixels = pixels[top : top + height, left : left + width] / 255
    if resize:
        pixels = (pixels[..., ::-1] - [0.5, 0.25, 0]) / 0.5
    return 2 * pixels.astype(np.float32)[None]


if len(sys.argv) == 2:
    model = fovea.Model(sys.argv[1])
    print(*(model(np.ones((side, 5, 3), np.uint8)).shape for side in (7, 9)))
    sys.exit()

path, height, width, resize, filter = sys.argv[1], *map(int, sys.argv[2:5]), sys.argv[5]
model = fovea.Model(path, threads=2)
random = np.random.default_rng(0)
sizes = [(1, 1), (1, 60), (40, 1), (2, 59), (39, 3), (height, width), (resize, resize), (resize, resize + 9),
         (resize + 5, resize), (40, 60), (40, 20), (40, 19), (37, 53), (40, 40), (11, 13)]  # fmt: skip
wrong = []
for rows, columns in (size for size in sizes if min(size)):
    noise = random.integers(0, 256, (rows, columns, 3), np.uint8)
    for pixels in (noise, (noise > 127).astype(np.uint8) * 255, np.full_like(noise, 200)):
        found = model(pixels)
        if not np.array_equal(found["twice"], expected(pixels, height, width, resize, filter)):
            wrong.append((rows, columns))
        if not np.array_equal(found["y"], model(np.asfortranarray(pixels))["y"]):
            wrong.append("another order in memory")
print(wrong or f"{filter} {height} x {width}: as expected")

if resize == 0:
    np.save("photo.npy", noise)
    np.save("twice.npy", expected(noise, height, width, resize, filter))
    np.save("wide.npy", np.zeros((4, 61, 3), np.uint8))
    np.save("grey.npy", np.zeros((4, 4), np.uint8))
    assert ctypes.sizeof(fovea.abi.Image) == model.description.inputs[0].bytes, "runtime/abi.h has changed"
    for bad in (np.zeros((41, 60, 3), np.uint8), np.zeros((4, 4, 3), np.float32), np.zeros((4, 4), np.uint8)):
        try:
            model(bad)
        except ValueError as error:
            print(error)
