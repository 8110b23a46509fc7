"""The set-up says in one line what is missing, and ends with status 1."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

SETUP = Path(__file__).resolve().parents[1] / "setup"


def run(*arguments, **environment):
    return subprocess.run(
        [str(SETUP), *arguments], capture_output=True, text=True, env={**os.environ, **environment}, timeout=300)


class SetupTests(unittest.TestCase):
    def assert_one_line(self, result, *texts):
        self.assertEqual(result.returncode, 1)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        for text in texts:
            self.assertIn(text, result.stderr)

    def test_unknown_option(self):
        self.assert_one_line(run("--frobnicate"), "--frobnicate")

    def test_relative_data_folder(self):
        self.assert_one_line(run(PARLEY_DATA_DIR="data"), "absolute")

    def test_data_folder_that_cannot_be_made(self):
        with tempfile.NamedTemporaryFile() as file:
            self.assert_one_line(run(PARLEY_DATA_DIR=f"{file.name}/data"), "cannot write")

    def test_missing_toolchain(self):
        with tempfile.TemporaryDirectory() as folder:
            for tool in ("bash", "dirname", "dpkg-query", "apt-get", "uname"):
                os.symlink(f"/usr/bin/{tool}", f"{folder}/{tool}")
            self.assert_one_line(run(PATH=folder), "swift was not found")

    def test_help_names_the_data_folder(self):
        result = run("--help")
        self.assertEqual(result.returncode, 0)
        self.assertIn("PARLEY_DATA_DIR", result.stdout)


if __name__ == "__main__":
    unittest.main()
