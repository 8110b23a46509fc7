"""A server with a Whisper model: requests batched together, options, status, models that come and go.

Arguments: the server's URL and the model's id. The model is the tests' own network of random weights: what it writes makes
no sense, but the same recording with the same options must always give the same.
"""

import concurrent.futures
import sys
import threading

import load
import speech
from checks import check, each, run
from raw_http import get, request, send

SENTENCES = [
    "Good morning everyone and thank you for coming.", "How long will the work take?",
    "That is a very good idea.", "We have to talk about the new building today.",
    "The people in the other office need more room.", "Please write a letter to the city this week.",
    "It will take about nine months.", "They helped us with the school two years ago.",
]
# Options that differ from request to request in one batch.
OPTIONS = [
    {}, {"beam_size": 3}, {"without_timestamps": "true"}, {"language": "de"}, {"prompt": "numbers and names"},
    {"temperature": 0.5, "best_of": 2}, {"keywords[]": "Parley"}, {"condition_on_previous_text": "true"},
]
WORDS = {"response_format": "verbose_json", "timestamp_granularities[]": "word", "language": "en"}


def post(model, number, **fields):
    recording = speech.said(SENTENCES[number % 8], ("slt", "rms")[number % 2]).read_bytes()
    return load.post(recording, model=model, **fields)


@check
def the_model_is_listed_and_loaded(url, model):
    listed = {entry["id"]: entry for entry in get(url, "/v1/models").json["data"]}
    assert listed[model]["loaded"] and "bundled" in listed, listed
    assert model in get(url, "/api/ps").json["models"]


@check
def eight_clients_in_one_batch_get_what_they_get_alone(url, model):
    every = [post(model, number, **(WORDS | options)) for number, options in enumerate(OPTIONS)]
    alone = [send(url, bytes) for bytes in every]
    assert all(answer.status == 200 for answer in alone), [answer.body for answer in alone]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda bytes: send(url, bytes), every * 2))
    for options, first, second in zip(OPTIONS * 2, alone * 2, together):
        assert first.body == second.body, (options, first.body, second.body)
    batching = status(url, model)["batching"]
    assert batching["rows"] > batching["batches"], "nothing was batched"


@check
def tokens_of_logprobs_are_the_text(url, model):
    answer = send(url, post(model, 1, language="en", **{"include[]": "logprobs"})).json
    bytes_of_all = b"".join(bytes(entry["bytes"]) for entry in answer["logprobs"])
    assert bytes_of_all.decode("utf-8", "replace").strip() == answer["text"].strip(), answer
    assert all(entry["logprob"] <= 0 for entry in answer["logprobs"])


@check
def a_language_is_heard(url, model):
    answer = send(url, post(model, 2, response_format="verbose_json")).json
    assert answer["language"], answer


@check
def translation_answers(url, model):
    body = post(model, 3).replace(b"/v1/audio/transcriptions", b"/v1/audio/translations", 1)
    answer = send(url, body)
    assert answer.status == 200 and "text" in answer.json, answer.body


@each(("beam_size", "0"), ("patience", "-1"), ("log_prob_threshold", "1"), ("best_of", "many"), ("language", "xx"))
def wrong_options_are_named(url, model, name, value):
    answer = send(url, post(model, 0, **{name: value}))
    assert answer.status == 400 and answer.json["error"]["param"] == name, answer.body


@check
def clients_that_leave_leave_nothing(url, model):
    for number in range(6):
        with load.busy(url, model=model):
            pass
    load.wait_for("empty queue", lambda: status(url, model)["batching"]["queued_rows"] == 0)
    load.wait_for("idle model", lambda: status(url, model)["batching"]["running_rows"] == 0)
    assert send(url, post(model, 4, language="en")).status == 200


@check
def a_model_is_replaced_under_traffic(url, model):
    stop, statuses = threading.Event(), []

    def client(number):
        while not stop.is_set():
            statuses.append(send(url, post(model, number, language="en")).status)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        before = len(statuses)
        assert send(url, request("DELETE", f"/api/ps/{model}")).status in (202, 204)
        load.wait_for("answers after the model was sent away", lambda: len(statuses) >= before + 3)
    stop.set()
    for thread in threads:
        thread.join()
    assert set(statuses) == {200}, statuses


@check
def status_and_metrics_tell_of_batches_and_memory(url, model):
    page = get(url, "/processing-status").json
    assert page["active"] == 0 and page["devices"][0]["device"] == "cpu", page
    assert 0 < page["devices"][0]["free_bytes"] <= page["devices"][0]["total_bytes"]
    metrics = get(url, "/metrics").body.decode()
    for name in ("parley_batch_rows", "parley_models_loaded", "parley_transcriptions_total", "parley_device_memory"):
        assert name in metrics, name


def status(url, model):
    return next(entry for entry in get(url, "/processing-status").json["models"] if entry["id"] == model)


if __name__ == "__main__":
    run(*sys.argv[1:])
