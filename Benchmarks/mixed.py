"""Half an hour of mixed load on a server, by mixed_load.py: what happens to its memory and its places."""

import json
import os
import subprocess
import sys
from pathlib import Path

import recordings
from bench import say


def measure(bench):
    clips = bench.recordings / "mixed"
    clips.mkdir(exist_ok=True)
    for seed in range(4):
        part = recordings.generated(bench, "slt,rms", 15, seed=seed)
        (clips / part.path.name).write_bytes(part.path.read_bytes())
    model = bench.root / "Tests" / "Fixtures" / "whisper-mini"
    output = bench.scratch / "mixed.json"
    say("mixed load")
    subprocess.run([
        sys.executable, Path(__file__).with_name("mixed_load.py"), "--parley", bench.parley, "--model", model, "--data",
        bench.data, "--clips", clips, "--minutes", os.environ["PARLEY_BENCH_MINUTES"], "--output", output], check=True)
    return json.loads(output.read_text())
