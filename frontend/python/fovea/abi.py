"""The plain data that crosses the border of a compiled library, as runtime/abi.h has it."""

import ctypes
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_double, c_int64, c_uint32, c_uint64, c_void_p


class Options(ctypes.Structure):
    _fields_ = [
        ("size", c_uint32), ("version", c_uint32), ("threads", c_uint32), ("reserved", c_uint32), ("arena", c_void_p),
        ("arena_bytes", c_uint64), ("parallel_for", c_void_p), ("executor", c_void_p), ("target", c_char_p),
        ("weights", c_char_p),
    ]  # fmt: skip


class Buffer(ctypes.Structure):
    _fields_ = [("data", c_void_p), ("bytes", c_uint64)]


class Image(ctypes.Structure):
    _fields_ = [("pixels", c_void_p), ("height", c_uint32), ("width", c_uint32), ("row_bytes", c_uint64)]


class TensorInfo(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("type", c_char_p), ("rank", c_uint32), ("shape", POINTER(c_int64)),
                ("axes", POINTER(c_char_p)), ("bytes", c_uint64)]  # fmt: skip


class StepInfo(ctypes.Structure):
    _fields_ = [("kernel", c_char_p), ("layer", c_char_p), ("flops", c_double), ("bytes", c_uint64)]


class TargetInfo(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("cpu_features", c_uint64)]


class SizeInfo(ctypes.Structure):
    _fields_ = [("size", c_int64), ("inputs", POINTER(TensorInfo)), ("outputs", POINTER(TensorInfo)),
                ("steps", POINTER(StepInfo)), ("step_count", c_uint64)]  # fmt: skip


class BoundInfo(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("least", c_int64), ("most", c_int64), ("step", c_int64), ("input", c_uint32),
                ("axis", c_uint32)]  # fmt: skip


class Description(ctypes.Structure):
    _fields_ = [
        ("version", c_uint32), ("size", c_uint32), ("input_count", c_uint32), ("output_count", c_uint32),
        ("step_count", c_uint32), ("target_count", c_uint32), ("name", c_char_p), ("target", c_char_p),
        ("compiler", c_char_p), ("inputs", POINTER(TensorInfo)), ("outputs", POINTER(TensorInfo)),
        ("steps", POINTER(StepInfo)), ("arena_bytes", c_uint64), ("scratch_bytes", c_uint64), ("stack_bytes", c_uint64),
        ("cpu_features", c_uint64), ("targets", POINTER(TargetInfo)), ("notices", c_char_p),
        ("sizes", POINTER(SizeInfo)), ("size_count", c_uint64), ("weight_bytes", c_uint64),
        ("weights_identity", c_uint64), ("bounds", POINTER(BoundInfo)), ("bound_count", c_uint64),
    ]  # fmt: skip


VERSION = OPTIONS_VERSION = 1
# The last parts of the functions' names: what they return, and their arguments.
FUNCTIONS = {
    "create": (ctypes.c_int, [POINTER(Options), POINTER(c_void_p)]),
    "run": (ctypes.c_int, [c_void_p, POINTER(Buffer), POINTER(Buffer)]),
    "run_shaped": (ctypes.c_int, [c_void_p, POINTER(POINTER(c_int64)), POINTER(Buffer), POINTER(Buffer)]),
    "output_shapes": (ctypes.c_int, [POINTER(POINTER(c_int64)), POINTER(POINTER(c_int64))]),
    "destroy": (None, [c_void_p]),
    "last_error": (c_char_p, []),
}
DESCRIBE = CFUNCTYPE(POINTER(Description))
