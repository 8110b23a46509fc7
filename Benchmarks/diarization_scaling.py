"""How time and memory of `parley diarize` grow: ten minutes of dialogue repeated up to a day."""

import diarizers
import recordings
from diarization import OVERLAP, VOICES

PART_SECONDS = 600


def measure(bench):
    part = recordings.generated(
        bench, ",".join(VOICES[:4]), 30 if bench.is_quick else PART_SECONDS, seed=71, overlap=OVERLAP)
    program = diarizers.available(bench)[0]
    rows = []
    for hours in (0.02, 0.04) if bench.is_quick else (0, 1, 6, 24):
        # Never longer than that: a day is the longest recording that is taken by default.
        path = recordings.repeated(bench, part, max(1, int(hours * 3600 / recordings.seconds(part.path))))
        measured = program.measure(path)
        found = {turn.speaker for turn in measured.pop("turns")}
        rows.append(measured | {
            "program": program.name, "audio_seconds": recordings.seconds(path), "found": len(found)})
        if hours > 1:
            path.unlink()
    return {"speakers": len({turn.speaker for turn in part.turns}), "rows": rows}
