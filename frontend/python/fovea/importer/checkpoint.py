"""PyTorch's checkpoints, read without PyTorch and without running anything that they name: an unpickler that knows
tensors, dictionaries and numbers, to which all else is an object without properties."""

import collections
import os
import pathlib
import pickle
import zipfile

import numpy as np

from fovea.importer.errors import UserError, quoted

# Type of the elements in safetensors, and their size in bytes.
STORAGES = {
    "DoubleStorage": ("F64", 8), "FloatStorage": ("F32", 4), "HalfStorage": ("F16", 2), "BFloat16Storage": ("BF16", 2),
    "LongStorage": ("I64", 8), "IntStorage": ("I32", 4), "ShortStorage": ("I16", 2), "CharStorage": ("I8", 1),
    "ByteStorage": ("U8", 1), "BoolStorage": ("BOOL", 1), "UntypedStorage": (None, 1),
}  # fmt: skip
DTYPES = {
    "float64": "DoubleStorage", "float32": "FloatStorage", "float16": "HalfStorage", "bfloat16": "BFloat16Storage",
    "int64": "LongStorage", "int32": "IntStorage", "int16": "ShortStorage", "int8": "CharStorage",
    "uint8": "ByteStorage", "bool": "BoolStorage",
}  # fmt: skip
# Where training scripts put the weights, the averaged ones first.
WRAPPERS = ("state_dict_ema", "model_ema", "params_ema", "ema", "model", "state_dict", "model_state_dict", "params",
            "net", "module", "weights")  # fmt: skip
LARGEST_PICKLE = 1 << 28
MAGIC = 0x1950A86A20F9469CFC6C  # of files that PyTorch wrote before 1.6


class Damaged(Exception):
    """What is wrong with a file."""


class Kind(str):
    """The name of a storage's or of elements' type."""


class Inert:
    """What stands for all that a checkpoint names and that is no tensor: can be made and filled, and does nothing."""

    def __init__(self, *_, **__):
        pass

    def __call__(self, *_, **__):
        return Inert()

    def __setstate__(self, _):
        pass

    def __setitem__(self, *_):
        pass

    def append(self, _):
        pass

    def extend(self, _):
        pass


class Storage:
    def __init__(self, kind, elements):
        self.kind, self.elements, self.data = kind, elements, None


class Tensor:
    """A view on a storage, whose bytes may come later."""

    def __init__(self, storage, offset, size, stride, kind=None):
        if not isinstance(storage, Storage) or not all(
            isinstance(each, int) and each >= 0 for each in (offset, *size, *stride)
        ):
            raise Damaged("a tensor without a storage, or of negative sizes")
        self.storage, self.offset, self.size, self.stride = storage, offset, tuple(size), tuple(stride)
        self.kind = kind or storage.kind

    def __setstate__(self, _):
        pass

    def content(self):
        """(type, shape, bytes) as safetensors has them."""
        name, width = STORAGES[self.kind]
        if name is None or self.storage.data is None or len(self.size) != len(self.stride):
            raise Damaged("a tensor without data")
        elements = len(self.storage.data) // width
        count = int(np.prod(self.size, dtype=object))
        last = self.offset + sum((size - 1) * stride for size, stride in zip(self.size, self.stride))
        if count and (last >= elements or count > elements):
            raise Damaged(f"a tensor of {list(self.size)} beyond its storage of {elements} elements")
        flat = np.frombuffer(self.storage.data, dtype=f"V{width}", count=elements)
        strides = [width * stride for stride in self.stride]
        view = (
            np.ndarray(self.size, flat.dtype, flat, self.offset * width, strides)
            if count
            else np.empty(self.size, flat.dtype)
        )
        return name, self.size, view.tobytes()


def rebuild(storage, offset, size, stride, *_):
    return Tensor(storage, offset, size, stride)


def rebuild_typed(storage, offset, size, stride, _, __, kind, *___):
    return Tensor(storage, offset, size, stride, kind if isinstance(kind, Kind) else None)


KNOWN = {
    ("collections", "OrderedDict"): collections.OrderedDict,
    ("torch._utils", "_rebuild_tensor"): rebuild,
    ("torch._utils", "_rebuild_tensor_v2"): rebuild,
    ("torch._utils", "_rebuild_tensor_v3"): rebuild_typed,
    ("torch._utils", "_rebuild_parameter"): lambda data, *_: data,
    ("torch", "Size"): tuple,
}


class Unpickler(pickle.Unpickler):
    def __init__(self, stream, storages):
        super().__init__(stream, encoding="latin1")
        self.storages = storages

    def find_class(self, module, name):
        if (module, name) in KNOWN:
            return KNOWN[module, name]
        if module in ("torch", "torch.storage") and name in STORAGES:
            return Kind(name)
        if module == "torch" and name in DTYPES:
            return Kind(DTYPES[name])
        return Inert

    def persistent_load(self, identifier):
        kind, key, elements = identifier[1], identifier[2], identifier[4]
        if not isinstance(kind, Kind) or not isinstance(key, str) or not isinstance(elements, int):
            raise Damaged("a storage of an unknown kind")
        if key not in self.storages:
            self.storages[key] = Storage(kind, elements)
        return self.storages[key]


def read_checkpoint(path, take=None):
    """({key: (type, shape, bytes)}, notes) of the tensors in a file of torch.save: those of the dictionary `take`, or
    of the first of WRAPPERS."""
    path = pathlib.Path(path)
    try:
        with open(path, "rb") as stream:
            content = from_zip(path) if stream.read(2) == b"PK" else from_stream(stream)
        tensors, notes = chosen(content, take)
        return {key: tensor.content() for key, tensor in tensors.items()}, notes
    except OSError as error:
        raise UserError("file-access", f"{path}: {error.strerror or error}") from error
    except Damaged as error:
        raise UserError("checkpoint-file", f"{path}: {error}") from error
    except Exception as error:  # whatever a damaged pickle makes of an unpickler
        raise UserError("checkpoint-file", f"{path}: not a checkpoint of PyTorch: {type(error).__name__}") from error


def from_zip(path):
    with zipfile.ZipFile(path) as archive:
        entry = next((each for each in archive.infolist() if each.filename.split("/")[-1] == "data.pkl"), None)
        if entry is None or entry.file_size > LARGEST_PICKLE:
            raise Damaged("not a checkpoint of PyTorch: there is no data.pkl, or too large a one")
        folder, storages = entry.filename[: -len("data.pkl")], {}
        with archive.open(entry) as stream:
            content = Unpickler(stream, storages).load()
        if folder + "byteorder" in archive.namelist() and archive.read(folder + "byteorder") != b"little":
            raise Damaged("its bytes are in big-endian order")
        for key, storage in storages.items():
            data = archive.getinfo(f"{folder}data/{key}")
            if data.compress_type != zipfile.ZIP_STORED:
                raise Damaged(f"storage '{key}' is compressed; PyTorch does not do that")
            storage.data = archive.read(data)
    return content


def from_stream(stream):
    stream.seek(0)
    if Unpickler(stream, {}).load() != MAGIC:
        raise Damaged("not a checkpoint of PyTorch: another pickle")
    Unpickler(stream, {}).load()  # the version
    Unpickler(stream, {}).load()  # sizes of C types
    storages = {}
    content = Unpickler(stream, storages).load()
    for key in Unpickler(stream, {}).load():
        elements = int.from_bytes(stream.read(8), "little")
        if key not in storages:
            raise Damaged(f"storage '{key}' is of no tensor")
        wanted = elements * STORAGES[storages[key].kind][1]
        if wanted > os.fstat(stream.fileno()).st_size - stream.tell():
            raise Damaged("the file ends within a tensor")
        storages[key].data = stream.read(wanted)
    return content


def chosen(content, take):
    """({key: Tensor}, notes): the dictionary that holds the weights."""
    notes, path = [], []
    while True:
        if not isinstance(content, dict):
            raise Damaged("expected a dictionary of tensors" + (f" in '{'.'.join(path)}'" if path else ""))
        inner = [key for key, value in content.items() if isinstance(key, str) and isinstance(value, dict)]
        if take is not None and not path:
            if take not in inner:
                raise Damaged(f"there is no dictionary '{take}'" + (f"; there are {quoted(inner)}" if inner else ""))
            key = take
        else:
            key = next((name for name in WRAPPERS if name in inner), None)
        if key is None:
            break
        path.append(key)
        if len(inner) > 1:
            notes.append(f"took '{'.'.join(path)}'; the checkpoint has {quoted(inner)}")
        content = content[key]
    tensors = {key: value for key, value in content.items() if isinstance(key, str) and isinstance(value, Tensor)}
    if not tensors:
        raise Damaged("it holds no tensors")
    if all(key.startswith("module.") for key in tensors):  # of torch.nn.DataParallel
        tensors = {key[len("module.") :]: value for key, value in tensors.items()}
    return tensors, notes
