"""Whisper networks of random weights in Parley and in other programs: the same weights and audio, one run.

The networks are made by scripts/fixtures/make_random_whisper.py, one folder for each size, in the folder that
PARLEY_BENCH_MODELS names. PARLEY_BENCH_PYTHON is a Python with the packages of whisper-requirements.txt.
"""

import json
import os
import subprocess
from pathlib import Path

import recordings
from bench import say

CLIENTS = 8
PRECISIONS = {"fp32": "float32", "int8": "int8"}
WINDOWS = 10
ALONE = ("faster-whisper", "faster-whisper-batched", "sherpa-onnx", "onnx-asr", "onnx-asr-batched", "whisper.cpp")
BEAMS = ("faster-whisper", "faster-whisper-batched")
# The others have no answer to requests that come at the same time but to work on each by itself.
TOGETHER = ("faster-whisper", "sherpa-onnx", "onnx-asr")


def measure(bench):
    models = Path(os.environ["PARLEY_BENCH_MODELS"])
    audio = recordings.whole_windows(bench, 2 if bench.is_quick else WINDOWS)
    rows = []
    for size in sorted(path.name for path in models.iterdir() if (path / "hf").is_dir()):
        for precision in PRECISIONS:
            for beam in (1, 5) if precision == "fp32" else (1,):
                rows += [row | {"size": size} for row in alone(bench, models / size, audio, precision, beam)]
            rows += [row | {"size": size} for row in together(bench, models / size, audio, precision)]
    return {"rows": rows, "clients": CLIENTS, "audio_seconds": 30 * WINDOWS}


def alone(bench, folder, audio, precision, beam):
    """One recording at a time."""
    yield parley(bench, folder, audio, precision, beam, clients=2 * WINDOWS) | {"clients": 1}
    yield from peers(folder, audio, precision, beam, ALONE if beam == 1 else BEAMS, clients=1)


def together(bench, folder, audio, precision):
    """Many requests for one window each."""
    yield parley(bench, folder, audio, precision, 1, clients=CLIENTS)
    yield from peers(folder, audio, precision, 1, TOGETHER, clients=CLIENTS)


def parley(bench, folder, audio, precision, beam, clients):
    say(f"whisper {folder.name} {precision} beam {beam}, {clients} windows at the same time: parley")
    line = subprocess.run([
        bench.parley, "bench", "decode", "--time", "--model", folder / "hf", "--compute-type", PRECISIONS[precision],
        "--language", "en", "--beam-size", str(beam), "--no-timestamps", "--temperature-increment", "0",
        "--no-speech-threshold", "off", "--no-words", "--clients", str(clients), audio,
    ], check=True, capture_output=True, text=True, env=bench.environment()).stdout
    return json.loads(line) | {"program": "parley", "precision": precision, "beam": beam, "clients": clients}


def peers(folder, audio, precision, beam, names, clients):
    for name in names:
        say(f"whisper {folder.name} {precision} beam {beam}, {clients} clients: {name}")
        done = subprocess.run([
            os.environ["PARLEY_BENCH_PYTHON"], Path(__file__).with_name("whisper_peers.py"), "--models", folder,
            "--audio", audio, "--precision", precision, "--beam", str(beam), "--clients", str(clients), "--peer", name,
        ], capture_output=True, text=True)
        for line in done.stdout.splitlines():
            if line.startswith("{"):
                yield json.loads(line)
