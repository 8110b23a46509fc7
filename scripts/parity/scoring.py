#!/usr/bin/env python3
"""Compares `parley score` with pyannote.metrics (DER, JER) and meeteval (cpWER) over random recordings.

    scoring.py --parley .build/debug/parley [--cases 200] [--seed 1]
    scoring.py --fixture Tests/ParleyScoringTests/Fixtures/scoring.json

Each recording is scored with and without collar, overlap and scored regions, alone and all recordings together. Ends
with status 1 if a figure differs in its fourth digit. With --fixture a few recordings and what the references say of
them are written down for the tests. Needs the packages of scoring-requirements.txt.
"""

import argparse
import itertools
import json
import subprocess
import tempfile
from pathlib import Path

import scoring_cases

COLLARS = (0, 0.25)
TOLERANCE = 5e-5
SECONDS = {
    "total": "total_seconds", "correct": "correct_seconds", "missed detection": "miss_seconds",
    "false alarm": "false_alarm_seconds", "confusion": "confusion_seconds"}


def main():
    """Runs what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parley", type=Path, help="the program")
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fixture", type=Path)
    options = parser.parse_args()
    if options.fixture:
        write_fixture(options.fixture, options.seed)
    if options.parley:
        compare(options)


def settings(case=None):
    """(collar, skips overlap, with regions); a recording without turns is known by its regions only."""
    for setting in itertools.product(COLLARS, (False, True), (False, True)):
        if case is None or case.reference or setting[2]:
            yield setting


def compare(options):
    cases = [scoring_cases.make(options.seed, index) for index in range(options.cases)]
    print(f"seed {options.seed}, {len(cases)} recordings")
    worst = {"DER": 0.0, "DER components (s)": 0.0, "JER": 0.0, "cpWER": 0.0, "sums": 0.0}
    counts = {"speakers": 0, "texts": 0, "kinds": 0}
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for index, case in enumerate(cases):
            compare_turns(options.parley, folder, case, worst, counts)
            if case.said:
                compare_texts(options.parley, folder, case, index, worst, counts)
        compare_sums(options.parley, folder, cases, worst)
    print(f"{counts['speakers']} comparisons of turns, {counts['texts']} of texts")
    print(f"kinds of word errors equal in {counts['kinds']} of {counts['texts']}: best alignments are not unique")
    for name, difference in worst.items():
        print(f"{name}: largest difference {difference:.2g}")
    raise SystemExit(0 if max(worst.values()) < TOLERANCE else 1)


def compare_turns(parley, folder, case, worst, counts):
    write(folder / "ref.rttm", case.rttm(case.reference))
    write(folder / "hyp.rttm", case.rttm(case.hypothesis))
    write(folder / "all.uem", case.uem())
    for setting in settings(case):
        expected = scoring_cases.speaker_errors(case, *setting)
        found = score(parley, folder, *turn_arguments(setting))["diarization"]
        counts["speakers"] += 1
        note(worst, "DER", found["der"], expected["der"])
        note(worst, "JER", found["jer"], expected["jer"])
        for name, key in SECONDS.items():
            note(worst, "DER components (s)", found[key], expected[name])


def turn_arguments(setting):
    collar, skips_overlap, with_regions = setting
    return (
        ["--reference", "ref.rttm", "hyp.rttm", "--collar", collar] + ["--skip-overlap"] * skips_overlap
        + ["--uem", "all.uem"] * with_regions)


def compare_texts(parley, folder, case, index, worst, counts):
    """The answer is given in each of the forms in turn."""
    form, text = [
        ("hyp.stm", case.stm(case.heard)), ("case.diarized.json", case.transcript(case.heard)),
        ("hyp.json", case.seglst(case.heard))][index % 3]
    write(folder / "ref.stm", case.stm(case.said))
    write(folder / form, text)
    for normalization in scoring_cases.NORMALIZERS:
        expected = scoring_cases.word_errors(case, normalization)
        found = score(
            parley, folder, "--reference-text", "ref.stm", "--text", form, "--normalize", normalization)["text"]
        counts["texts"] += 1
        counts["kinds"] += all(found[key] == expected[key] for key in ("insertions", "deletions", "substitutions"))
        note(worst, "cpWER", found["errors"] / max(1, found["words"]), expected["errors"] / max(1, expected["words"]))
        note(worst, "cpWER", found["words"], expected["words"])


def compare_sums(parley, folder, cases, worst):
    """All recordings in one file."""
    write(folder / "ref.rttm", "".join(case.rttm(case.reference) for case in cases))
    write(folder / "hyp.rttm", "".join(case.rttm(case.hypothesis) for case in cases))
    write(folder / "all.uem", "".join(case.uem() for case in cases))
    for setting in settings():
        known = [case for case in cases if case.reference or setting[2]]
        each = [scoring_cases.speaker_errors(case, *setting) for case in known]
        total = sum(item["total"] for item in each)
        wrong = sum(item[name] for item in each for name in ("missed detection", "false alarm", "confusion"))
        found = score(parley, folder, *turn_arguments(setting))["diarization"]
        note(worst, "sums", found["der"], wrong / total)
        speakers = sum(item["speakers"] for item in each)
        note(worst, "sums", found["jer"], sum(item["speaker_error"] for item in each) / speakers)


def score(parley, folder, *arguments):
    command = [parley.resolve(), "score", "--json", *map(str, arguments)]
    return json.loads(subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout)


def note(worst, name, found, expected):
    worst[name] = max(worst[name], abs(found - expected))


def write(path, text):
    path.write_text(text, encoding="utf-8")


def write_fixture(path, seed):
    """Recordings of moderate size, all settings."""
    items = []
    for index in range(40):
        case = scoring_cases.make(seed, index)
        items.append({
            "reference": case.rttm(case.reference), "hypothesis": case.rttm(case.hypothesis), "uem": case.uem(),
            "said": case.stm(case.said), "heard": case.stm(case.heard),
            "turns": [
                {"collar": setting[0], "skips_overlap": setting[1], "with_regions": setting[2]}
                | {name.replace(" ", "_"): round(value, 6)
                   for name, value in scoring_cases.speaker_errors(case, *setting).items()}
                for setting in settings(case)],
            "texts": {
                name: scoring_cases.word_errors(case, name) for name in scoring_cases.NORMALIZERS if case.said}})
    document = {"made_by": "scripts/parity/scoring.py", "seed": seed, "cases": items}
    write(path, json.dumps(document, separators=(",", ":")).replace('{"reference"', '\n{"reference"') + "\n")


if __name__ == "__main__":
    main()
