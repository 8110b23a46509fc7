"""Stored speakers. Arguments: `enrol`, `recognise` (of a second server on the same data) or `off`; the server's URL; a
recording of reader 367; a conversation that 367 begins and 533 answers."""

import concurrent.futures
import sys
from pathlib import Path

import httpx

from checks import check, run

STAGE, URL, REFERENCE, CONVERSATION = sys.argv[1:]
client = httpx.Client(base_url=URL + "/v1", timeout=200)


def enrol(name, path=REFERENCE, **fields):
    with open(path, "rb") as file:
        return client.post("/speakers", data={"name": name, **fields}, files={"file": (Path(path).name, file)})


def names():
    return [speaker["name"] for speaker in client.get("/speakers").raise_for_status().json()["data"]]


def transcribe(**fields):
    with open(CONVERSATION, "rb") as file:
        return client.post(
            "/audio/transcriptions", data={"model": "bundled", "response_format": "diarized_json", **fields},
            files={"file": ("talk.wav", file)})


def two_at_once_make_one_speaker():
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        answers = [job.result() for job in [pool.submit(enrol, "Ruth") for _ in range(2)]]
    assert [answer.status_code for answer in answers] == [201, 201], [answer.text for answer in answers]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert answers[0].json()["speech_seconds"] > 8, answers[0].text
    assert names() == ["Ruth"]


def the_name_is_taken_where_nothing_is_replaced():
    answer = enrol("RUTH", replace="false")
    assert answer.status_code == 409 and answer.json()["error"]["code"] == "speaker_exists", answer.text


def a_recording_of_two_people_is_refused():
    answer = enrol("Both", CONVERSATION)
    assert answer.status_code == 400 and answer.json()["error"]["code"] == "several_speakers", answer.text


def an_odd_name_is_only_a_name():
    answer = enrol("../../x/山田")
    assert answer.status_code == 201, answer.text
    speaker = answer.json()
    assert client.get("/speakers/" + speaker["id"]).json() == speaker
    assert "../../x/山田" in names()
    assert client.delete("/speakers/" + speaker["id"]).status_code == 204
    assert client.delete("/speakers/" + speaker["id"]).status_code == 404


def nobody_is_forgotten():
    assert names() == ["Ruth"], names()


def the_voice_gets_its_name_and_the_other_a_letter():
    segments = transcribe(speaker_profiles="all").raise_for_status().json()["segments"]
    assert {segment["speaker"] for segment in segments} == {"Ruth", "A"}, segments
    assert segments[0]["speaker"] == "Ruth", segments[0]
    answered = [segment for segment in segments if 14 < segment["start"] and segment["end"] < 19.5]
    assert all(segment["speaker"] == "A" for segment in answered), answered


def without_the_field_nobody_is_known():
    segments = transcribe().raise_for_status().json()["segments"]
    assert {segment["speaker"] for segment in segments} == {"A", "B"}, segments


def an_unknown_name_is_refused():
    answer = transcribe(speaker_profiles="Ruth,Nobody")
    assert answer.status_code == 400 and answer.json()["error"]["param"] == "speaker_profiles", answer.text


def everything_is_forbidden():
    for answer in [client.get("/speakers"), enrol("Ruth"), transcribe(speaker_profiles="all")]:
        assert answer.status_code == 403 and "PARLEY_SPEAKER_PROFILES" in answer.text, answer.text


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
