"""The networks of the benchmark, and what each contender is given of them."""

import dataclasses
import pathlib
import subprocess
import sys
import warnings

import numpy as np
import timm.utils
import torch
from safetensors.numpy import save_file

import check_timm
import timm_networks
from made_up_weights import made_up, made_up_state
from networks import NETWORKS

CONVERSION_SECONDS = 300


@dataclasses.dataclass
class Model:
    """A network with made-up weights."""

    name: str
    module: torch.nn.Module  # as deployed: branches merged, norms folded where PyTorch can
    state: dict  # as the checkpoint has it
    net: pathlib.Path
    parameters: list  # of `fovea compile`
    image: np.ndarray
    logits: np.ndarray  # of the module as it was before the branches were merged


def names():
    """All networks that can be measured."""
    own = [f"{name}:{variant}" for name, network in NETWORKS.items() for variant in network.variants]
    return own + list(timm_networks.FAMILY_OF)


def load(name, seed=0):
    """The model of a name out of `names()`, with the weights that are made up from `seed`."""
    if ":" in name:
        network, variant = NETWORKS[name.split(":")[0]], name.split(":")[1]
        module = network.ours(variant).eval()
        state = made_up_state({key: tuple(value.shape) for key, value in module.state_dict().items()}, seed)
        module.load_state_dict({key: torch.from_numpy(value) for key, value in state.items()})
        net, parameters, size, deploy = network.net, ["-p", f"variant={variant}"], 224, network.transcription.fuse
    else:
        variant, size = timm_networks.parse(name)
        module, state = check_timm.build(variant, size, seed)
        net, parameters = timm_networks.net(variant), timm_networks.parameters(variant, size)
        deploy = timm.utils.reparameterize_model
    image = made_up("image", (1, 3, size, size))
    with torch.no_grad():
        logits = module(torch.from_numpy(image)).numpy()
        deployed = deploy(module).eval()
    return Model(name, deployed, state, net, parameters, image, logits)


def run(command, folder):
    """Runs a converter; its last line of complaint if it fails."""
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=CONVERSION_SECONDS)
    if result.returncode:
        lines = [line for line in (result.stdout + result.stderr).splitlines() if line.strip()]
        raise RuntimeError(lines[-1] if lines else f"exit code {result.returncode}")


def tool(name):
    """A program that a package has brought into this environment."""
    return pathlib.Path(sys.executable).parent / name


def export_onnx(model, folder):
    file = folder / "network.onnx"
    if not file.exists():
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the exporter without torch.compile, which needs fewer packages
            torch.onnx.export(model.module, (torch.from_numpy(model.image),), file, input_names=["image"],
                              output_names=["logits"], opset_version=17, dynamo=False)  # fmt: skip
    return file


def to_library(fovea, precision):
    def compile_library(model, folder):
        weights, out = folder / "weights.safetensors", folder / precision
        if not weights.exists():
            save_file(model.state, weights)
        run([fovea, "compile", model.net, *model.parameters, "--weights", weights, "-o", out]
            + (["--precision", precision] if precision != "f32" else []), folder)  # fmt: skip
        return next(out.glob("lib*.so"))

    return compile_library


def to_ncnn(model, folder):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pnnx reads nothing newer
        torch.jit.trace(model.module, torch.from_numpy(model.image)).save(folder / "network.pt")
    shape = ",".join(map(str, model.image.shape))
    run([tool("pnnx"), "network.pt", f"inputshape=[{shape}]", "fp16=0"], folder)
    return folder / "network.ncnn.param"


def to_mnn(model, folder):
    onnx = export_onnx(model, folder)
    run([tool("mnnconvert"), "-f", "ONNX", "--modelFile", onnx, "--MNNModel", "network.mnn", "--bizCode", "benchmark"],
        folder)  # fmt: skip
    return folder / "network.mnn"


def to_torch(model, folder):
    torch.save(model.module, folder / "module.pt")
    return folder / "module.pt"


def to_iree(model, folder):
    run([tool("iree-import-onnx"), export_onnx(model, folder), "-o", "network.mlir"], folder)
    run([tool("iree-compile"), "network.mlir", "--iree-hal-target-device=local", "-o", "network.vmfb",
         "--iree-hal-local-target-device-backends=llvm-cpu", "--iree-llvmcpu-target-cpu=host"], folder)  # fmt: skip
    return folder / "network.vmfb"


def converters(fovea):
    """By contender: (model, folder) -> file that it loads. Raises RuntimeError where the network cannot be converted."""
    own = {"fovea": to_library(fovea, "f32"), "fovea bf16": to_library(fovea, "bf16")} if fovea else {}
    return own | {
        "onnxruntime": export_onnx,
        "openvino": export_onnx,
        "openvino default": export_onnx,
        "ncnn": to_ncnn,
        "mnn": to_mnn,
        "torch.compile": to_torch,
        "iree": to_iree,
    }


def bytes_on_disk(contender, file):
    """Bytes that have to be shipped: the model with its weights, and the native libraries of what runs it."""
    packages = {"onnxruntime": "onnxruntime", "openvino": "openvino", "openvino default": "openvino", "ncnn": "ncnn",
                "mnn": "MNN", "torch.compile": "torch", "iree": "iree"}  # fmt: skip
    model = file.stat().st_size + sum(f.stat().st_size for f in [file.with_suffix(".bin")] if f.exists())
    if contender not in packages:
        return model
    site = pathlib.Path(np.__file__).parents[1]
    folders = [site / packages[contender], *site.glob(f"{packages[contender].lower()}.libs")]
    libraries = {f.resolve() for folder in folders for f in folder.rglob("*.so*") if f.is_file()}
    libraries |= set(site.glob(f"_{packages[contender].lower()}*.so")) | set(site.glob(f"{packages[contender]}*.so"))
    return model + sum(f.stat().st_size for f in libraries)
