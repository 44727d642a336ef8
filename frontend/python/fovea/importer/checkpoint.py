"""PyTorch's checkpoints, read without PyTorch and without running anything that they name."""

import os
import pathlib
import zipfile

from fovea.importer.errors import UserError, quoted
from fovea.importer.unpickler import STORAGES, Damaged, Tensor, Unpickler

# Where training scripts put the weights, the averaged ones first.
WRAPPERS = ("state_dict_ema", "model_ema", "params_ema", "ema", "model", "state_dict", "model_state_dict", "params",
            "net", "module", "weights")  # fmt: skip
DEEPEST = 8  # of dictionaries in dictionaries
LARGEST_PICKLE = 1 << 26
MAGIC = 0x1950A86A20F9469CFC6C  # of files that PyTorch wrote before 1.6
MOST_COPIES = 16  # what tensors that share their storages may come to, in sizes of the file


def read_checkpoint(path, take=None):
    """({key: (type, shape, bytes)}, notes) of the tensors in a file of torch.save: those of the dictionary `take`, or
    of the first of WRAPPERS."""
    path = pathlib.Path(path)
    try:
        stream = open(path, "rb")
    except OSError as error:
        raise UserError("file-access", f"{path}: {error.strerror}") from error
    with stream:
        try:
            content = from_zip(stream) if stream.read(2) == b"PK" else from_stream(stream)
            tensors, notes = chosen(content, take)
            return contents(tensors, MOST_COPIES * size_of(stream)), notes
        except Damaged as error:
            raise UserError("checkpoint-file", f"{path}: {error}") from error
        except Exception as error:  # whatever a damaged pickle makes of an unpickler
            raise UserError("checkpoint-file", f"{path}: not a checkpoint of PyTorch, or a damaged one") from error


def size_of(stream):
    return os.fstat(stream.fileno()).st_size


def contents(tensors, most):
    """The tensors' bytes, as safetensors has them."""
    result, total = {}, 0
    for key, tensor in tensors.items():
        result[key] = tensor.content()
        total += len(result[key][2])
        if total > most:
            raise Damaged("its tensors are out of all proportion to the file")
    return result


def from_zip(stream):
    with zipfile.ZipFile(stream) as archive:
        entry = next((each for each in archive.infolist() if each.filename.split("/")[-1] == "data.pkl"), None)
        if entry is None or entry.file_size > LARGEST_PICKLE:
            raise Damaged("not a checkpoint of PyTorch: there is no data.pkl, or too large a one")
        folder, storages = entry.filename[: -len("data.pkl")], {}
        with archive.open(entry) as inner:
            content = Unpickler(inner, storages).load()
        if folder + "byteorder" in archive.namelist() and archive.read(folder + "byteorder") != b"little":
            raise Damaged("its bytes are in big-endian order")
        room = size_of(stream)
        for key, storage in storages.items():
            data = archive.getinfo(f"{folder}data/{key}")
            if data.compress_type != zipfile.ZIP_STORED:
                raise Damaged(f"storage '{key}' is compressed; PyTorch does not do that")
            room -= data.file_size
            if room < 0:
                raise Damaged("its storages are larger than the file")
            storage.data = archive.read(data)
    return content


def from_stream(stream):
    stream.seek(0)
    if Unpickler(stream, {}).load() != MAGIC:
        raise Damaged("not a checkpoint of PyTorch: another pickle")
    Unpickler(stream, {}).load()  # the version
    Unpickler(stream, {}).load()  # sizes of C types
    storages = {}
    content = Unpickler(stream, storages).load()
    for key in Unpickler(stream, {}).load():
        elements = int.from_bytes(stream.read(8), "little")
        if key not in storages:
            raise Damaged(f"storage '{key}' is of no tensor")
        wanted = elements * STORAGES[storages[key].kind][1]
        if wanted > size_of(stream) - stream.tell():
            raise Damaged("the file ends within a tensor")
        storages[key].data = stream.read(wanted)
    return content


def chosen(content, take):
    """({key: Tensor}, notes): the dictionary that holds the weights."""
    notes, path = [], []
    while True:
        if not isinstance(content, dict):
            raise Damaged("expected a dictionary of tensors" + (f" in '{'.'.join(path)}'" if path else ""))
        inner = [key for key, value in content.items() if isinstance(key, str) and isinstance(value, dict)]
        if take is not None and not path:
            if take not in inner:
                raise Damaged(f"there is no dictionary '{take}'" + (f"; there are {quoted(inner)}" if inner else ""))
            key = take
        else:
            key = next((name for name in WRAPPERS if name in inner), None)
        if key is None:
            break
        path.append(key)
        if len(path) > DEEPEST:
            raise Damaged(f"dictionaries in dictionaries, more than {DEEPEST} deep")
        if len(inner) > 1:
            notes.append(f"took '{'.'.join(path)}'; the checkpoint has {quoted(inner)}")
        content = content[key]
    tensors = {key: value for key, value in content.items() if isinstance(key, str) and isinstance(value, Tensor)}
    if not tensors:
        raise Damaged("it holds no tensors")
    if all(key.startswith("module.") for key in tensors):  # of torch.nn.DataParallel
        tensors = {key[len("module.") :]: value for key, value in tensors.items()}
    return tensors, notes
