"""Known speakers: the right voice gets the name, a stranger never does. Argument: the server's URL."""

import sys

from openai import OpenAI

import speech
from checks import check, each, run

# Names and voices; the sample's third voice, awb, is nobody's.
NAMES = {"Ann": "slt", "Bob": "rms"}
STRANGER = "kal16"
# The people of the first turns are identified by recordings of the later ones.
SECONDS = 30


def opening():
    """The begin of the sample dialogue and its turns."""
    recording, turns = speech.sample()
    turns = [turn for turn in turns if turn["end"] <= SECONDS]
    assert {turn["speaker"] for turn in turns} == {"slt", "rms", "awb"}, turns
    return ("talk.wav", speech.cut(recording, 0, turns[-1]["end"] + 0.2)), turns


def reference(voice):
    """A later turn of a voice in the sample, as a data URL."""
    recording, turns = speech.sample()
    turn = max(
        (turn for turn in turns if turn["speaker"] == voice and turn["start"] > SECONDS),
        key=lambda turn: turn["end"] - turn["start"])
    return speech.data_url(speech.cut(recording, turn["start"], min(turn["end"], turn["start"] + 9)))


def transcribe(client, references, **options):
    talk, turns = opening()
    answer = client.audio.transcriptions.create(
        file=talk, model="gpt-4o-transcribe-diarize", response_format="diarized_json", chunking_strategy="auto",
        known_speaker_names=list(references), known_speaker_references=list(references.values()), **options)
    return answer, turns


def voice_at(turns, segment):
    """Whose turn most of a segment is in."""
    def shared(turn):
        return min(turn["end"], segment.end) - max(turn["start"], segment.start)
    return max(turns, key=shared)["speaker"]


def check_names(segments, turns):
    wrong = [
        (segment.start, segment.speaker, voice_at(turns, segment)) for segment in segments
        if NAMES.get(segment.speaker, "awb") != voice_at(turns, segment)]
    assert not wrong, wrong
    assert {segment.speaker for segment in segments} == {*NAMES, "A"}, segments


@check
def known_voices_get_their_names(client):
    answer, turns = transcribe(client, {name: reference(voice) for name, voice in NAMES.items()})
    check_names(answer.segments, turns)
    assert answer.text.startswith("Ann: "), answer.text


@check
def known_voices_get_their_names_in_a_stream(client):
    events, turns = transcribe(client, {name: reference(voice) for name, voice in NAMES.items()}, stream=True)
    segments = [event for event in events if event.type == "transcript.text.segment"]
    names = {segment.speaker for segment in segments}
    assert names & set(NAMES), names
    # What is sent early can't be taken back, but nobody may get the name of another known voice.
    wrong = [
        (segment.start, segment.speaker, voice_at(turns, segment)) for segment in segments
        if segment.speaker in NAMES and NAMES[segment.speaker] != voice_at(turns, segment)]
    assert not wrong, wrong


@check
def stranger_gives_nobody_a_name(client):
    said = speech.said(speech.LONGER, STRANGER).read_bytes()
    answer, _ = transcribe(client, {"Mallory": speech.data_url(said)})
    assert {segment.speaker for segment in answer.segments} == {"A", "B", "C"}, answer.segments


if __name__ == "__main__":
    run(OpenAI(base_url=sys.argv[1] + "/v1", api_key="none", max_retries=0, timeout=240))
