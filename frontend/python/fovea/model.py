"""Compiled libraries from Python: arrays in, arrays out."""

import ctypes
import pathlib
import re
import threading
import types

from fovea import abi
from fovea.call import Call, Tensor, dense, np_array, shape_table
from fovea.command import find_program


class FoveaError(RuntimeError):
    """What a library says of a call that it refuses, or the compiler of a network."""


class Model:
    """A network that `fovea compile` has made a library of.

        model = fovea.Model("out/libcas_vit.so", threads=2)
        logits = model(image)                  # or model(image=image)

    Inputs are numpy arrays, or anything that DLPack passes on, a CPU tensor of PyTorch for instance; nothing is copied
    that is dense and of the right type. For an image it is u8[height, width, 3], or a picture of PIL's. Outputs are new
    arrays, or those given as `out`: one array, or several in a dictionary by name. While a call runs, Python's other
    threads do, too; calls of one model wait for each other. `weights` names the file with the weights of a library that
    does not contain them, by default the one beside it.
    """

    def __init__(self, path, threads=1, target=None, weights=None):
        path = pathlib.Path(path).resolve()
        self.library = ctypes.CDLL(str(path))
        self.name, self.description = self.describe(path)
        self.functions = types.SimpleNamespace()
        for name, (result, arguments) in abi.FUNCTIONS.items():
            function = getattr(self.library, f"{self.name}_{name}", None)
            if function is not None:
                function.restype, function.argtypes = result, arguments
            setattr(self.functions, name, function)  # a library has run or run_shaped
        if self.description.weights_identity and weights is None:
            weights = path.parent / f"{self.name}.weights"
        sizes = self.description.sizes[: self.description.size_count]
        self.sizes = [
            ([Tensor(info) for info in size.inputs[: self.description.input_count]],
             [Tensor(info) for info in size.outputs[: self.description.output_count]]) for size in sizes
        ]  # fmt: skip
        options = abi.Options(size=ctypes.sizeof(abi.Options), version=abi.OPTIONS_VERSION, threads=threads)
        options.target = target.encode() if target else None
        options.weights = str(weights).encode() if weights else None
        self.context, self.lock, self.call = ctypes.c_void_p(), threading.Lock(), None
        self.check(self.functions.create(options, self.context))

    def describe(self, path):
        """The network's name and description. The name is the library's, or it is found among its symbols."""
        for name in self.possible_names(path):
            describe = getattr(self.library, f"{name}_describe", None)
            if describe is None:
                continue
            describe.restype = ctypes.POINTER(abi.Description)
            description = describe().contents
            if description.version != abi.VERSION or description.size < ctypes.sizeof(abi.Description):
                raise FoveaError(f"{path}: made by another version of Fovea: compile the network again")
            return name, description
        raise FoveaError(f"{path}: not a library that 'fovea compile' has made")

    @staticmethod
    def possible_names(path):
        """Reads the file, weights and all, only if it has another name than it was made with."""
        yield path.stem.removeprefix("lib")
        for name in re.findall(rb"([A-Za-z0-9_]+)_describe\0", path.read_bytes()):
            yield name.decode()

    @property
    def inputs(self):
        """Of the largest size, if the library has several."""
        return self.sizes[-1][0]

    @property
    def outputs(self):
        return self.sizes[-1][1]

    def __call__(self, *arrays, out=None, **named):
        """The outputs: an array, or if there are several a dictionary by name. With `out`, that."""
        given = [np_array(array) for array in self.in_order(arrays, named)]
        key = [(array.shape, array.dtype) for array in given]
        with self.lock:
            if self.call is None or self.call.key != key:
                self.call = Call(key, *self.size_of(given))
            call = self.call
            results = call.results(out)
            inputs = [dense(array, tensor.dtype) for array, tensor in zip(given, call.inputs)]
            call.use(inputs + results)
            if self.functions.run is not None:
                code = self.functions.run(self.context, call.taken, call.written)
            else:
                code = self.functions.run_shaped(self.context, call.shapes, call.taken, call.written)
            self.check(code)
        if out is not None:
            return out
        if len(results) == 1:
            return results[0]
        return {tensor.name: result for tensor, result in zip(call.outputs, results)}

    def in_order(self, arrays, named):
        if not named and len(arrays) == len(self.inputs):
            return arrays
        names = [tensor.name for tensor in self.inputs]
        taken = dict(zip(names, arrays))
        wrong = [name for name in named if name not in names or name in taken]
        if wrong or len(arrays) > len(names) or len(taken) + len(named) < len(names):
            raise TypeError(f"{self.name} takes {', '.join(map(repr, self.inputs))}")
        return [{**taken, **named}[name] for name in names]

    def size_of(self, arrays):
        """Inputs and outputs of the size that takes these arrays."""
        if self.description.bound_count:
            return self.within_bounds([array.shape for array in arrays])
        for inputs, outputs in self.sizes:
            if all(tensor.takes(array) for tensor, array in zip(inputs, arrays)):
                return inputs, outputs
        known = " or ".join(", ".join(map(repr, inputs)) for inputs, _ in self.sizes)
        found = ", ".join(
            f"{array.dtype} {array.shape}" if tensor.is_image else str(array.shape)
            for tensor, array in zip(self.inputs, arrays)
        )
        raise ValueError(f"{self.name} takes {known}, found {found}")

    def within_bounds(self, shapes):
        """The same for a library whose sizes have bounds."""
        ranks = [len(tensor.shape) for tensor in self.inputs]
        if [len(shape) for shape in shapes] != ranks:
            raise ValueError(f"{self.name} takes tensors of {ranks} axes, found {', '.join(map(str, shapes))}")
        given = shape_table(shapes)
        made = shape_table([tensor.shape for tensor in self.outputs])
        self.check(self.functions.output_shapes(given, made))
        results = [shape[: len(tensor.shape)] for shape, tensor in zip(made, self.outputs)]
        return [[tensor.of_shape(shape) for tensor, shape in zip(tensors, list_of_shapes)]
                for tensors, list_of_shapes in ((self.inputs, shapes), (self.outputs, results))]  # fmt: skip

    def check(self, code):
        if code:
            raise FoveaError(self.functions.last_error().decode())

    def __del__(self):
        if getattr(self, "context", None):
            self.functions.destroy(self.context)


def compile(net, weights, output, fovea=None, threads=1, **options):
    """Compiles the network in the file `net` into the folder `output`, and loads it. `options` are those of
    `fovea compile`, without their hyphens, a list for one that is given several times: `p=["variant=xs"],
    precision="bf16"`. The compiler is the program `fovea`, by default the package's own, or else the one on the PATH.
    Raises FoveaError with what it says."""
    import subprocess  # which who only runs a library need not wait for

    program = fovea or find_program() or "fovea"
    command = [program, "compile", str(net), "--weights", str(weights), "-o", str(output)]
    for name, value in options.items():
        flag = f"-{name}" if len(name) == 1 else f"--{name.replace('_', '-')}"
        for each in value if isinstance(value, list) else [value]:
            command += [flag] if each is True else [flag, str(each)]
    try:
        result = subprocess.run(command, capture_output=True, text=True)
    except OSError as error:
        raise FoveaError(f"cannot run {program}: {error.strerror}") from None
    if result.returncode:
        raise FoveaError(result.stderr.strip())
    made = re.search(r"fovea: (.*?\.so) \(", result.stderr)
    return Model(made[1], threads=threads)
