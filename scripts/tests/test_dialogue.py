"""Synthesised dialogues: the turns are where the speech is, the files agree, the same arguments give the same files."""

import array
import json
import shutil
import subprocess
import sys
import tempfile
import unittest
import wave
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[1]
SUFFIXES = ("wav", "txt", "json", "rttm")


def make(prefix, *arguments):
    command = [sys.executable, str(SCRIPTS / "make_dialogue.py"), "--output", str(prefix), *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def read(prefix):
    with wave.open(f"{prefix}.wav") as file:
        samples = array.array("h", file.readframes(file.getnframes()))
    return samples, json.loads(Path(f"{prefix}.json").read_text())


def rms(samples):
    return (sum(value * value for value in samples) / max(1, len(samples))) ** 0.5


@unittest.skipUnless(shutil.which("flite"), "flite is not installed")
class DialogueTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_turns_are_where_the_speech_is(self):
        prefix = self.folder / "two"
        self.assertEqual(make(prefix, "--voices", "slt,rms", "--turns", "4", "--sentences", "1").returncode, 0)
        samples, facts = read(prefix)
        self.assertAlmostEqual(facts["duration"], len(samples) / 16000, places=3)
        end_before = 0
        for turn in facts["turns"]:
            start, end = round(turn["start"] * 16000), round(turn["end"] * 16000)
            self.assertLess(rms(samples[end_before:start]), 60, "speech between turns")
            self.assertGreater(rms(samples[start : start + 1600]), 60, "a turn that starts with silence")
            self.assertGreater(rms(samples[end - 1600 : end]), 60, "a turn that ends with silence")
            end_before = end
        self.assertLess(rms(samples[end_before:]), 60)

    def test_files_agree(self):
        prefix = self.folder / "three"
        self.assertEqual(make(prefix, "--voices", "slt,rms,awb", "--turns", "5", "--overlap", "0.5").returncode, 0)
        _, facts = read(prefix)
        turns = facts["turns"]
        self.assertEqual(facts["speakers"], ["awb", "rms", "slt"])
        self.assertEqual((self.folder / "three.txt").read_text().splitlines(), [turn["text"] for turn in turns])
        rows = [line.split() for line in (self.folder / "three.rttm").read_text().splitlines()]
        self.assertEqual(
            [(row[7], row[3], row[4]) for row in rows],
            [(turn["speaker"], f"{turn['start']:.3f}", f"{turn['end'] - turn['start']:.3f}") for turn in turns])
        for turn in turns:
            self.assertEqual(turn["text"], " ".join(sentence["text"] for sentence in turn["sentences"]))

    def test_same_arguments_give_same_files(self):
        for name, seed in (("a", "5"), ("b", "5"), ("c", "6")):
            self.assertEqual(make(self.folder / name, "--turns", "3", "--overlap", "1", "--seed", seed).returncode, 0)
        first, again, other = (read(self.folder / name)[0] for name in "abc")
        self.assertEqual(first, again)
        self.assertNotEqual(first, other)

    @unittest.skipUnless(shutil.which("ffmpeg"), "ffmpeg is not installed")
    def test_another_speed_is_another_voice(self):
        for name, voice in (("plain", "slt"), ("slow", "slt@0.8")):
            result = make(self.folder / name, "--voices", voice, "--turns", "2", "--sentences", "1")
            self.assertEqual(result.returncode, 0, result.stderr)
        (_, plain), (_, slow) = read(self.folder / "plain"), read(self.folder / "slow")
        self.assertEqual(slow["speakers"], ["slt@0.8"])
        for before, after in zip(plain["turns"], slow["turns"], strict=True):
            self.assertEqual(before["text"], after["text"])
            ratio = (after["end"] - after["start"]) / (before["end"] - before["start"])
            self.assertAlmostEqual(ratio, 1 / 0.8, delta=0.02)
        self.assertEqual(make(self.folder / "bad", "--voices", "slt@9").returncode, 2)

    def test_a_bad_script_leaves_no_file(self):
        script = self.folder / "script.txt"
        script.write_text("slt: Good morning.\nnobody: Hello.\n")
        result = make(self.folder / "bad", "--script", str(script))
        self.assertEqual(result.returncode, 1)
        self.assertIn("script.txt:2", result.stderr)
        self.assertFalse([suffix for suffix in SUFFIXES if (self.folder / f"bad.{suffix}").exists()])


if __name__ == "__main__":
    unittest.main()
