"""Pictures for examples/name_photo, good and damaged; in the current folder, where the program is.

    name_photo.py names            writes names.json, a name for each of 1000 classes
    name_photo.py check            names pictures of every kind, and compares with the library run on what Pillow decodes
    name_photo.py damage COUNT     as many damaged files: each is named or has an error of its own
"""
import io
import json
import pathlib
import random
import re
import subprocess
import sys

import numpy as np
from PIL import Image


def picture(mode, height=21, width=34):
    """Colours that change slowly, with an edge."""
    y, x = np.mgrid[:height, :width]
    pixels = np.stack([255 * y / height, 255 * x / width, 128 + 100 * np.sin(x / 5)], 2)
    pixels[height // 3 : height // 2, : width // 2] = [250, 30, 90]
    return Image.fromarray(pixels.astype(np.uint8)).convert(mode)


def kinds():
    """Names of files and their bytes."""
    for mode in ("RGB", "RGBA", "L", "LA", "P", "1"):
        yield f"{mode}.png", save(picture(mode), format="PNG")
    for mode in ("RGB", "L"):
        yield f"{mode}.jpg", save(picture(mode), format="JPEG", quality=90)
    yield "progressive.jpg", save(picture("RGB"), format="JPEG", progressive=True)
    yield "subsampled.jpg", save(picture("RGB", 64, 63), format="JPEG", subsampling=2)
    yield "pixel.png", save(picture("RGB", 1, 1), format="PNG")


def save(image, **options):
    file = io.BytesIO()
    image.save(file, **options)
    return file.getvalue()


def run(files):
    return subprocess.run(["./name_photo", *files], capture_output=True, text=True)


def check():
    import fovea

    model = fovea.Model("libefficientnet_lite.so")
    for file, data in kinds():
        pathlib.Path(file).write_bytes(data)
        logits = model(np.array(Image.open(file).convert("RGB")))[0].astype(np.float64)
        shares = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
        best = np.argsort(-logits, kind="stable")[:5]
        result = run([file])
        expected = [file, *(f"  {100 * shares[i]:5.1f} %  class {i}" for i in best)]
        if result.returncode or result.stdout.splitlines() != expected or result.stderr:
            print(file, "expected", expected, "found", result)
    wrong = {"words.jpg": b"no picture", "empty.png": b"", "cmyk.jpg": save(picture("CMYK"), format="JPEG"),
             "large.png": save(picture("RGB", 65, 2), format="PNG"), "wide.jpg": save(picture("L", 2, 65), format="JPEG"),
             "half.jpg": save(picture("RGB"), format="JPEG")[:-200], "half.png": save(picture("RGB"), format="PNG")[:-40]}  # fmt: skip
    for file, data in wrong.items():
        pathlib.Path(file).write_bytes(data)
    result = run([*wrong, "nothing.png", "RGB.png"])
    print(result.returncode, result.stderr + result.stdout.splitlines()[0])


def damaged(data, rng):
    data = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8, 40))):
        place = rng.randrange(len(data))
        kind = rng.randrange(4)
        if kind == 0:
            data[place] = rng.randrange(256)
        elif kind == 1:
            data[place] ^= 1 << rng.randrange(8)
        elif kind == 2:
            del data[place : place + rng.randrange(1, 20)]
        else:
            data[place:place] = bytes(rng.choice((0, 255, rng.randrange(256))) for _ in range(rng.randrange(1, 20)))
        if not data:
            break
    return bytes(data[: rng.randrange(len(data))] if data and rng.random() < 0.2 else data)


def damage(count):
    rng = random.Random(0)
    good = list(kinds())
    files = []
    folder = pathlib.Path("damaged")
    folder.mkdir(exist_ok=True)
    for number in range(count):
        name, data = rng.choice(good)
        files.append(f"damaged/{number}-{name}")
        pathlib.Path(files[-1]).write_bytes(damaged(data, rng))
    result = run(files)
    refused = set(re.findall(r"^(damaged/[^:]*): .+$", result.stderr, re.MULTILINE))
    named = set(re.findall(r"^(damaged/.*)$", result.stdout, re.MULTILINE))
    lines = result.stderr.splitlines()
    if result.returncode != 1 or len(lines) != len(refused) or refused | named != set(files) or refused & named:
        print("exit status", result.returncode, *lines[-20:], sep="\n")
    print(f"{count} files; some named: {bool(named)}, some refused: {bool(refused)}")


if sys.argv[1] == "names":
    pathlib.Path("names.json").write_text(json.dumps({str(i): f"class {i}, thing" for i in range(1000)}))
elif sys.argv[1] == "check":
    check()
else:
    damage(int(sys.argv[2]))
