"""A restricted reader of PyTorch checkpoints.

A checkpoint is a pickle, and a pickle can name any function to be called. This reader resolves names from a short
list of its own and nothing else: tensors become numpy arrays, foreign classes become inert records that hold the
arguments they were built from. Nothing named in the file is imported or run.

Both published layouts are read: the zip archive (``data.pkl`` and one entry per storage) and the older stream
(magic number, protocol version, system info, the object, the storage keys, the raw storages).
"""

import collections
import io
import math
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np

MAX_FILE_BYTES = 256 << 20
MAX_PICKLE_BYTES = 4 << 20
LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
LEGACY_PROTOCOL = 1001


class CheckpointError(Exception):
    """The file is damaged, too large, or uses something that this reader does not permit."""


class Inert:
    """Stands for an object of a class that is not loaded: keeps what the pickle said about it and does nothing."""

    name = ""

    def __new__(cls, *arguments):  # a pickle may skip __init__, never __new__
        self = super().__new__(cls)
        self.arguments = arguments
        self.state = None
        self.entries = {}
        return self

    def __init__(self, *_):
        pass

    def __setstate__(self, state):
        self.state = state

    def __setitem__(self, key, value):
        self.entries[key] = value

    def append(self, value):
        self.entries[len(self.entries)] = value

    def extend(self, values):
        for value in values:
            self.append(value)


class _Sealed:
    """One of our own objects that a pickle may name but not alter."""

    def __setstate__(self, state):
        raise CheckpointError("an attempt to alter the reader")


class _StorageType(_Sealed):
    """A storage class of the checkpoint, reduced to its element type. Not callable, so a pickle cannot build one."""

    def __init__(self, dtype):
        self.dtype = np.dtype(dtype)


class _RebuildTensor(_Sealed):
    """Makes a tensor a view of its storage, after checking that it lies inside."""

    def __call__(self, storage, offset, size, stride, *_):
        if not isinstance(storage, np.ndarray):
            raise CheckpointError("a tensor without a storage")
        whole = (offset, *size, *stride)
        if len(size) != len(stride) or not all(type(value) is int and value >= 0 for value in whole):
            raise CheckpointError("a tensor with a malformed shape")
        count = math.prod(size)
        last = offset + sum((length - 1) * step for length, step in zip(size, stride))
        if count > storage.size or (count > 0 and last >= storage.size):
            raise CheckpointError("a tensor that reaches outside its storage")
        strides = tuple(step * storage.itemsize for step in stride)
        return np.lib.stride_tricks.as_strided(storage[offset:], tuple(size), strides, writeable=False)


# Classes that occur in training checkpoints beside the weights. Their content is read as plain data.
_INERT_MODULES = ("omegaconf.", "pyannote.audio.core.", "torch.torch_version", "pytorch_lightning.")
_INERT_NAMES = {("typing", "Any")}


_ALLOWED = {
    ("collections", "OrderedDict"): collections.OrderedDict,
    ("collections", "defaultdict"): collections.defaultdict,
    ("__builtin__", "dict"): dict,
    ("__builtin__", "list"): list,
    ("__builtin__", "long"): int,
    ("torch._utils", "_rebuild_tensor_v2"): _RebuildTensor(),
    ("torch", "FloatStorage"): _StorageType("<f4"),
    ("torch", "LongStorage"): _StorageType("<i8"),
}


class _Unpickler(pickle.Unpickler):
    """Resolves only the names above and asks `open_storage(key, dtype, count)` for the storages."""

    def __init__(self, stream, open_storage):
        super().__init__(stream)
        self._open_storage = open_storage

    def find_class(self, module, name):
        if (module, name) in _ALLOWED:
            return _ALLOWED[module, name]
        if (module, name) in _INERT_NAMES or module.startswith(_INERT_MODULES):
            return type("Inert", (Inert,), {"name": f"{module}.{name}"})
        raise CheckpointError(f"the checkpoint asks for {module}.{name}, which is not permitted")

    def persistent_load(self, pid):
        if not (isinstance(pid, tuple) and len(pid) in (5, 6) and pid[0] == "storage"):
            raise CheckpointError("an unknown kind of reference")
        kind, key, count = pid[1], pid[2], pid[4]
        if not (isinstance(kind, _StorageType) and isinstance(key, str) and isinstance(count, int)):
            raise CheckpointError("a malformed storage")
        if len(pid) == 6 and pid[5] is not None:
            raise CheckpointError("a view of a storage, which is not supported")
        if not 0 <= count <= MAX_FILE_BYTES // kind.dtype.itemsize:
            raise CheckpointError("a storage of impossible size")
        return self._open_storage(key, kind.dtype, count)


def read_checkpoint(path):
    """Reads the checkpoint at `path`: plain containers, numbers, texts, numpy arrays and `Inert` records.

    Raises `CheckpointError` for anything else.
    """
    path = Path(path)
    if path.stat().st_size > MAX_FILE_BYTES:
        raise CheckpointError(f"{path.name} is larger than {MAX_FILE_BYTES} bytes")
    try:
        return _read_zip(path) if zipfile.is_zipfile(path) else _read_legacy(path)
    except CheckpointError as error:
        raise CheckpointError(f"{path.name}: {error}") from None
    except Exception as error:  # a damaged pickle raises almost any type
        raise CheckpointError(f"{path.name} cannot be read: {type(error).__name__}: {error}") from error


def _read_zip(path):
    with zipfile.ZipFile(path) as archive:
        entries = {entry.filename: entry for entry in archive.infolist()}
        if sum(entry.file_size for entry in entries.values()) > MAX_FILE_BYTES:
            raise CheckpointError("the archive unpacks to too much")
        roots = [name[: -len("data.pkl")] for name in entries if name.endswith("/data.pkl")]
        if len(roots) != 1:
            raise CheckpointError("no single data.pkl")
        root = roots[0]
        if root + "byteorder" in entries and archive.read(root + "byteorder") != b"little":
            raise CheckpointError("only little-endian checkpoints are supported")
        if entries[root + "data.pkl"].file_size > MAX_PICKLE_BYTES:
            raise CheckpointError("data.pkl is too large")
        storages = {}

        def open_storage(key, dtype, count):
            if key not in storages:
                entry = entries.get(f"{root}data/{key}")
                if entry is None or entry.file_size != count * dtype.itemsize:
                    raise CheckpointError(f"storage {key} is missing or has another size")
                storages[key] = np.frombuffer(archive.read(entry), dtype)
            return _same_kind(storages[key], dtype, count)

        return _Unpickler(io.BytesIO(archive.read(root + "data.pkl")), open_storage).load()


def _read_legacy(path):
    remaining = path.stat().st_size
    storages = {}

    def no_storage(*_):
        raise CheckpointError("a storage where none belongs")

    def open_storage(key, dtype, count):
        nonlocal remaining
        if key not in storages:
            remaining -= count * dtype.itemsize
            if remaining < 0:
                raise CheckpointError("the storages are larger than the file")
            storages[key] = np.zeros(count, dtype)
        return _same_kind(storages[key], dtype, count)

    with open(path, "rb") as stream:
        if _Unpickler(stream, no_storage).load() != LEGACY_MAGIC:
            raise CheckpointError("not a PyTorch checkpoint")
        if _Unpickler(stream, no_storage).load() != LEGACY_PROTOCOL:
            raise CheckpointError("an unknown protocol version")
        system = _Unpickler(stream, no_storage).load()
        if system.get("little_endian") is not True:
            raise CheckpointError("only little-endian checkpoints are supported")
        content = _Unpickler(stream, open_storage).load()
        keys = _Unpickler(stream, no_storage).load()
        if sorted(keys) != sorted(storages):
            raise CheckpointError("the list of storages does not match the tensors")
        for key in keys:
            _fill(storages[key], key, stream)
    return content


def _fill(storage, key, stream):
    """Reads one raw storage of the older layout: its element count in eight bytes, then the elements."""
    header = stream.read(8)
    if len(header) != 8 or struct.unpack("<q", header)[0] != storage.size:
        raise CheckpointError(f"storage {key} has another size")
    data = stream.read(storage.nbytes)
    if len(data) != storage.nbytes:
        raise CheckpointError(f"storage {key} is cut off")
    storage[:] = np.frombuffer(data, storage.dtype)


def _same_kind(storage, dtype, count):
    if storage.dtype != dtype or storage.size != count:
        raise CheckpointError("one storage used with two types")
    return storage
