"""Many clients at once, streams, clients that go away. Argument: the server's URL."""

import concurrent.futures
import json
import sys

import load
import speech
from checks import check, each, run
from raw_http import chunks, connect, read_headers, send

SENTENCES = [
    "Good morning everyone and thank you for coming.", "How long will the work take?",
    "That is a very good idea.", "We have to talk about the new building today.",
    "The people in the other office need more room.", "Please write a letter to the city this week.",
    "It will take about nine months.", "They helped us with the school two years ago.",
    "How much money do we need?", "I will send it to you before the end of the day.",
]


def requests():
    for number, sentence in enumerate(SENTENCES):
        recording = speech.said(sentence, ("slt", "rms", "awb")[number % 3]).read_bytes()
        kind = ("diarized_json", "verbose_json", "srt")[number % 3]
        extra = {"timestamp_granularities[]": "word"} if kind == "verbose_json" else {}
        yield load.post(recording, response_format=kind, **extra)


@check
def ten_clients_at_once_get_what_they_get_alone(url):
    every = list(requests())
    alone = [send(url, bytes).body for bytes in every]
    assert len(set(alone)) == len(alone), "the recordings are meant to differ"
    with concurrent.futures.ThreadPoolExecutor(len(every)) as pool:
        together = [answer.body for answer in pool.map(lambda bytes: send(url, bytes), every)]
    for sentence, first, second in zip(SENTENCES, alone, together):
        assert first == second, (sentence, first, second)


@each(("json",), ("diarized_json",))
def first_words_come_while_the_rest_is_worked_on(url, kind):
    upload = load.post(speech.cut(speech.sample()[0], 0, 25), stream="true", response_format=kind)
    with connect(url) as connection:
        connection.sendall(upload)
        stream = connection.makefile("rb")
        assert b" 200 " in stream.readline()
        assert read_headers(stream)["content-type"].startswith("text/event-stream")
        events = (json.loads(chunk.removeprefix(b"data: ")) for chunk in chunks(stream) if chunk.startswith(b"data"))
        first = next(event for event in events if event["type"] == "transcript.text.delta")
        assert load.health(url)["active"] == 1, "the work was over when the first words came"
        rest = list(events)
    deltas = [first["delta"], *(event["delta"] for event in rest if event["type"] == "transcript.text.delta")]
    assert len(deltas) > 2, deltas
    assert rest[-1]["type"] == "transcript.text.done" and rest[-1]["text"] == "".join(deltas), rest[-1]


@each(("plain", {}), ("stream", {"stream": "true"}), ("speakers", {"response_format": "diarized_json"}))
def client_that_goes_away_frees_its_place(url, _, fields):
    with load.busy(url, **fields):
        pass


if __name__ == "__main__":
    run(sys.argv[1])
