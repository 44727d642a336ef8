"""From PyTorch: a module becomes a network by way of ONNX."""

import inspect
import pathlib
import subprocess
import tempfile
import warnings
from importlib.util import find_spec

from fovea.command import find_program


def from_torch(module, example_input, output, sizes=None, **options):
    """Writes `output`.net and `output`.safetensors of a `torch.nn.Module` in evaluation mode. `example_input` is a
    tensor or a tuple of these; `options` go to torch.onnx.export, of which `dynamic_shapes` leaves sizes open, that
    become parameters with the defaults `sizes`. Returns what the user should know, as a list of sentences."""
    import torch

    from fovea.importer.model import import_onnx

    examples = example_input if isinstance(example_input, tuple) else (example_input,)
    output = pathlib.Path(output)
    names = list(inspect.signature(module.forward).parameters)[: len(examples)]
    given = {"dynamo": bool(find_spec("onnxscript")), "input_names": names, **options}
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, f"{output.name}.onnx")
        training = module.training
        module.eval()
        try:
            with torch.no_grad(), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                torch.onnx.export(module, examples, str(file), **given)
        finally:
            module.train(training)
        notes = import_onnx(file, output, sizes)
    if program := find_program():
        subprocess.run([program, "fmt", f"{output}.net"], check=True)
    return notes
