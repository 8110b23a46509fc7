#!/usr/bin/env python3
"""Compares decodings: how many clips have equal tokens per mode, how far scores and times lie apart.

    compare.py REFERENCE.jsonl OTHER.jsonl [--show N]

Both hold records as whisper_reference.py writes them. Ends with status 1 if a clip that both have differs.
"""

import argparse
import collections
import json
from pathlib import Path


def main():
    """Reads the files, prints a table and the first differences."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reference", type=Path)
    parser.add_argument("other", type=Path)
    parser.add_argument("--show", type=int, default=10)
    options = parser.parse_args()
    expected, found = read(options.reference), read(options.other)
    modes = collections.defaultdict(list)
    for key in expected.keys() & found.keys():
        modes[key[1]].append((key[0], expected[key], found[key]))
    if not modes:
        raise SystemExit("no clip is in both files")
    differences = [difference for mode in sorted(modes) for difference in report(mode, modes[mode])]
    for clip, mode, left, right in differences[: options.show]:
        print(f"\n{clip} {mode}, from token {first_difference(left['tokens'], right['tokens'])}")
        print(f"  reference: {left['text']!r} {left['tokens']}")
        print(f"  other:     {right['text']!r} {right['tokens']}")
    raise SystemExit(1 if differences else 0)


def read(path):
    """(clip, mode) to record."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {(record["clip"], record["mode"]): record for record in map(json.loads, lines)}


def report(mode, pairs):
    """Prints the line of a mode and returns its differences."""
    same = [(left, right) for _, left, right in pairs if left["tokens"] == right["tokens"]]
    parts = [f"{mode}: {len(same)} of {len(pairs)} equal"]
    for key in ("avg_logprob", "no_speech_prob", "language_probability"):
        values = [abs(left[key] - right[key]) for left, right in same if None not in (left[key], right[key])]
        if values:
            parts.append(f"{key} within {max(values):.2g}")
    times = [abs(a[key] - b[key]) for left, right in same for a, b in word_pairs(left, right) for key in ("start", "end")]
    if times:
        parts.append(f"{len(times)} word times within {max(times):.3f} s")
    uneven = sum(bool(left["words"]) and bool(right["words"]) and len(left["words"]) != len(right["words"]) for left, right in same)
    if uneven:
        parts.append(f"{uneven} with another number of words")
    attempts = [left.get("attempts") != right.get("attempts") for left, right in same if right.get("attempts")]
    if attempts:
        parts.append(f"fallback decided otherwise in {sum(attempts)}")
    print(", ".join(parts))
    return [(clip, mode, left, right) for clip, left, right in sorted(pairs, key=lambda pair: pair[0])
            if left["tokens"] != right["tokens"]]


def word_pairs(left, right):
    """The words of both, where there are equally many."""
    return zip(left["words"], right["words"]) if len(left["words"]) == len(right["words"]) else ()


def first_difference(left, right):
    """The index of the first token that differs."""
    equal = (index for index, (a, b) in enumerate(zip(left, right)) if a != b)
    return next(equal, min(len(left), len(right)))


if __name__ == "__main__":
    main()
