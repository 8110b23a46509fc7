"""How time and memory of `parley diarize` grow: ten minutes of dialogue repeated up to a day."""

import diarizers
import recordings
from diarization import OVERLAP, VOICES

PART_SECONDS = 600


def measure(bench):
    part = recordings.generated(
        bench, ",".join(VOICES[:4]), 30 if bench.is_quick else PART_SECONDS, seed=71, overlap=OVERLAP)
    rows = []
    for hours, step in ((0.02, 0.25), (0.04, 0.5)) if bench.is_quick else ((0, 0.25), (1, 0.25), (6, 0.5), (24, 0.5)):
        program = diarizers.Parley(bench, "parley, bundled models", DIARIZATION_STEP=step)
        # Never longer than that: a day is the longest recording that is taken by default.
        path = recordings.repeated(bench, part, max(1, int(hours * 3600 / recordings.seconds(part.path))))
        measured = program.measure(path)
        found = {turn.speaker for turn in measured.pop("turns")}
        rows.append(measured | {"step": step, "audio_seconds": recordings.seconds(path), "found": len(found)})
        if hours > 1:
            path.unlink()
    return {"speakers": len({turn.speaker for turn in part.turns}), "rows": rows}
