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


def diarization(peers, own):
    """Figures of two recordings; each program is given as its confusions in them."""
    programs = {"parley, sherpa-onnx's files": own} | {f"sherpa-onnx, threshold {key}": peers[key] for key in peers}

    def result(confusion):
        rate = {"missed": 1.5, "false_alarm": 0.5, "confusion": confusion, "total": 10.0}
        return {"speakers": 2, "found": 3, "collar_250": rate, "collar_0": rate}

    return {
        "programs": list(programs),
        "recordings": [
            {"name": name, "kind": "conversations", "seconds": 20.0,
             "results": {program: result(confusions[index]) for program, confusions in programs.items()}}
            for index, name in enumerate("ab")]}


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

    def test_diarization_shows_the_best_threshold_over_all_recordings(self):
        text = page(diarization=diarization({"0.6": (1.0, 2.0), "0.5": (0.5, 4.0), "0.7": (1.5, 1.0)}, own=(0.0, 3.0)))
        self.assertIn("sherpa-onnx, threshold 0.6 | sherpa-onnx, threshold 0.7 |", text)
        self.assertNotIn("threshold 0.5", text)
        # 1.5 s missed and 0.5 s falsely found in 10 s of each recording, and the confusion.
        self.assertIn("| **conversations** |  | 35.0% / 35.0% |", text)
        self.assertIn("| a (20 s) | 2 | 20.0% / 20.0%, 3 |", text)
        self.assertIn("at its best threshold | at most 32.5% | 35.0% | **no** |", text)

    def test_speed_is_compared_on_the_same_audio(self):
        def row(program, seconds, audio_seconds):
            return {
                "program": program, "seconds": seconds, "cpu_seconds": seconds, "audio_seconds": audio_seconds,
                "peak_bytes": 10**8, "result": recording("a", 0, 1)["diarization"]}

        rows = [
            row("parley, sherpa-onnx's files", 20, 600), row("sherpa-onnx, threshold 0.6", 80, 600),
            row("parley, sherpa-onnx's files", 200, 3600), row("sherpa-onnx, threshold 0.6", 400, 3600)]
        text = page(diarization_speed={"threads": 2, "rows": rows})
        self.assertIn("| speed of diarization beside sherpa-onnx, 10 min | at least 3 times | 4.0 times | yes |", text)
        self.assertIn("| speed of diarization beside sherpa-onnx, 1 h | at least 3 times | 2.0 times | **no** |", text)

    def test_a_table_that_was_not_measured_says_so(self):
        text = page(accuracy={"recordings": [recording("a", 0, 10)]})
        template = Path(document.__file__).with_name("template.md").read_text()
        self.assertEqual(text.count(document.NOT_MEASURED), template.count("_measured}}") - 1)
        self.assertNotIn("{{", text)


if __name__ == "__main__":
    unittest.main()
