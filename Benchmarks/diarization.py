"""How right Parley and sherpa-onnx are about who spoke when, on real, joined and generated conversations."""

import accuracy
import diarizers
import recordings

# Six people of four voices: two are played slower or faster.
VOICES = ("slt", "rms", "awb", "kal16", "slt@0.85", "rms@1.18")
OVERLAP = 0.15


def measure(bench):
    chosen = list(generated(bench))
    if bench.test_data:
        chosen = [*real(bench), *chosen]
    programs = diarizers.available(bench)
    answers = {program.name: program.turns(chosen) for program in programs}
    return {
        "programs": [program.name for program in programs],
        "recordings": [
            {
                "name": recording.name, "kind": recording.kind,
                "seconds": recordings.seconds(recordings.converted(bench, recording)),
                "results": {
                    name: accuracy.diarization(recording, turns[index]) for name, turns in answers.items()},
            } for index, recording in enumerate(chosen)]}


def real(bench):
    """A telephone call; conversations joined of read utterances; meetings, scored in their regions."""
    yield next(item for item in recordings.small_dialogues(bench.test_data) if item.name == "sample")
    if not bench.is_quick:
        yield from recordings.conversations(bench.test_data)
        yield from recordings.meetings(bench.test_data)


def generated(bench):
    """Dialogues of two to six voices with overlaps, five minutes each."""
    for count in (2,) if bench.is_quick else range(2, len(VOICES) + 1):
        yield recordings.generated(
            bench, ",".join(VOICES[:count]), 30 if bench.is_quick else 300, seed=60 + count, overlap=OVERLAP)
