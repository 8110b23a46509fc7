"""Keys, overload and sizes, seen by the official client.

Arguments: URL of a server with one place, one waiting, the key "right-key" and uploads of at most 4 MiB.
"""

import concurrent.futures
import sys

import openai
from openai import OpenAI

import load
import speech
from checks import check, run
from raw_http import get

KEY = "right-key"


def client(url, key=KEY, **options):
    return OpenAI(base_url=url + "/v1", api_key=key, timeout=120, **{"max_retries": 0, **options})


def transcribe(url, **options):
    return client(url, **options).audio.transcriptions.create(file=speech.said(), model="bundled")


def raises(kind, call):
    try:
        answer = call()
    except openai.APIStatusError as error:
        assert type(error) is kind, repr(error)
        return error
    raise AssertionError(f"no {kind.__name__}: {answer}")


@check
def keys(url):
    for wrong in ("wrong-key", KEY + "x", KEY[:-1]):
        error = raises(openai.AuthenticationError, lambda: client(url, wrong).models.list())
        assert error.code == "invalid_api_key" and error.type == "invalid_request_error", error.body
        assert KEY not in str(error.body), error.body
    raises(openai.AuthenticationError, lambda: transcribe(url, key="wrong-key"))
    assert client(url).models.list().data
    assert get(url, "/v1/models").status == 401
    for path in ("/health", "/health/live", "/health/ready", "/openapi.json"):
        assert get(url, path).status == 200, path


@check
def overload(url):
    with concurrent.futures.ThreadPoolExecutor() as pool, load.busy(url, [f"Authorization: Bearer {KEY}"]):
        waiting = pool.submit(transcribe, url)
        load.wait_for("waiting request", lambda: load.health(url)["queued"] == 1)
        for _ in range(3):
            error = raises(openai.RateLimitError, lambda: transcribe(url))
            assert error.type == "rate_limit_error" and error.code == "rate_limit_exceeded", error.body
            assert int(error.response.headers["retry-after"]) >= 1, error.response.headers
        assert not waiting.done()
        persistent = pool.submit(transcribe, url, max_retries=20)
    # The busy client has gone: the one that waited and the one that tries again both get in.
    for answer in (waiting.result(), persistent.result()):
        assert speech.share_of_words(answer.text) >= 0.75, answer


@check
def large_upload(url):
    error = raises(openai.APIStatusError, lambda: client(url).audio.transcriptions.create(
        file=("a.wav", bytes(5 << 20)), model="bundled"))
    assert error.status_code == 413 and "Maximum content size limit" in error.body["message"], error.body


if __name__ == "__main__":
    run(sys.argv[1])
