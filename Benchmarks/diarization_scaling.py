"""How time and memory of `parley diarize` grow: ten minutes of dialogue repeated up to a day."""

import diarizers
import recordings
from diarization import OVERLAP, VOICES

PART_SECONDS = 600


def measure(bench):
    part = recordings.generated(
        bench, ",".join(VOICES[:4]), 30 if bench.is_quick else PART_SECONDS, seed=71, overlap=OVERLAP)
    rows = []
    for program in diarizers.available(bench):
        if isinstance(program, diarizers.Sherpa):
            continue
        for times in (1, 2) if bench.is_quick else (1, 6, 36, 144):
            path = recordings.repeated(bench, part, times)
            measured = program.measure(path)
            found = {turn.speaker for turn in measured.pop("turns")}
            rows.append(measured | {
                "program": program.name, "audio_seconds": recordings.seconds(path), "found": len(found)})
            if times > 6:
                path.unlink()
    return {"speakers": len({turn.speaker for turn in part.turns}), "rows": rows}
