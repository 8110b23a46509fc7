"""Real-time factors: every stage alone, the whole on one core and on two, and PocketSphinx from PyPI beside it."""

import json
import re
import sys
from pathlib import Path

import recordings
from bench import POCKETSPHINX_MODEL, run, say


def measure(bench):
    return {"recordings": [measure_recording(bench, recording) for recording in chosen(bench)]}


def chosen(bench):
    """One synthesised and one real conversation: what is hard to recognise also takes longer."""
    yield recordings.generated(bench, "slt,rms,awb", 20 if bench.is_quick else 60, seed=11)
    if bench.test_data and not bench.is_quick:
        yield next(item for item in recordings.conversations(bench.test_data) if item.name == "conv_2spk")


def measure_recording(bench, recording):
    wav = recordings.converted(bench, recording)
    one = bench.environment(THREADS=1, DECODERS=1)
    two = bench.environment(THREADS=2, DECODERS=2)
    beside = bench.environment(THREADS=2, DECODERS=1)
    peer = [sys.executable, Path(__file__).with_name("peer.py"), "--model", POCKETSPHINX_MODEL, "--cut"]
    figures = {"name": recording.name, "kind": recording.kind, "seconds": recordings.seconds(wav), "runs": {}}

    def add(name, command, environment, cores):
        say(f"speed of {recording.name}: {name}")
        done = run(command, environment, cores)
        figures["runs"][name] = {"cores": cores, "wall": done.wall_seconds, "cpu": done.cpu_seconds}

    add("peer_segmenter", [*peer, "segmenter", wav], one, 1)
    add("peer_slices", [*peer, "slices", wav], one, 1)
    add("peer_limited", [*peer, "segmenter", "--states", search_limit(bench), wav], one, 1)
    add("words_1", bench.transcribe("--no-diarize", wav), one, 1)
    add("whole_1", bench.transcribe("--diarize", wav), one, 1)
    add("words_beside", bench.transcribe("--no-diarize", wav), beside, 2)
    add("whole_beside", bench.transcribe("--diarize", wav), beside, 2)
    add("words_2", bench.transcribe("--no-diarize", wav), two, 2)
    add("whole_2", bench.transcribe("--diarize", wav), two, 2)
    say(f"speed of {recording.name}: stages")
    stages = run([bench.parley, "bench", "stages", "--json", wav], one, 1)
    figures["stages"] = json.loads(stages.output)["stages"]
    return figures


def search_limit(bench):
    """The most states that Parley's decoder searches in a frame, as its source says."""
    source = bench.root / "Sources" / "ParleySpeech" / "Families" / "PocketSphinx" / "SphinxDecoder.swift"
    return re.search(r'"-maxhmmpf", "(\d+)"', source.read_text())[1]
