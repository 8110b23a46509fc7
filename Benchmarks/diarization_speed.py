"""Time and memory that it takes to tell who spoke when, beside sherpa-onnx: ten minutes and an hour."""

import accuracy
import diarizers
import recordings
from diarization import OVERLAP, VOICES

LENGTHS = (600, 3600)


def measure(bench):
    # The other program's times do not depend on the threshold, so the first one speaks for all.
    programs = [
        program for program in diarizers.available(bench)
        if not isinstance(program, diarizers.Sherpa) or program.threshold == diarizers.THRESHOLDS[0]]
    rows = []
    for seconds in (30,) if bench.is_quick else LENGTHS:
        dialogue = recordings.generated(bench, ",".join(VOICES[:4]), seconds, seed=71, overlap=OVERLAP)
        for program in programs:
            measured = program.measure(dialogue.path)
            found = measured.pop("turns")
            rows.append(measured | {
                "program": program.name, "audio_seconds": recordings.seconds(dialogue.path),
                "result": accuracy.diarization(dialogue, found)})
    return {"threads": diarizers.THREADS, "rows": rows}
