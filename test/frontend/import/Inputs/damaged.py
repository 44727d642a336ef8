"""damaged.py FOLDER COUNT: damages checkpoints in random places, and their pickles, and reads them. Anything but tensors or
an error of one line is printed."""

import collections
import io
import pathlib
import random
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[4] / "frontend/python"))
sys.dont_write_bytecode = True

from checkpoints import Pickler, Tensor, save, save_legacy, save_pickle
from fovea.importer.checkpoint import read_checkpoint
from fovea.importer.errors import UserError

SPECIAL = [b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f", b"\0\0\0\x80"]


def damage(content, generator):
    content = bytearray(content)
    for _ in range(generator.choice([1, 1, 2, 3, 8, 30])):
        at = generator.randrange(len(content)) if content else 0
        other = generator.randbytes(generator.randrange(1, 9))
        start, end, put = generator.choice([(at, at + 1, other[:1]), (at, at, other), (at, at + len(other), b""),
                                            (at, at + 4, generator.choice(SPECIAL))])  # fmt: skip
        content[start:end] = put
    return bytes(content)


def main():
    folder, count, generator = pathlib.Path(sys.argv[1]), int(sys.argv[2]), random.Random(3)
    weight = np.arange(12, dtype=np.float32).reshape(3, 4)
    state = collections.OrderedDict([("fc.weight", Tensor(weight)), ("fc.turned", Tensor(weight, (4, 3), (1, 4)))])
    content = {"model": state, "epoch": 3, "history": [1, 2.5, "a", (1, 2), {3: 4}]}
    save(folder / "whole.pth", content)
    save_legacy(folder / "whole_old.pth", content)
    stream = io.BytesIO()
    Pickler(stream).dump(content)
    file, read, wrong = folder / "damaged.pth", 0, 0
    for number in range(count):
        if number % 3 == 0:
            save_pickle(file, damage(stream.getvalue(), generator), weight)
        else:
            file.write_bytes(damage((folder / ("whole.pth", "whole_old.pth")[number % 3 - 1]).read_bytes(), generator))
        try:
            read_checkpoint(file)
            read += 1
        except UserError as error:
            if len(error.messages) != 1 or not error.messages[0].endswith(" [checkpoint-file]"):
                wrong += 1
                print(number, error.messages)
        except BaseException as error:
            wrong += 1
            print(number, repr(error))
    print(f"{count} files, {read} of them read, {wrong} wrong")


main()
