"""The networks that are compared with their authors' code: our transcriptions, and how theirs are loaded."""

import dataclasses
import importlib.util
import pathlib
import sys
import types
import warnings
from typing import Callable

import torch

import cas_vit
import fat

ROOT = pathlib.Path(__file__).resolve().parents[2]


def load_module(name, file):
    spec = importlib.util.spec_from_file_location(name, file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # timm looks its models' module up there
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # timm has moved modules that the authors import
        spec.loader.exec_module(module)
    return module


def official_cas_vit(module, variant):
    return getattr(module, f"rcvit_{variant}")()


def official_fat(module, variant):
    module.nn.SyncBatchNorm = torch.nn.BatchNorm2d  # the same in evaluation; theirs needs a GPU
    return module.FAT(3, 1000, fat.DIMS[variant], fat.DEPTHS[variant], fat.KERNELS, fat.HEADS[variant], [8, 4, 2, 1],
                      [5] * 4, [4] * 4)  # fmt: skip


@dataclasses.dataclass
class Network:
    variants: tuple
    repository: str
    file: str  # in the authors' repository
    official: Callable  # (module, variant) -> model
    transcription: types.ModuleType  # with a function of the network's name, and `fuse`

    @property
    def name(self):
        return self.transcription.__name__

    @property
    def net(self):
        return ROOT / "examples" / f"{self.name}.net"

    def ours(self, variant):
        return getattr(self.transcription, self.name)(variant)

    def load_official(self, code):
        """The authors' module, from a checkout of their repository."""
        file = code / self.file
        if not file.is_file():
            sys.exit(f"{file}: no such file; expected a checkout of {self.repository}")
        return load_module(pathlib.Path(self.file).stem, file)


NETWORKS = {
    network.name: network
    for network in (
        Network(("xs", "s", "m", "t"), "https://github.com/Tianfang-Zhang/CAS-ViT", "classification/model/rcvit.py",
                official_cas_vit, cas_vit),
        Network(("b0", "b1", "b2", "b3"), "https://github.com/qhfan/FAT", "classification/models.py", official_fat, fat),
    )
}  # fmt: skip
