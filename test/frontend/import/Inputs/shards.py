"""shards.py FOLDER: weights in two files with indices, of which some are wrong; with `check`: is the whole right?"""

import json
import pathlib
import sys

import numpy as np

from checkpoints import read

WEIGHTS = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.full((4,), 0.5, np.float32)}


def write(path, tensors):
    header, data = {}, b""
    for key, array in tensors.items():
        header[key] = {"dtype": "F32", "shape": array.shape, "data_offsets": [len(data), len(data) + array.nbytes]}
        data += array.tobytes()
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)


def main():
    folder = pathlib.Path(sys.argv[1])
    if sys.argv[2:]:
        found = read(folder / "whole.safetensors")
        for key, array in WEIGHTS.items():
            print(key, "ok" if np.array_equal(found[key], array) else "FAILED")
        return
    folder.mkdir(parents=True, exist_ok=True)
    for key in WEIGHTS:
        write(folder / f"{key}.safetensors", {key: WEIGHTS[key]})
    (folder / "damaged.safetensors").write_bytes(b"\xff" * 40)
    indices = {
        "model.safetensors.index": {"weight_map": {key: f"{key}.safetensors" for key in WEIGHTS}},
        "outside": {"weight_map": {"a": "../a.safetensors"}},
        "lacking": {"weight_map": {"c": "a.safetensors"}},
        "broken": ["a.safetensors"],
        "damaged": {"weight_map": {"a": "damaged.safetensors"}},
    }
    for name, content in indices.items():
        (folder / f"{name}.json").write_text(json.dumps(content))


main()
