"""Inputs and outputs of compiled libraries, and what a call hands over."""

import copy
import ctypes
import math

import numpy as np

from fovea import abi

TYPES = {"f32": np.float32, "f64": np.float64, "f16": np.float16, "i8": np.int8, "u8": np.uint8, "i32": np.int32,
         "i64": np.int64, "bf16": np.uint16}  # fmt: skip


class Tensor:
    """An input or output: its `name`, numpy's `dtype`, and `shape` with the names of its `axes`. An image (`is_image`)
    is of any height and width up to those of its shape."""

    def __init__(self, info):
        self.name = info.name.decode()
        self.is_image = info.type == b"image"
        self.dtype = np.dtype(np.uint8 if self.is_image else TYPES[info.type.decode()])
        self.shape = tuple(info.shape[: info.rank])
        self.axes = tuple(axis.decode() for axis in info.axes[: info.rank])

    def of_shape(self, shape):
        """The same tensor with other sizes."""
        tensor = copy.copy(self)
        tensor.shape = tuple(shape)
        return tensor

    @property
    def bytes(self):
        return math.prod(self.shape) * self.dtype.itemsize

    def __repr__(self):
        if self.is_image:
            return f"{self.name}: uint8[height, width, 3] of at most {self.shape[0]} x {self.shape[1]} pixels"
        sizes = ", ".join(f"{axis}={size}" for axis, size in zip(self.axes, self.shape))
        return f"{self.name}: {self.dtype}[{sizes}]"

    def takes(self, array):
        if self.is_image:
            sides = zip(array.shape[:2], self.shape)
            return array.dtype == np.uint8 and array.shape[2:] == (3,) and all(1 <= side <= most for side, most in sides)
        return array.shape == self.shape


class Call:
    """What calls with arrays of the same shapes and types have in common: made once, for each only the addresses are
    new. `key` are these shapes and types, `inputs` and `outputs` the tensors of the size that takes them."""

    def __init__(self, key, inputs, outputs):
        for tensor, (_, dtype) in zip(inputs, key):
            if not np.can_cast(dtype, tensor.dtype, "same_kind"):
                raise ValueError(f"expected {tensor!r}, found {dtype}")
        self.key, self.inputs, self.outputs = key, inputs, outputs
        # A size that takes images goes by the largest one.
        self.shapes = shape_table([tensor.shape for tensor in inputs])
        self.taken = (abi.Buffer * len(inputs))(*(abi.Buffer(bytes=tensor.bytes) for tensor in inputs))
        self.written = (abi.Buffer * len(outputs))(*(abi.Buffer(bytes=tensor.bytes) for tensor in outputs))
        places = list(self.taken)
        for index, (tensor, (shape, _)) in enumerate(zip(inputs, key)):
            if tensor.is_image:
                image = places[index] = abi.Image(height=shape[0], width=shape[1])
                self.taken[index] = abi.Buffer(ctypes.addressof(image), ctypes.sizeof(image))
        # An image, too, begins with the address.
        self.addresses = [ctypes.c_void_p.from_buffer(place) for place in (*places, *self.written)]

    def use(self, arrays):
        """Inputs and then outputs, dense; they have to live until the library has returned."""
        for address, array in zip(self.addresses, arrays):
            address.value = array.ctypes.data

    def results(self, out):
        """What to write to, as arrays: new ones, or those that were given."""
        if out is None:
            return [np.empty(tensor.shape, tensor.dtype) for tensor in self.outputs]
        given = [out[tensor.name] for tensor in self.outputs] if isinstance(out, dict) else [out]
        if len(given) != len(self.outputs):
            raise ValueError(f"out: expected a dictionary of arrays for {', '.join(map(repr, self.outputs))}")
        arrays = [np_array(array) for array in given]
        for array, tensor in zip(arrays, self.outputs):
            if array.shape != tensor.shape or array.dtype != tensor.dtype or not array.flags.carray:
                raise ValueError(f"out: expected a dense, writable array for {tensor!r}")
        return arrays


def np_array(value):
    """`value` as an array; by DLPack, without a copy, if it is none."""
    if isinstance(value, np.ndarray) or not hasattr(value, "__dlpack__"):
        return np.asarray(value)
    return np.from_dlpack(value)


def dense(array, dtype):
    """`array` itself, or a copy of it as a library takes it."""
    array = np.asarray(array, dtype, order="C")
    return array if array.flags.aligned else array.copy()


def shape_table(shapes):
    """An array of shapes, as the functions of a library take them."""
    return (ctypes.POINTER(ctypes.c_int64) * len(shapes))(*((ctypes.c_int64 * len(shape))(*shape) for shape in shapes))
