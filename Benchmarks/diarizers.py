"""Programs that tell who spoke when, behind one interface: Parley and sherpa-onnx.

A diarizer has a `name` and two methods. `turns(recordings)` gives the turns of each recording. `measure(wav)` gives
seconds, processor seconds, peak memory and turns of one recording, taken in a process of its own.
"""

import json
import subprocess
import sys
from pathlib import Path

import recordings
from bench import run, say
from recordings import Turn

THREADS = 2
# The thresholds of the other program's clustering; the first is the one that its times are measured with.
THRESHOLDS = (0.6,)


def available(bench):
    """Parley with its own models; with the test data also Parley and sherpa-onnx on the same files."""
    files = network_files(bench)
    if not files:
        return [Parley(bench, "parley, bundled models")]
    return [
        Parley(bench, "parley, bundled models"), Parley(bench, "parley, sherpa-onnx's files", files),
        *(Sherpa(bench, files, threshold) for threshold in (THRESHOLDS[:1] if bench.is_quick else THRESHOLDS))]


def network_files(bench):
    """Segmentation and embedding network in sherpa-onnx's layout; None where they are not at hand."""
    if not bench.test_data:
        return None
    models = bench.test_data / "models"
    files = models / "segmentation-recovered" / "model.onnx", models / "embedding" / "max78000_voxsv.onnx"
    if all(path.exists() for path in files):
        return files
    say("the test data hold no networks for both programs: rows that need them are left out")
    return None


class Parley:
    """`parley diarize`; times are those of the whole process, loading of models and reading of files included."""

    def __init__(self, bench, name, files=None, **settings):
        self.bench, self.name = bench, name
        if files:
            settings |= {"SEGMENTATION_MODEL": files[0], "EMBEDDING_MODEL": files[1]}
        self.environment = bench.environment(THREADS=THREADS, **settings)

    def turns(self, chosen):
        say(f"{self.name}: {len(chosen)} recordings")
        folder = self.bench.scratch / self.name.replace(" ", "-").replace(",", "").replace("'", "")
        run(self.command("--output", folder, *(item.path for item in chosen)), self.environment)
        return [recordings.rttm(folder / f"{item.path.stem}.rttm") for item in chosen]

    def measure(self, wav):
        say(f"{self.name}: {wav.name}")
        done = run(self.command(wav), self.environment)
        path = self.bench.scratch / "measured.rttm"
        path.write_text(done.output)
        return {
            "seconds": done.wall_seconds, "cpu_seconds": done.cpu_seconds, "peak_bytes": done.peak_bytes,
            "turns": recordings.rttm(path)}

    def command(self, *arguments):
        return [self.bench.parley, "diarize", "--quiet", "--format", "rttm", *arguments]


class Sherpa:
    """sherpa-onnx from PyPI at one threshold; times are those of its work with models loaded and samples in memory.

    What it finds depends on nothing but the recording, so turns are kept and not found again by the next run.
    """

    def __init__(self, bench, files, threshold):
        self.bench, self.files, self.threshold = bench, files, threshold
        self.name = f"sherpa-onnx, threshold {threshold}"
        self.kept = bench.root / ".build" / "bench" / "sherpa-turns"

    def turns(self, chosen):
        paths = [self.kept / f"{item.name}-{self.threshold}.json" for item in chosen]
        missing = [(item, path) for item, path in zip(chosen, paths, strict=True) if not path.exists()]
        if missing:
            say(f"{self.name}: {len(missing)} recordings")
            self.kept.mkdir(parents=True, exist_ok=True)
            wavs = [recordings.converted(self.bench, item) for item, _ in missing]
            for (_, path), line in zip(missing, self.lines(wavs), strict=True):
                path.write_text(line)
        return [self.parsed(json.loads(path.read_text())) for path in paths]

    def measure(self, wav):
        say(f"{self.name}: {wav.name}")
        record = json.loads(self.lines([wav])[0])
        return {
            "seconds": record["seconds"], "cpu_seconds": record["cpu_seconds"], "peak_bytes": record["peak_bytes"],
            "turns": self.parsed(record)}

    def lines(self, wavs):
        script = Path(__file__).with_name("diarization_peer.py")
        words = [
            sys.executable, script, "--segmentation", self.files[0], "--embedding", self.files[1],
            "--threshold", self.threshold, "--threads", THREADS, *wavs]
        done = subprocess.run([str(word) for word in words], check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout.splitlines()

    @staticmethod
    def parsed(record):
        return [Turn(speaker, start, end) for start, end, speaker in record["turns"]]
