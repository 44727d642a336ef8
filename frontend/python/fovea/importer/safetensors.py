"""Safetensors files."""

import json
import os
import pathlib

import numpy as np

NAMES = {"float32": "F32", "float16": "F16", "float64": "F64", "int64": "I64", "int32": "I32", "int16": "I16",
         "int8": "I8", "uint8": "U8", "bool": "BOOL"}  # fmt: skip


def write_safetensors(path, tensors):
    """Writes {key: array or (type, shape, bytes)}, all or nothing; the same tensors give the same bytes."""
    header, blocks, at = {}, [], 0
    for key in sorted(tensors):
        value = tensors[key]
        if isinstance(value, np.ndarray):
            value = NAMES[value.dtype.name], value.shape, np.ascontiguousarray(value).tobytes()
        kind, shape, data = value
        header[key] = {"dtype": kind, "shape": list(shape), "data_offsets": [at, at + len(data)]}
        at += len(data)
        blocks.append(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    write_whole(path, [len(text).to_bytes(8, "little"), text, *blocks])


def write_whole(path, blocks):
    """Writes a file under another name and renames it: a file of this name is complete."""
    path = pathlib.Path(path)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(part, "wb") as stream:
            for block in blocks:
                stream.write(block)
        os.replace(part, path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        part.unlink(missing_ok=True)
