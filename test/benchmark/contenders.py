"""The programs that are compared. Each loads one network and runs it on one image, with a fixed number of threads.

As a program, `contenders.py NAME MODEL IMAGE THREADS` loads and runs once, so that the start can be timed from outside,
and prints its peak memory in KiB. It imports nothing but numpy and what the contender needs.
"""

import ctypes
import pathlib
import sys

import numpy as np


class Python:
    """Loads nothing: what Python and numpy alone cost."""

    def __init__(self, model, image, threads):
        self.image = image

    def run(self):
        return self.image


class Fovea:
    """A generated library through its C interface; `model` is the path of libNAME.so."""

    class Options(ctypes.Structure):
        _fields_ = [(name, ctypes.c_uint32) for name in ("size", "version", "threads", "reserved")] + [
            ("arena", ctypes.c_void_p),
            ("arena_bytes", ctypes.c_uint64),
            ("parallel_for", ctypes.c_void_p),
            ("executor", ctypes.c_void_p),
        ]

    class Buffer(ctypes.Structure):
        _fields_ = [("data", ctypes.c_void_p), ("bytes", ctypes.c_uint64)]

    def __init__(self, model, image, threads):
        self.library = ctypes.CDLL(model)
        name = pathlib.Path(model).stem.removeprefix("lib")
        self.last_error = getattr(self.library, f"{name}_last_error")
        self.last_error.restype = ctypes.c_char_p
        options = self.Options(size=ctypes.sizeof(self.Options), version=1, threads=threads)
        self.context = ctypes.c_void_p()
        self.check(getattr(self.library, f"{name}_create")(ctypes.byref(options), ctypes.byref(self.context)))
        self.image = np.ascontiguousarray(image)
        self.logits = np.empty((1, 1000), np.float32)
        self.input = self.Buffer(self.image.ctypes.data, self.image.nbytes)
        self.output = self.Buffer(self.logits.ctypes.data, self.logits.nbytes)
        self.arguments = (self.context, ctypes.byref(self.input), ctypes.byref(self.output))
        self.function = getattr(self.library, f"{name}_run")

    def check(self, code):
        if code:
            sys.exit(f"fovea: {self.last_error().decode()}")

    def run(self):
        self.check(self.function(*self.arguments))
        return self.logits


class OnnxRuntime:
    def __init__(self, model, image, threads):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self.inputs = {"image": image}

    def run(self):
        return self.session.run(None, self.inputs)[0]


class OpenVino:
    """f32 throughout, as the others compute."""

    settings = {"INFERENCE_PRECISION_HINT": "f32"}

    def __init__(self, model, image, threads):
        import openvino

        core = openvino.Core()
        settings = {"PERFORMANCE_HINT": "LATENCY", "NUM_STREAMS": 1, "INFERENCE_NUM_THREADS": threads, **self.settings}
        self.request = core.compile_model(model, "CPU", settings).create_infer_request()
        self.image = openvino.Tensor(np.ascontiguousarray(image), shared_memory=True)
        self.request.set_input_tensor(self.image)

    def run(self):
        self.request.infer()
        return self.request.get_output_tensor().data


class OpenVinoDefault(OpenVino):
    """As installed: bf16 where the CPU has it."""

    settings = {}


CONTENDERS = {
    "python": Python,
    "fovea": Fovea,
    "onnxruntime": OnnxRuntime,
    "openvino": OpenVino,
    "openvino default": OpenVinoDefault,
}

if __name__ == "__main__":
    name, model_path, image_path, thread_count = sys.argv[1:]
    CONTENDERS[name](model_path, np.load(image_path), int(thread_count)).run()
    # Not ru_maxrss: a child starts with its parent's.
    status = pathlib.Path("/proc/self/status").read_text()
    print(status.split("VmHWM:")[1].split()[0])
