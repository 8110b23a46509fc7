"""Stored speakers. Arguments: `enrol`, `recognise` (of a second server on the same data) or `off`; the server's URL; a
recording of reader 367; a conversation that 367 begins and 533 answers."""

import concurrent.futures
import sys
from pathlib import Path

from checks import check, run
from raw_http import FORM, form, part, request, send

STAGE, URL, REFERENCE, CONVERSATION = sys.argv[1:]


def post(path, recording, **fields):
    parts = [part(name, value) for name, value in fields.items()]
    body = form(*parts, part("file", Path(recording).read_bytes(), filename=Path(recording).name))
    return send(URL, request("POST", "/v1" + path, body, headers=[FORM, "Connection: close"]), timeout=200)


def ask(method, path):
    return send(URL, request(method, "/v1" + path, headers=["Connection: close"]))


def enrol(name, recording=REFERENCE, **fields):
    return post("/speakers", recording, name=name, **fields)


def names():
    return [speaker["name"] for speaker in ask("GET", "/speakers").json["data"]]


def transcribe(**fields):
    return post("/audio/transcriptions", CONVERSATION, model="bundled", response_format="diarized_json", **fields)


def speakers(answer):
    """The segments of a transcript and who speaks in them."""
    assert answer.status == 200, answer.body
    segments = answer.json["segments"]
    return segments, {segment["speaker"] for segment in segments}


def two_at_once_make_one_speaker():
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        answers = [job.result() for job in [pool.submit(enrol, "Ruth") for _ in range(2)]]
    assert [answer.status for answer in answers] == [201, 201], [answer.body for answer in answers]
    assert answers[0].json["id"] == answers[1].json["id"]
    assert answers[0].json["speech_seconds"] > 8, answers[0].body
    assert names() == ["Ruth"]


def the_name_is_taken_where_nothing_is_replaced():
    answer = enrol("RUTH", replace="false")
    assert answer.status == 409 and answer.json["error"]["code"] == "speaker_exists", answer.body


def a_recording_of_two_people_is_refused():
    answer = enrol("Both", CONVERSATION)
    assert answer.status == 400 and answer.json["error"]["code"] == "several_speakers", answer.body


def an_odd_name_is_only_a_name():
    answer = enrol("../../x/山田")
    assert answer.status == 201, answer.body
    speaker = answer.json
    assert ask("GET", "/speakers/" + speaker["id"]).json == speaker
    assert "../../x/山田" in names()
    assert ask("DELETE", "/speakers/" + speaker["id"]).status == 204
    assert ask("DELETE", "/speakers/" + speaker["id"]).status == 404


def nobody_is_forgotten():
    assert names() == ["Ruth"], names()


def the_voice_gets_its_name_and_the_other_a_letter():
    segments, heard = speakers(transcribe(speaker_profiles="all"))
    assert heard == {"Ruth", "A"}, segments
    assert segments[0]["speaker"] == "Ruth", segments[0]
    answered = [segment for segment in segments if 14 < segment["start"] and segment["end"] < 19.5]
    assert all(segment["speaker"] == "A" for segment in answered), answered


def without_the_field_nobody_is_known():
    segments, heard = speakers(transcribe(enable_speaker_diarization="true"))
    assert heard == {"A", "B"}, segments


def an_unknown_name_is_refused():
    answer = transcribe(speaker_profiles="Ruth,Nobody")
    assert answer.status == 400 and answer.json["error"]["param"] == "speaker_profiles", answer.body


def everything_is_forbidden():
    for answer in [ask("GET", "/speakers"), enrol("Ruth"), transcribe(speaker_profiles="all")]:
        assert answer.status == 403 and b"PARLEY_SPEAKER_PROFILES" in answer.body, answer.body


STAGES = {
    "enrol": [
        two_at_once_make_one_speaker, the_name_is_taken_where_nothing_is_replaced,
        a_recording_of_two_people_is_refused, an_odd_name_is_only_a_name,
    ],
    "recognise": [
        nobody_is_forgotten, the_voice_gets_its_name_and_the_other_a_letter, without_the_field_nobody_is_known,
        an_unknown_name_is_refused,
    ],
    "off": [everything_is_forbidden],
}

if __name__ == "__main__":
    for function in STAGES[STAGE]:
        check(function)
    run()
