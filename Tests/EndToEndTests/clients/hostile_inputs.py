"""Hostile input against a server, which has to answer each with the right status and stay in good health.

Argument: the server's URL.
"""

import json
import os
import re
import sys

import hostile_files
import hostile_requests
import speech
from checks import check, each, run
from raw_http import connect, get, request, send
from hostile_requests import post, upload

# What an answer must not tell: places on this machine, memory, code.
LEAKS = re.compile(
    rf"/tmp|/root|/home|/usr|/var|/etc/|{re.escape(os.environ['PARLEY_DATA_DIR'])}|parley-|\.swift|0x[0-9a-f]{{6}}"
    rf"|stack|libav|{hostile_files.SECRET}", re.IGNORECASE)


def verify(url, answer, statuses, param=None):
    """What is true of every answer."""
    assert answer is not None, "the connection was closed without an answer"
    assert answer.status in statuses, (answer.status, answer.body[:500])
    text = answer.body.decode()
    if answer.status >= 400:
        error = json.loads(text)["error"]
        assert set(error) == {"message", "type", "param", "code"}, error
        assert isinstance(error["message"], str) and len(error["message"]) > 10, error
        assert error["type"] in {"invalid_request_error", "server_error"}, error
        assert (error["type"] == "invalid_request_error") or answer.status in (413, 501, 505), error
        assert param is None or error["param"] == param, error
        assert answer.headers["content-type"] == "application/json" and answer.headers["x-request-id"], answer.headers
        assert not LEAKS.search(error["message"].replace(hostile_requests.STRANGE_PATH, "")), error
    assert hostile_files.SECRET not in text, text
    health = get(url, "/health")
    assert health.status == 200 and health.json["status"] == "ok", health.body


@each(*hostile_files.rows())
def file(url, what, name, contents, statuses, least_share):
    answer = send(url, post(upload(file=contents, filename=name)))
    verify(url, answer, statuses)
    if least_share:
        assert speech.share_of_words(answer.json["text"]) >= least_share, answer.body
    if what.startswith(("m3u", "ffconcat", "pls", "xspf", "dash", "mp4 with its data")):
        assert speech.share_of_words(answer.body.decode(), speech.LONGER) < 0.4, answer.body


@each(*hostile_requests.field_rows())
def field(url, what, fields, status, param):
    verify(url, send(url, post(upload(*fields))), {status}, param)


@each(*hostile_requests.model_rows())
def model(url, what, name, status):
    verify(url, send(url, post(upload(model=name))), {status}, "model")


@each(*hostile_requests.form_rows())
def form(url, what, contents, statuses):
    verify(url, send(url, contents), statuses)


@each(*hostile_requests.good_rows())
def odd_but_good(url, what, pieces):
    answer = send(url, *pieces)
    verify(url, answer, {200})
    assert speech.share_of_words(answer.json["text"]) >= 0.75, answer.body


@each(*hostile_requests.wire_rows())
def wire(url, what, contents, statuses):
    verify(url, send(url, contents), statuses)


@check
def body_cut_off_by_closing_the_sending_side(url):
    whole = post(upload())
    answer = send(url, whole[: len(whole) // 2], half_close=True)
    # Whoever closes counts as gone and need not be answered.
    if answer is not None:
        verify(url, answer, {400})
    assert get(url, "/health").status == 200


@check
def connection_cut_off_in_the_body(url):
    whole = post(upload())
    for end in (10, 300, len(whole) // 2, len(whole) - 1):
        with connect(url) as connection:
            connection.sendall(whole[:end])
        assert get(url, "/health").status == 200, end


@each(("GET", 200), ("HEAD", 200), ("OPTIONS", 204))
def health_by(url, method, status):
    answer = send(url, request(method, "/health", headers=["Connection: close"]))
    assert answer.status == status, (answer.status, answer.headers)
    assert bool(answer.body) == (method == "GET"), answer.body


@each(("/health/live",), ("/health/ready",), ("/openapi.json",), ("/v1/models",), ("/v1/models/whisper-1",))
def page(url, path):
    answer = get(url, path)
    assert answer.status == 200 and answer.json, answer.body


@check
def openapi_names_every_field(url):
    paths = get(url, "/openapi.json").json["paths"]
    assert {"/v1/audio/transcriptions", "/v1/audio/translations", "/v1/models", "/health"} <= set(paths), list(paths)


if __name__ == "__main__":
    run(sys.argv[1])
