"""Where things are, and how a program's time and memory are measured."""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

POCKETSPHINX_MODEL = Path("/usr/share/pocketsphinx/model/en-us")


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


@dataclass
class Bench:
    """One run of the benchmarks."""

    root: Path
    data: Path
    test_data: Path | None
    is_quick: bool

    def __post_init__(self):
        self.output = self.root / ".build" / "bench" / ("quick" if self.is_quick else "")
        self.scratch = self.output / "scratch"
        self.recordings = self.output / "recordings"
        for folder in (self.scratch, self.recordings):
            folder.mkdir(parents=True, exist_ok=True)
        self.parley = self.root / ".build" / "release" / "parley"

    def transcribe(self, *arguments):
        """The words of a `parley transcribe` command."""
        return [self.parley, "transcribe", "--quiet", *arguments]

    def environment(self, **settings):
        """The process's environment with settings of Parley; none that happen to be set take part."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PARLEY_")}
        given = {f"PARLEY_{key}": str(value) for key, value in settings.items()}
        return kept | {"PARLEY_DATA_DIR": str(self.data)} | given


@dataclass
class Run:
    """What a program took, from its start to its end, and what it wrote on standard output."""

    wall_seconds: float
    cpu_seconds: float
    peak_bytes: int
    output: str


def run(command, environment, cores=None):
    """Runs a program, on the first `cores` cores. Ends the benchmark when the program fails."""
    words = [str(word) for word in command]
    pinned = ["taskset", "-c", f"0-{cores - 1}", *words] if cores else words
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        start = time.monotonic()
        process = subprocess.Popen(pinned, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode != 0:
            sys.exit(f"bench: {' '.join(words[:3])} ... ended with {process.returncode}: {errors.read()[-500:]}")
        return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, output.read())
