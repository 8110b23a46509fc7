"""Parley's decoding beside the records of reference implementations on the same weights.

PARLEY_PARITY_REFERENCE is the output folder of scripts/parity/whisper_reference.py; PARLEY_PARITY_MODEL the model's folder
in ONNX.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from bench import say

OTHERS = {"openai-whisper": "reference.jsonl", "CTranslate2": "second_opinion.jsonl"}


def measure(bench):
    folder = Path(os.environ["PARLEY_PARITY_REFERENCE"])
    found = {clients: decode(bench, folder, clients) for clients in (1, 16)}
    rows = []
    for name, file in OTHERS.items():
        expected = records(folder / file)
        for mode in sorted({mode for _, mode in expected.keys() & found[1].keys()}):
            pairs = [(expected[key], found[1][key]) for key in expected.keys() & found[1].keys() if key[1] == mode]
            rows.append(
                {"reference": name, "mode": mode, "clips": len(pairs),
                 "equal": sum(left["tokens"] == right["tokens"] for left, right in pairs),
                 "log_probability": max(abs(left["avg_logprob"] - right["avg_logprob"]) for left, right in pairs)})
    same = sum(found[1][key]["tokens"] == found[16][key]["tokens"] for key in found[1])
    return {"rows": rows, "in_batches": {"equal": same, "count": len(found[1])}}


def decode(bench, folder, clients):
    """Records of all clips, with so many windows at the same time."""
    say(f"parity, {clients} windows at the same time")
    output = bench.scratch / f"parity-{clients}.jsonl"
    subprocess.run([
        sys.executable, bench.root / "scripts" / "parity" / "parley_records.py", "--parley", bench.parley, "--model",
        os.environ["PARLEY_PARITY_MODEL"], "--clips", folder / "clips", "--clients", str(clients), "--output", output,
    ], check=True, env=bench.environment())
    return records(output)


def records(path):
    lines = map(json.loads, path.read_text().splitlines())
    return {(line["clip"], line["mode"]): line for line in lines if line["mode"] != "transcribe"}
