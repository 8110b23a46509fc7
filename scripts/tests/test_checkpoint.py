"""The restricted checkpoint reader: reads both layouts, runs nothing, refuses what is damaged or foreign."""

import collections
import io
import os
import pickle
import struct
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from convert import checkpoint


class Named:
    """Pickles as a bare name, the way a checkpoint names classes and functions that are not installed here."""

    def __init__(self, module, name):
        self.module, self.name = module, name


class Call:
    """Pickles as a call of a name."""

    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


class Storage:
    def __init__(self, key, count, kind="FloatStorage", view=()):
        self.reference = ("storage", Named("torch", kind), key, "cpu", count, *view)


class Writer(pickle._Pickler):
    def persistent_id(self, item):
        return item.reference if isinstance(item, Storage) else None

    def save(self, item, save_persistent_id=True):
        if isinstance(item, Named):
            self.write(pickle.GLOBAL + f"{item.module}\n{item.name}\n".encode())
            return
        super().save(item, save_persistent_id)

    def save_reduce(self, func, args, *rest, **named):
        self.save(func)
        self.save(args)
        self.write(pickle.REDUCE)


def pickled(content):
    stream = io.BytesIO()
    Writer(stream, protocol=2).dump(content)
    return stream.getvalue()


def tensor(storage, offset=0, size=(2, 3), stride=(3, 1)):
    rebuild = Named("torch._utils", "_rebuild_tensor_v2")
    return Call(rebuild, storage, offset, size, stride, False, collections.OrderedDict())


VALUES = np.arange(6, dtype="<f4")


class CheckpointReaderTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "model.bin"

    def write_zip(self, content, data=VALUES.tobytes()):
        with zipfile.ZipFile(self.path, "w") as archive:
            archive.writestr("archive/data.pkl", pickled(content))
            archive.writestr("archive/data/0", data)

    def write_legacy(self, content, data=VALUES.tobytes(), count=6, keys=("0",)):
        head = [checkpoint.LEGACY_MAGIC, checkpoint.LEGACY_PROTOCOL, {"little_endian": True}]
        parts = [pickle.dumps(item, 2) for item in head]
        parts += [pickled(content), pickle.dumps(list(keys), 2), struct.pack("<q", count), data]
        self.path.write_bytes(b"".join(parts))

    def assert_refused(self, reason):
        with self.assertRaisesRegex(checkpoint.CheckpointError, reason):
            checkpoint.read_checkpoint(self.path)

    def test_reads_both_layouts(self):
        for write in (self.write_zip, self.write_legacy):
            write({"weights": tensor(Storage("0", 6)), "step": 7})
            content = checkpoint.read_checkpoint(self.path)
            self.assertEqual(content["step"], 7)
            np.testing.assert_array_equal(content["weights"], VALUES.reshape(2, 3))

    def test_reads_transposed_and_offset_tensors(self):
        self.write_zip([tensor(Storage("0", 6), 0, (3, 2), (1, 3)), tensor(Storage("0", 6), 4, (2,), (1,))])
        transposed, tail = checkpoint.read_checkpoint(self.path)
        np.testing.assert_array_equal(transposed, VALUES.reshape(2, 3).T)
        np.testing.assert_array_equal(tail, [4, 5])

    def test_runs_nothing_that_the_file_names(self):
        trace = self.path.with_name("trace")
        for module, name, argument in (
            ("os", "system", f"touch {trace}"),
            ("posix", "system", f"touch {trace}"),
            ("builtins", "eval", "1"),
            ("__builtin__", "getattr", "1"),
            ("numpy", "load", "x"),
            ("torch", "load", "x"),
            ("convert.checkpoint", "read_checkpoint", "x"),
        ):
            for write in (self.write_zip, self.write_legacy):
                write(Call(Named(module, name), argument))
                self.assert_refused("not permitted")
        self.assertFalse(trace.exists())

    def test_foreign_classes_stay_inert(self):
        self.write_zip({"settings": Call(Named("pyannote.audio.core.task", "Problem"), 2)})
        settings = checkpoint.read_checkpoint(self.path)["settings"]
        self.assertIsInstance(settings, checkpoint.Inert)
        self.assertEqual(settings.arguments, (2,))

    def test_refuses_to_be_altered(self):
        opcodes = b"ctorch\nFloatStorage\n}(X\x05\x00\x00\x00dtypeX\x02\x00\x00\x00|Oub."
        with zipfile.ZipFile(self.path, "w") as archive:
            archive.writestr("archive/data.pkl", b"\x80\x02" + opcodes)
        self.assert_refused("alter the reader")

    def test_refuses_tensors_outside_their_storage(self):
        for offset, size, stride in (
            (1, (2, 3), (3, 1)), (0, (7,), (1,)), (0, (2,), (6,)), (-1, (2,), (1,)), (0, (2,), (-1,)),
            (0, (1 << 40, 1 << 40), (0, 0)), (0, (2, 3), (3,)), (0, (2.0, 3), (3, 1)),
        ):
            self.write_zip(tensor(Storage("0", 6), offset, size, stride))
            self.assert_refused("tensor")

    def test_refuses_storages_that_do_not_fit_their_data(self):
        self.write_zip(tensor(Storage("0", 600)))
        self.assert_refused("another size")
        self.write_zip(tensor(Storage("9", 6)))
        self.assert_refused("missing")
        self.write_zip(tensor(Storage("../0", 6)))
        self.assert_refused("missing")
        self.write_legacy(tensor(Storage("0", 1 << 24)))
        self.assert_refused("larger than the file")
        self.write_legacy(tensor(Storage("0", 1 << 60)))
        self.assert_refused("impossible size")
        self.write_legacy(tensor(Storage("0", 6)), data=VALUES.tobytes()[:-1])
        self.assert_refused("cut off")
        self.write_legacy(tensor(Storage("0", 6)), count=5)
        self.assert_refused("another size")
        self.write_legacy(tensor(Storage("0", 6)), keys=("0", "1"))
        self.assert_refused("does not match")

    def test_refuses_unknown_types_and_views(self):
        self.write_zip(tensor(Storage("0", 6, kind="ByteStorage")))
        self.assert_refused("not permitted")
        self.write_zip(tensor(Storage("0", 6, view=(("1", 0, 2),))))
        self.assert_refused("view")
        self.write_zip(tensor("text"))
        self.assert_refused("without a storage")

    def test_refuses_what_is_no_checkpoint(self):
        for content in (b"", b"RIFF", os.urandom(100), pickle.dumps(42), pickle.dumps({"a": 1})):
            self.path.write_bytes(content)
            self.assert_refused("model.bin")

    def test_every_truncation_is_refused(self):
        for write in (self.write_zip, self.write_legacy):
            write({"weights": tensor(Storage("0", 6))})
            whole = self.path.read_bytes()
            for length in range(0, len(whole), 7):
                self.path.write_bytes(whole[:length])
                self.assert_refused("model.bin")


if __name__ == "__main__":
    unittest.main()
