"""The page of benchmarks: sums over recordings, targets that are missed, tables that were not measured."""

import json
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Benchmarks"))
import document  # noqa: E402

MEASURED = {
    "date": "2026-01-31", "load": [0.1, 2.0],
    "machine": {"cpu": "Abacus", "cores": 2, "memory_bytes": 2**30, "system": "Debian", "kernel": "6", "versions": {}}}


def recording(name, errors, count, confusion=0.0):
    rate = {"missed": 1.0, "false_alarm": 0.5, "confusion": confusion, "total": 10.0}
    return {
        "name": name, "kind": "generated, 2 voices", "seconds": 20.0, "words": {"errors": errors, "count": count},
        "diarization": {"speakers": 2, "found": 2, "collar_250": rate, "collar_0": rate},
        "placement": {"words": 10, "outside_seconds": 1.0, "right_speaker": 9}}


def page(**tables):
    with tempfile.TemporaryDirectory() as folder:
        for name, figures in tables.items():
            (Path(folder) / f"{name}.json").write_text(json.dumps(figures | {"measured": MEASURED}))
        return document.render(Path(folder))


class BenchmarkPage(unittest.TestCase):
    def test_sets_sum_errors_and_totals(self):
        text = page(accuracy={"recordings": [recording("a", 1, 10), recording("b", 3, 30, confusion=2.0)]})
        self.assertIn("| **generated, 2 voices** | 40 s | 10.0% | 25.0% (10.0 + 5.0 + 10.0) |", text)
        self.assertIn("| b | 20 s | 10.0% | 35.0% (10.0 + 5.0 + 20.0) |", text)
        self.assertIn("| generated, 2 voices | 20 | 0.100 s | 90.0% |", text)

    def test_targets_go_by_the_worst_recording(self):
        text = page(accuracy={"recordings": [recording("a", 0, 10), recording("b", 2, 10)]})
        self.assertIn("| WER, worst generated dialogue | at most 15% | 20.0% | **no** |", text)
        self.assertIn("| DER with collar, worst generated dialogue | at most 12% | 15.0% | **no** |", text)
        self.assertIn("| words outside their turn, worst generated dialogue | under 0.3 s | 0.100 s | yes |", text)

    def test_a_table_that_was_not_measured_says_so(self):
        text = page(accuracy={"recordings": [recording("a", 0, 10)]})
        template = Path(document.__file__).with_name("template.md").read_text()
        self.assertEqual(text.count(document.NOT_MEASURED), template.count("_measured}}") - 1)
        self.assertNotIn("{{", text)


if __name__ == "__main__":
    unittest.main()
