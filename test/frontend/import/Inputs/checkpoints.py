"""checkpoints.py FOLDER: checkpoints as torch.save writes them, written without torch; what `fovea import` makes of
them, and of files that are damaged, or that want to run something."""

import collections
import io
import json
import pathlib
import pickle
import subprocess
import sys
import types
import zipfile

import numpy as np

# Stand-ins for what torch's pickles name.
TORCH, UTILS = types.ModuleType("torch"), types.ModuleType("torch._utils")
sys.modules.update({"torch": TORCH, "torch._utils": UTILS})
TORCH.FloatStorage = type("FloatStorage", (), {"__module__": "torch"})
TORCH.LongStorage = type("LongStorage", (), {"__module__": "torch"})


def _rebuild_tensor_v2():
    """Is named, and never called."""


_rebuild_tensor_v2.__module__ = "torch._utils"
UTILS._rebuild_tensor_v2 = _rebuild_tensor_v2


class Storage:
    def __init__(self, array):
        self.array = np.ascontiguousarray(array)


class Tensor:
    """A tensor on a storage; `size`, `stride` and `offset` may say what is not so."""

    def __init__(self, array, size=None, stride=None, offset=0):
        self.storage = Storage(array)
        self.size = size or array.shape
        self.stride = stride or tuple(s // array.itemsize for s in self.storage.array.strides)
        self.offset = offset

    def __reduce__(self):
        return _rebuild_tensor_v2, (self.storage, self.offset, self.size, self.stride, False, collections.OrderedDict())


class Evil:
    """Runs a command when it is unpickled by somebody careless."""

    def __init__(self, command):
        self.command = command

    def __reduce__(self):
        import os

        return os.system, (self.command,)


class Pickler(pickle.Pickler):
    def __init__(self, stream, legacy=False):
        super().__init__(stream, protocol=2)
        self.storages, self.legacy = [], legacy

    def persistent_id(self, value):
        if not isinstance(value, Storage):
            return None
        self.storages.append(value.array)
        kind = TORCH.FloatStorage if value.array.dtype == np.float32 else TORCH.LongStorage
        identifier = ("storage", kind, str(len(self.storages) - 1), "cpu", value.array.size)
        return identifier + (None,) if self.legacy else identifier


def save(path, content, compression=zipfile.ZIP_STORED):
    """A file as torch.save has written it since 1.6."""
    stream = io.BytesIO()
    pickler = Pickler(stream)
    pickler.dump(content)
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("archive/data.pkl", stream.getvalue())
        for key, array in enumerate(pickler.storages):
            archive.writestr(f"archive/data/{key}", array.tobytes())


def save_pickle(path, data, *arrays):
    """A file with this pickle and these storages."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", data)
        for key, array in enumerate(arrays):
            archive.writestr(f"archive/data/{key}", array.tobytes())


def save_legacy(path, content):
    with open(path, "wb") as stream:
        for value in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}):
            pickle.dump(value, stream, protocol=2)
        pickler = Pickler(stream, legacy=True)
        pickler.dump(content)
        pickle.dump([str(key) for key in range(len(pickler.storages))], stream, protocol=2)
        for array in pickler.storages:
            stream.write(array.size.to_bytes(8, "little") + array.tobytes())


def say(folder, name, *options):
    command = ["fovea", "import", folder / name, "-o", folder / "out", *options]
    result = subprocess.run(command, text=True, capture_output=True)
    print(f"{name}: {result.returncode} {result.stderr.strip()}".rstrip())
    return result.returncode


def read(path):
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    begin = {key: 8 + length + entry["data_offsets"][0] for key, entry in header.items()}
    kinds = {"F32": np.float32, "I64": np.int64}
    tensors = {}
    for key, entry in header.items():
        flat = np.frombuffer(data, kinds[entry["dtype"]], int(np.prod(entry["shape"])), begin[key])
        tensors[key] = flat.reshape(entry["shape"])
    return tensors


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    weight = np.arange(12, dtype=np.float32).reshape(3, 4)
    state = collections.OrderedDict(
        [("fc.weight", Tensor(weight)), ("fc.turned", Tensor(weight, (4, 3), (1, 4))), ("steps", Tensor(np.array([7])))]
    )
    averaged = collections.OrderedDict([("module.fc.weight", Tensor(weight + 1))])
    expected = {"fc.weight": weight, "fc.turned": weight.T, "steps": np.array([7])}
    for name, write in (("new.pth", save), ("old.pth", save_legacy)):
        write(folder / name, {"model": state, "epoch": 3, "args": types.SimpleNamespace(lr=0.1)})
        if say(folder, name) == 0:
            found = read(folder / "out.safetensors")
            print(" ", "ok" if all(np.array_equal(found[key], value) for key, value in expected.items()) else "FAILED")
    save(folder / "averaged.pth", {"model": state, "model_ema": averaged})
    for options in ((), ("--take", "model"), ("--take", "optimizer")):
        if say(folder, "averaged.pth", *options) == 0:
            print(" ", *read(folder / "out.safetensors"))

    mark = folder / "was_run"
    save(folder / "evil.pth", {"model": Evil(f"touch {mark}"), "state_dict": state})
    say(folder, "evil.pth")
    save_legacy(folder / "evil_old.pth", Evil(f"touch {mark}"))
    say(folder, "evil_old.pth")
    print("run:", mark.exists())
    save(folder / "beyond.pth", {"w": Tensor(weight, (4, 4))})
    say(folder, "beyond.pth")
    save(folder / "huge.pth", {"w": Tensor(weight, (1 << 40, 1 << 20), (0, 0))})
    say(folder, "huge.pth")
    save(folder / "negative.pth", {"w": Tensor(weight, (3, 4), (4, -1))})
    say(folder, "negative.pth")
    save(folder / "packed.pth", {"w": Tensor(weight)}, zipfile.ZIP_DEFLATED)
    say(folder, "packed.pth")
    save(folder / "none.pth", {"epoch": 3})
    say(folder, "none.pth")
    (folder / "text.pth").write_text("no checkpoint")
    say(folder, "text.pth")
    endless = {"model": {}}
    endless["model"]["model"] = endless["model"]
    save(folder / "endless.pth", endless)
    say(folder, "endless.pth")
    large = Tensor(np.zeros(1000, np.float32))
    save(folder / "copies.pth", {f"w{number}": large for number in range(40)})
    say(folder, "copies.pth")
    # A table of 2^31 entries; the hash of a tuple in a tuple in a tuple ...
    save_pickle(folder / "table.pth", b"\x80\x02}r\xff\xff\xff\x7f.")
    say(folder, "table.pth")
    save_pickle(folder / "deep.pth", b"\x80\x02})" + b"\x85" * 300000 + b"K\x01s.")
    say(folder, "deep.pth")
    save(folder / "names.pth", {"model": state, "a\nb\x1b": {}})
    say(folder, "names.pth")
    content = (folder / "old.pth").read_bytes()
    (folder / "cut.pth").write_bytes(content[:-5])
    say(folder, "cut.pth")


if __name__ == "__main__":
    main()
