"""Weights in several safetensors files with an index become one."""

import json
import pathlib

from fovea.importer.errors import UserError

LARGEST_HEADER = 100 << 20


def read_shards(path):
    """{key: (type, shape, bytes)} of the files that an index (model.safetensors.index.json) names, beside it."""
    path = pathlib.Path(path)
    try:
        places = json.loads(path.read_text(encoding="utf-8"))["weight_map"]
        files = sorted(set(places.values()))
    except OSError as error:
        raise UserError("file-access", f"{path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UserError("weights-file", f"{path}: not an index of safetensors: expected a 'weight_map'") from error
    folder, tensors = path.resolve().parent, {}
    for name in files:
        file = (folder / str(name)).resolve()
        if folder not in file.parents:
            raise UserError("weights-file", f"{path}: '{name}' is not beneath the index's folder")
        found = read_safetensors(file)
        missing = [key for key, each in places.items() if each == name and key not in found]
        if missing:
            raise UserError("weights-file", f"{file}: lacks '{missing[0]}', which {path.name} says it has")
        tensors.update({key: value for key, value in found.items() if places.get(key) == name})
    return tensors


def read_safetensors(path):
    """{key: (type, shape, bytes)} of a file."""
    try:
        data = pathlib.Path(path).read_bytes()
    except OSError as error:
        raise UserError("file-access", f"{path}: {error.strerror}") from error
    try:
        length = int.from_bytes(data[:8], "little")
        if length > min(LARGEST_HEADER, len(data) - 8):
            raise ValueError("the header is longer than the file")
        header = json.loads(data[8 : 8 + length])
        tensors = {}
        for key, entry in header.items():
            if key == "__metadata__":
                continue
            begin, end = entry["data_offsets"]
            if not 0 <= begin <= end <= len(data) - 8 - length:
                raise ValueError(f"'{key}' lies outside of the file")
            tensors[key] = (
                entry["dtype"],
                [int(size) for size in entry["shape"]],
                data[8 + length + begin : 8 + length + end],
            )
        return tensors
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UserError("weights-file", f"{path}: not a safetensors file: {error}") from error
