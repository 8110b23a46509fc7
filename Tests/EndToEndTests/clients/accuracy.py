"""Accuracy on dialogues of known truth. Argument: the server's URL."""

import json
import subprocess
import sys
from pathlib import Path

import scoring
import speech
from checks import check, each, run
from openai import OpenAI

MAKE_DIALOGUE = Path(__file__).parents[3] / "scripts" / "make_dialogue.py"
MOST_WORD_ERRORS, MOST_SPEAKER_ERRORS, MOST_SECONDS_OUTSIDE = 0.15, 0.12, 0.3


def transcribe(client, path, **options):
    return client.audio.transcriptions.create(file=path, model="bundled", **options)


@each(("two voices", "slt,rms", 7), ("three voices", "slt,rms,awb", 11))
def dialogue(client, what, voices, seed):
    prefix = speech.folder / what.replace(" ", "_")
    subprocess.run(
        [sys.executable, MAKE_DIALOGUE, "--voices", voices, "--seed", str(seed), "--seconds", "60", "--output", prefix],
        check=True, stdout=subprocess.DEVNULL)
    turns = json.loads(Path(f"{prefix}.json").read_text())["turns"]
    path = Path(f"{prefix}.wav")
    answer = transcribe(
        client, path, response_format="verbose_json", timestamp_granularities=["word", "segment"],
        extra_body={"enable_speaker_diarization": True})
    word_errors = scoring.word_error_rate(" ".join(turn["text"] for turn in turns), answer.text)
    speaker_errors = scoring.diarization_error_rate(
        [(turn["start"], turn["end"], turn["speaker"]) for turn in turns],
        [(segment.start, segment.end, segment.speaker) for segment in answer.segments])
    outside = scoring.distances_outside_turns(
        [(turn["start"], turn["end"], turn["text"]) for turn in turns],
        [(word.start, word.end, word.word) for word in answer.words])
    mean_outside = sum(outside) / len(outside)
    found = (
        f"WER {word_errors:.1%}, DER {speaker_errors:.1%}, {mean_outside:.3f} s outside turns,"
        f" {len({segment.speaker for segment in answer.segments})} speakers")
    print(f"{what}: {found}", file=sys.stderr)
    assert word_errors <= MOST_WORD_ERRORS, found
    assert speaker_errors <= MOST_SPEAKER_ERRORS, found
    assert mean_outside <= MOST_SECONDS_OUTSIDE, found


@check
def scorer_of_speakers(_):
    truth = [(0, 10, "a"), (10, 20, "b")]
    rate = scoring.diarization_error_rate
    assert rate(truth, [(0, 10, "y"), (10, 20, "x")]) == 0
    assert abs(rate(truth, [(0, 20, "x")], 0) - 0.5) < 0.01
    assert abs(rate(truth, [(0, 10, "x")], 0) - 0.5) < 0.01
    assert rate(truth, [(0, 10.2, "x"), (10.2, 20, "y")]) == 0 < rate(truth, [(0, 10.2, "x"), (10.2, 20, "y")], 0.1)
    assert abs(rate(truth, [(0, 10, "x"), (0, 20, "y")], 0) - 0.5) < 0.01


if __name__ == "__main__":
    run(OpenAI(base_url=sys.argv[1] + "/v1", api_key="none", max_retries=0, timeout=240), at_once=2)
