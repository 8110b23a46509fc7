"""Measures the tables that are asked for, keeps their figures as JSON and renders the page. Started by `run`."""

import argparse
import datetime
import importlib
import json
import os
import shutil
import sys
from pathlib import Path

import document
import machine
from bench import Bench, say

TABLES = (
    "speed", "memory", "accuracy", "diarization", "diarization_speed", "diarization_scaling", "serving", "whisper",
    "mixed", "parity")
# Tables that are measured only where this variable is set.
NEEDS = {"whisper": "PARLEY_BENCH_MODELS", "mixed": "PARLEY_BENCH_MINUTES",
         "parity": "PARLEY_PARITY_REFERENCE"}
ROOT = Path(__file__).resolve().parent.parent


def main():
    parser = argparse.ArgumentParser(prog="Benchmarks/run")
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=f"of {', '.join(TABLES)} (default all)")
    wanted = parser.parse_args().tables or TABLES
    if unknown := set(wanted) - set(TABLES):
        parser.error(f"there is no table {', '.join(sorted(unknown))}; tables are {', '.join(TABLES)}")
    is_quick = os.environ.get("QUICK", "") not in ("", "0")
    bench = Bench(ROOT, Path(os.environ["PARLEY_DATA_DIR"]), test_data(), is_quick)
    for name in wanted:
        if name in NEEDS and NEEDS[name] not in os.environ:
            say(f"table {name} is left out: {NEEDS[name]} is not set")
            continue
        say(f"table {name}")
        load = os.getloadavg()[0]
        figures = importlib.import_module(name).measure(bench)
        figures["measured"] = {
            "date": datetime.date.today().isoformat(), "load": [load, os.getloadavg()[0]],
            "machine": machine.facts(bench)}
        (bench.output / f"{name}.json").write_text(json.dumps(figures, indent=1) + "\n")
    page = document.render(bench.output)
    if is_quick:
        print(page)
    else:
        (ROOT / "docs" / "benchmarks.md").write_text(page)
        say("written: docs/benchmarks.md")
    shutil.rmtree(bench.scratch, ignore_errors=True)


def test_data():
    """The folder of real recordings; None with a line that says so."""
    path = os.environ.get("PARLEY_TEST_DATA", "")
    if path and (Path(path) / "audio").is_dir():
        return Path(path)
    say("PARLEY_TEST_DATA names no folder of recordings: rows of real recordings are left out")
    return None


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
