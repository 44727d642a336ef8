"""Unpickling without running anything: tensors, dictionaries and numbers are what they are, all else that a pickle names
is an object without properties.

It is Python's own unpickler in Python. The one in C takes a number in the file for the size of a table, and fills that."""

import pickle

import numpy as np

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


def dictionary(items=()):
    return {key: value for key, value in items if isinstance(key, str)}


def rebuild(storage, offset, size, stride, *_):
    return Tensor(storage, offset, size, stride)


def rebuild_typed(storage, offset, size, stride, _, __, kind, *___):
    return Tensor(storage, offset, size, stride, kind if isinstance(kind, Kind) else None)


KNOWN = {
    ("collections", "OrderedDict"): dictionary,
    ("torch._utils", "_rebuild_tensor"): rebuild,
    ("torch._utils", "_rebuild_tensor_v2"): rebuild,
    ("torch._utils", "_rebuild_tensor_v3"): rebuild_typed,
    ("torch._utils", "_rebuild_parameter"): lambda data, *_: data,
    ("torch", "Size"): lambda sizes=(): tuple(sizes),
}


class Unpickler(pickle._Unpickler):
    """Storages, by their keys in the file, are collected in `storages`."""

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

    def fill(self, target, keys, values):
        """Keys of weights are texts. To hash others can end in a crash: tuples in tuples in tuples."""
        if isinstance(target, dict):
            target.update(dictionary(zip(keys, values)))

    def load_setitem(self):
        value, key = self.stack.pop(), self.stack.pop()
        self.fill(self.stack[-1], [key], [value])

    def load_setitems(self):
        items = self.pop_mark()
        self.fill(self.stack[-1], items[::2], items[1::2])

    def load_dict(self):
        items, content = self.pop_mark(), {}
        self.fill(content, items[::2], items[1::2])
        self.append(content)

    def load_additems(self):
        self.pop_mark()

    def load_frozenset(self):
        self.pop_mark()
        self.append(frozenset())

    def load_build(self):
        self.stack.pop()  # the state of an object that has none

    dispatch = {
        **pickle._Unpickler.dispatch, pickle.SETITEM[0]: load_setitem, pickle.SETITEMS[0]: load_setitems,
        pickle.DICT[0]: load_dict, pickle.ADDITEMS[0]: load_additems, pickle.FROZENSET[0]: load_frozenset,
        pickle.BUILD[0]: load_build,
    }  # fmt: skip
    for code in (pickle.BYTEARRAY8, pickle.NEXT_BUFFER, pickle.READONLY_BUFFER):  # memory as large as they say
        del dispatch[code[0]]
