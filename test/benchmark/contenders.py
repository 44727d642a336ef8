"""The programs that are compared. Each loads one network and runs it on one image, with a fixed number of threads.

As a program, `contenders.py NAME MODEL IMAGE THREADS LOGITS` loads and runs once, writes the logits, and prints as JSON
the milliseconds from before the contender's import to its first result and the peak memory of the process in KiB. It
imports nothing but numpy, types of the C interface, and what the contender needs.
"""

import contextlib
import ctypes
import json
import os
import pathlib
import sys
import time

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "frontend/python"))

from fovea import abi


class Python:
    """Loads nothing: what Python and numpy alone cost."""

    def __init__(self, model, image, threads):
        self.image = image

    def run(self):
        return self.image


class Fovea:
    """A generated library through its C interface; `model` is the path of libNAME.so."""

    def __init__(self, model, image, threads):
        self.library = ctypes.CDLL(model)
        name = pathlib.Path(model).stem.removeprefix("lib")
        self.last_error = getattr(self.library, f"{name}_last_error")
        self.last_error.restype = ctypes.c_char_p
        options = abi.Options(size=ctypes.sizeof(abi.Options), version=abi.OPTIONS_VERSION, threads=threads)
        self.context = ctypes.c_void_p()
        self.check(getattr(self.library, f"{name}_create")(ctypes.byref(options), ctypes.byref(self.context)))
        self.image = np.ascontiguousarray(image)
        self.logits = np.empty((1, 1000), np.float32)
        self.input = abi.Buffer(self.image.ctypes.data, self.image.nbytes)
        self.output = abi.Buffer(self.logits.ctypes.data, self.logits.nbytes)
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


class Ncnn:
    """`model` is the .ncnn.param that pnnx makes, its .ncnn.bin beside it."""

    def __init__(self, model, image, threads):
        import ncnn

        self.net = ncnn.Net()
        self.net.opt.num_threads = threads
        for name in ("use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic", "use_bf16_packed", "use_bf16_storage"):
            if hasattr(self.net.opt, name):
                setattr(self.net.opt, name, False)
        if self.net.load_param(model) or self.net.load_model(str(pathlib.Path(model).with_suffix(".bin"))):
            sys.exit("ncnn: cannot load the network")
        self.image = ncnn.Mat(np.ascontiguousarray(image[0]))

    def run(self):
        with self.net.create_extractor() as extractor:
            extractor.input("in0", self.image)
            return np.array(extractor.extract("out0")[1]).reshape(1, -1)


class Mnn:
    def __init__(self, model, image, threads):
        import MNN

        self.interpreter = MNN.Interpreter(model)
        self.session = self.interpreter.createSession({"backend": "CPU", "numThread": threads, "precision": "high"})
        self.input = self.interpreter.getSessionInput(self.session)
        self.output = self.interpreter.getSessionOutput(self.session)
        self.logits = np.empty(self.output.getShape(), np.float32)
        layout = MNN.Tensor_DimensionType_Caffe
        self.image = MNN.Tensor(image.shape, MNN.Halide_Type_Float, np.ascontiguousarray(image), layout)
        self.host = MNN.Tensor(self.output.getShape(), MNN.Halide_Type_Float, self.logits, layout)

    def run(self):
        self.input.copyFrom(self.image)
        self.interpreter.runSession(self.session)
        self.output.copyToHostTensor(self.host)
        return np.array(self.host.getNumpyData(), np.float32).reshape(1, -1)


class TorchCompile:
    """`model` is a module saved by torch.save."""

    def __init__(self, model, image, threads):
        import torch

        torch.set_num_threads(threads)
        torch._inductor.config.freezing = True
        self.image = torch.from_numpy(image)
        self.compiled = torch.compile(torch.load(model, weights_only=False))

    def run(self):
        import torch

        with torch.no_grad():
            return self.compiled(self.image).numpy()


class Iree:
    """`model` is a .vmfb for the CPU of this machine."""

    def __init__(self, model, image, threads):
        import iree.runtime

        os.environ["IREE_TASK_TOPOLOGY_GROUP_COUNT"] = str(threads)
        config = iree.runtime.Config("local-sync" if threads == 1 else "local-task")
        context = iree.runtime.SystemContext(config=config)
        context.add_vm_module(iree.runtime.VmModule.mmap(context.instance, model))
        self.function = context.modules.module["main_graph"]
        self.image = iree.runtime.asdevicearray(config.device, image)

    def run(self):
        return self.function(self.image).to_host()


CONTENDERS = {
    "python": Python,
    "fovea": Fovea,
    "fovea bf16": Fovea,
    "onnxruntime": OnnxRuntime,
    "openvino": OpenVino,
    "openvino default": OpenVinoDefault,
    "ncnn": Ncnn,
    "mnn": Mnn,
    "torch.compile": TorchCompile,
    "iree": Iree,
}


@contextlib.contextmanager
def quiet():
    """Sends what libraries print to standard output nowhere."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    yield
    sys.stdout.flush()
    os.dup2(kept, 1)
    os.close(kept)
    os.close(nowhere)


if __name__ == "__main__":
    name, model_path, image_path, thread_count, logits_path = sys.argv[1:]
    image = np.load(image_path)
    start = time.perf_counter()
    with quiet():
        logits = CONTENDERS[name](model_path, image, int(thread_count)).run()
    end = time.perf_counter()
    # Not ru_maxrss: a child starts with its parent's.
    peak = pathlib.Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]
    np.save(logits_path, logits)
    print(json.dumps({"first_result_ms": (end - start) * 1e3, "peak_kib": int(peak)}))
