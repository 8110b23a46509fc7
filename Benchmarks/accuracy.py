"""Word errors, diarization errors, and whether words lie in their turns."""

import json
import re
import warnings

import jiwer
import numpy
from pyannote.core import Annotation, Segment, Timeline
from pyannote.metrics.diarization import DiarizationErrorRate
from scipy.optimize import linear_sum_assignment

import recordings
from bench import run, say

# pyannote.metrics counts both sides of a boundary together.
COLLARS = {"collar_250": 0.5, "collar_0": 0.0}


def measure(bench):
    chosen = list(generated(bench))
    if bench.test_data:
        real = [recordings.small_dialogues]
        if not bench.is_quick:
            real += [recordings.conversations, recordings.meetings, recordings.read_speech]
        chosen += [recording for source in real for recording in source(bench.test_data)]
    say(f"accuracy: transcribing {len(chosen)} recordings")
    results = bench.scratch / "accuracy"
    run(bench.transcribe(
        "--diarize", "--format", "verbose_json,rttm", "--output", results, *(recording.path for recording in chosen)),
        bench.environment())
    return {"recordings": [score(recording, results) for recording in chosen]}


def generated(bench):
    if bench.is_quick:
        yield recordings.generated(bench, "slt,rms", 20, seed=41)
        return
    for voices, seconds, seed in (
            ("slt,rms", 60, 41), ("rms,awb", 120, 42), ("slt,awb", 180, 43),
            ("slt,rms,awb", 60, 44), ("slt,rms,awb", 120, 45), ("slt,rms,awb", 180, 46)):
        yield recordings.generated(bench, voices, seconds, seed)


def score(recording, results):
    stem = recording.path.stem
    transcript = json.loads((results / f"{stem}.verbose.json").read_text())
    figures = {"name": recording.name, "kind": recording.kind, "seconds": transcript["duration"]}
    words = transcript["words"]
    if recording.text:
        alignment = jiwer.process_words(normal(recording.text), normal(transcript["text"]))
        errors = alignment.substitutions + alignment.deletions + alignment.insertions
        figures["words"] = {"errors": errors, "count": alignment.hits + alignment.substitutions + alignment.deletions}
        if recording.turns and recording.turns[0].text:
            figures["placement"] = placement(recording, words, alignment)
    if recording.turns:
        figures["diarization"] = diarization(recording, recordings.rttm(results / f"{stem}.rttm"))
    return figures


def normal(text):
    """Lower case, letters and apostrophes only."""
    return " ".join(re.sub(r"[^a-z']", " ", text.lower()).split())


def placement(recording, words, alignment):
    """Of the words that were recognised rightly: how far outside their turn they reach, and whose they are said to be.

    Speakers are matched so that most words are right.
    """
    turn_of = [turn for turn in recording.turns for _ in normal(turn.text).split()]
    word_of = [word for word in words for _ in normal(word["word"]).split()]
    pairs = [
        (turn_of[chunk.ref_start_idx + offset], word_of[chunk.hyp_start_idx + offset])
        for chunk in alignment.alignments[0] if chunk.type == "equal"
        for offset in range(chunk.ref_end_idx - chunk.ref_start_idx)]
    distances = [max(0, turn.start - word["start"]) + max(0, word["end"] - turn.end) for turn, word in pairs]
    real = sorted({turn.speaker for turn, _ in pairs})
    found = sorted({word.get("speaker") or "" for _, word in pairs})
    counts = numpy.zeros((len(real), len(found)))
    for turn, word in pairs:
        counts[real.index(turn.speaker), found.index(word.get("speaker") or "")] += 1
    rows, columns = linear_sum_assignment(-counts)
    return {
        "words": len(pairs), "outside_seconds": sum(distances), "right_speaker": int(counts[rows, columns].sum())}


def diarization(recording, turns):
    reference, hypothesis = annotation(recording.turns), annotation(turns)
    uem = Timeline([Segment(*recording.scored)]) if recording.scored else None
    figures = {
        "speakers": len({turn.speaker for turn in recording.turns}), "found": len({turn.speaker for turn in turns})}
    for name, collar in COLLARS.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # without a scored stretch all that either side holds is scored: intended
            rate = DiarizationErrorRate(collar=collar, skip_overlap=False)
            parts = rate(reference, hypothesis, uem=uem, detailed=True)
        figures[name] = {
            "missed": parts["missed detection"], "false_alarm": parts["false alarm"], "confusion": parts["confusion"],
            "total": parts["total"]}
    return figures


def annotation(turns):
    result = Annotation()
    for index, turn in enumerate(turns):
        result[Segment(turn.start, turn.end), index] = turn.speaker
    return result
