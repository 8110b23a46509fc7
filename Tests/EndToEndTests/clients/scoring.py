"""How far a transcript is from the truth: word errors, diarization errors, words outside their turns."""

import itertools
import re

import jiwer
import numpy

STEP_SECONDS = 0.01


def normalised(text):
    """Lower case, no punctuation."""
    return " ".join(re.findall(r"[a-z']+", text.lower()))


def word_error_rate(reference, hypothesis):
    return jiwer.wer(normalised(reference), normalised(hypothesis))


def diarization_error_rate(reference, hypothesis, collar_seconds=0.25):
    """Missed, false and confused speaker time over all speaker time, as NIST's md-eval has it.

    Turns are (start, end, speaker) in seconds. Frames within the collar on either side of a boundary of the reference
    do not count. Speakers are mapped one to one so that the error is least.
    """
    length = max((end for _, end, _ in [*reference, *hypothesis]), default=0)
    times = (numpy.arange(round(length / STEP_SECONDS) + 1) + 0.5) * STEP_SECONDS
    counts = numpy.ones(len(times), bool)
    for boundary in {time for start, end, _ in reference for time in (start, end)}:
        counts &= abs(times - boundary) > collar_seconds
    truth, guess = (activity(turns, times)[:, counts] for turns in (reference, hypothesis))
    total = truth.sum()
    worst = numpy.maximum(truth.sum(0), guess.sum(0)).sum()
    return (worst - best_overlap(truth @ guess.T)) / total


def activity(turns, times):
    """Who speaks when: speakers x frames, 0 or 1."""
    speakers = sorted({speaker for _, _, speaker in turns})
    active = numpy.zeros((len(speakers), len(times)), int)
    for start, end, speaker in turns:
        active[speakers.index(speaker), (times >= start) & (times < end)] = 1
    return active


def best_overlap(shared):
    """The greatest shared time of a one-to-one mapping; speakers are few enough to try all."""
    rows, columns = shared.shape
    if rows > columns:
        return best_overlap(shared.T)
    return max(
        (sum(shared[row, column] for row, column in enumerate(order))
         for order in itertools.permutations(range(columns), rows)), default=0)


def distances_outside_turns(turns, words):
    """Seconds by which each recognised word lies outside the turn of the word that it stands for.

    Turns are (start, end, text), words are (start, end, text); words are paired by the alignment of least errors.
    """
    spoken = [(start, end, word) for start, end, text in turns for word in normalised(text).split()]
    heard = [(start, end, word) for start, end, text in words for word in normalised(text).split()]
    aligned = jiwer.process_words(
        " ".join(word for _, _, word in spoken), " ".join(word for _, _, word in heard)).alignments[0]
    result = []
    for piece in aligned:
        if piece.type not in ("equal", "substitute"):
            continue
        for (turn_start, turn_end, _), (start, end, _) in zip(
                spoken[piece.ref_start_idx : piece.ref_end_idx], heard[piece.hyp_start_idx : piece.hyp_end_idx]):
            result.append(max(0, turn_start - start, end - turn_end))
    return result
