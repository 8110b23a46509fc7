"""Random recordings with the truth and an answer, and what pyannote.metrics and meeteval say of them."""

import json
import random
import warnings
from dataclasses import dataclass
from decimal import Decimal

import meeteval
from meeteval.io import SegLST
from meeteval.wer.normalizer import normalize
from pyannote.core import Annotation, Segment, Timeline
from pyannote.metrics.diarization import DiarizationErrorRate, JaccardErrorRate

STEMS = ("ba", "do", "ki", "lu", "Me", "No")
WORDS = [stem + ending for stem in STEMS for ending in ("", "n", "ra", ".", "sh,", "?")]
# meeteval's name of Parley's normalization "basic".
NORMALIZERS = {"none": None, "basic": "lower,rm(.?!,)"}
PARTS = ("total", "correct", "missed detection", "false alarm", "confusion")


@dataclass
class Case:
    """A recording: turns as (start, length, speaker) in seconds, regions as (start, end), texts as SegLST."""

    name: str
    reference: list
    hypothesis: list
    regions: list
    said: list
    heard: list

    def rttm(self, turns):
        return "".join(
            f"SPEAKER {self.name} 1 {start} {length} <NA> <NA> {speaker} <NA> <NA>\n"
            for start, length, speaker in turns)

    def uem(self):
        return "".join(f"{self.name} 1 {start} {end}\n" for start, end in self.regions)

    def stm(self, segments):
        return "".join(
            f"{self.name} 1 {item['speaker']} {item['start_time']} {item['end_time']} {item['words']}\n"
            for item in segments)

    def transcript(self, segments):
        """Parley's diarized_json."""
        return json.dumps({"segments": [
            {"speaker": item["speaker"], "start": item["start_time"], "end": item["end_time"], "text": item["words"]}
            for item in segments]})

    def seglst(self, segments):
        return json.dumps([item | {"session_id": self.name} for item in segments])


def make(seed, index):
    generator = random.Random(seed * 100_003 + index)
    speakers = [f"s{number}" for number in range(generator.randint(1, 6))]
    reference = turns(generator, speakers)
    kind = generator.random()
    if kind < 0.05:
        hypothesis = []
    elif kind < 0.2:
        hypothesis = turns(generator, [f"h{number}" for number in range(generator.randint(1, 7))])
    else:
        hypothesis = answered(generator, reference)
    if generator.random() < 0.03:
        reference = []
    length = max((start + size for start, size, _ in reference + hypothesis), default=10)
    said = texts(generator, reference)
    return Case(
        f"case{index:03}", reference, hypothesis, regions(generator, length), said, answered_texts(generator, said))


def turns(generator, speakers):
    """Turns in a row with pauses and overlaps; now and then of no length, or over one's own turn."""
    result, position = [], generator.uniform(0, 3)
    for _ in range(generator.randint(1, 40)):
        length = 0 if generator.random() < 0.02 else generator.choice((0.2, 1.5, 6)) * generator.uniform(0.2, 1.5)
        result.append((round(position, 3), round(length, 3), generator.choice(speakers)))
        position = max(0, position + length + generator.choice((0, 0.5, -1)) * generator.uniform(0, 1.2))
    return result


def answered(generator, reference):
    """The turns as a program might have found them."""
    names = {}
    result = []
    wrong, shift = generator.uniform(0, 0.4), generator.choice((0, 0.05, 0.4))
    for start, length, speaker in reference:
        if generator.random() < 0.08:
            continue
        heard = speaker if generator.random() > wrong else generator.choice(reference)[2]
        name = names.setdefault(heard, f"h{generator.randint(0, 7)}")
        moved = max(0, start + generator.gauss(0, shift))
        result.append((round(moved, 3), round(max(0, length + generator.gauss(0, shift)), 3), name))
        if generator.random() < 0.08:
            result.append((round(moved + generator.uniform(0, 2), 3), round(generator.uniform(0, 2), 3), "h8"))
    return result


def regions(generator, length):
    """One to three scored stretches, which may overlap."""
    result = []
    for _ in range(generator.randint(1, 3)):
        start = generator.uniform(0, 0.7 * length)
        result.append((round(start, 3), round(generator.uniform(start, 1.1 * length), 3)))
    return result


def texts(generator, reference):
    return [
        {"speaker": speaker, "start_time": start, "end_time": round(start + length, 3),
         "words": " ".join(generator.choices(WORDS, k=generator.randint(0, 9)))}
        for start, length, speaker in reference]


def answered_texts(generator, said):
    wrong = generator.uniform(0, 0.5)
    names = sorted({item["speaker"] for item in said})
    result = []
    for item in said:
        words = []
        for word in item["words"].split():
            kind = generator.random()
            if kind < wrong / 3:
                continue
            words.append(generator.choice(WORDS) if kind < wrong else word)
            if generator.random() < wrong / 4:
                words.append(generator.choice(WORDS))
        name = "h" + (item["speaker"] if generator.random() > wrong / 2 else generator.choice(names))
        if generator.random() > 0.05:
            result.append(item | {"speaker": name, "words": " ".join(words)})
    return result


# --- what the references say ---


def annotation(turns):
    result = Annotation()
    for index, (start, length, speaker) in enumerate(turns):
        result[Segment(start, start + length), index] = speaker
    return result


def speaker_errors(case, collar, skips_overlap, with_regions):
    """DER and its parts, and JER. `collar` is counted on each side, pyannote's is the sum of both."""
    uem = Timeline([Segment(*region) for region in case.regions]) if with_regions else None
    arguments = (annotation(case.reference), annotation(case.hypothesis))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that nothing is given to be scored
        rate = DiarizationErrorRate(collar=2 * collar, skip_overlap=skips_overlap)
        parts = rate(*arguments, uem=uem, detailed=True)
        jaccard = JaccardErrorRate(collar=2 * collar, skip_overlap=skips_overlap)(*arguments, uem=uem, detailed=True)
    return {
        "der": parts["diarization error rate"], "jer": jaccard["jaccard error rate"],
        "speakers": jaccard["speaker count"], "speaker_error": jaccard["speaker error"],
    } | {name: parts[name] for name in PARTS}


def word_errors(case, normalization):
    """The counts of cpWER."""
    def prepared(segments):
        items = [
            item | {"session_id": case.name, "start_time": Decimal(str(item["start_time"])),
                    "end_time": Decimal(str(item["end_time"]))}
            for item in segments]
        result = SegLST(items)
        return normalize(result, normalizer=NORMALIZERS[normalization]) if NORMALIZERS[normalization] else result

    if not case.said:
        return None
    errors = meeteval.wer.cp_word_error_rate(prepared(case.said), prepared(case.heard))
    return {
        "errors": errors.errors, "words": errors.length, "insertions": errors.insertions,
        "deletions": errors.deletions, "substitutions": errors.substitutions}
