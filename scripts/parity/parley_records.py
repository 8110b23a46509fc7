#!/usr/bin/env python3
"""Decodes clips with Parley and writes records as whisper_reference.py does, for compare.py.

    parley_records.py --parley BINARY --model DIR --clips DIR --output FILE [--clients N] [--precision NAME]

`--clients` windows are given at the same time, so that they are decoded in batches.
"""

import argparse
import json
import subprocess
from pathlib import Path

ALWAYS = ["--temperature-increment", "0", "--no-speech-threshold", "off"]
MODES = {
    "greedy_text": ["--language", "en", "--no-timestamps", "--beam-size", "1", "--no-words"],
    "greedy_times": ["--language", "en", "--beam-size", "1"],
    "beam_text": ["--language", "en", "--no-timestamps", "--beam-size", "5", "--no-words"],
    "beam_times": ["--language", "en", "--beam-size", "5", "--no-words"],
    "greedy_detected": ["--beam-size", "1", "--no-words"],
}


def main():
    """Reads the arguments, runs every mode over all clips."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("--parley", "--model", "--clips", "--output"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--clients", type=int, default=1)
    parser.add_argument("--precision", default="float32")
    options = parser.parse_args()
    clips = sorted(str(path) for path in options.clips.glob("*.wav"))
    with options.output.open("w", encoding="utf-8") as output:
        for mode, flags in MODES.items():
            for record in decode(options, flags, clips):
                print(json.dumps(in_mode(record, mode), ensure_ascii=False), file=output)


def decode(options, flags, clips):
    """Parley's answer for each clip."""
    command = [
        str(options.parley), "bench", "decode", "--model", str(options.model), "--compute-type", options.precision,
        "--clients", str(options.clients), *ALWAYS, *flags, *clips,
    ]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return [json.loads(line) for line in lines]


def in_mode(record, mode):
    """The record under the reference's names."""
    record["clip"] = Path(record["clip"]).stem
    words = record["words"] if mode == "greedy_times" else []
    return record | {"mode": mode, "words": [word | {"word": word["word"].strip()} for word in words]}


if __name__ == "__main__":
    main()
