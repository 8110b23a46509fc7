"""What it takes to keep a server busy and to see that it is."""

import contextlib
import functools
import time

import speech
from raw_http import FORM, connect, form, get, part, request


def health(url):
    return get(url, "/health").json


def wait_for(what, is_true, seconds=120):
    """Polls until something is true."""
    end = time.monotonic() + seconds
    while not (last := is_true()):
        assert time.monotonic() < end, f"no {what} within {seconds} s"
        time.sleep(0.05)
    return last


@functools.cache
def long_recording():
    """Ten minutes of talk: more than any check waits for."""
    path = speech.folder / "long.ogg"
    speech.ffmpeg("-stream_loop", "9", "-i", speech.sample()[0], "-c:a", "libopus", "-b:a", "16k", path)
    return path.read_bytes()


def post(contents, filename="a.wav", headers=(), **fields):
    """A transcription request."""
    fields.setdefault("model", "bundled")
    body = form(part("file", contents, filename), *(part(name, value) for name, value in fields.items()))
    return request("POST", "/v1/audio/transcriptions", body, [FORM, "Connection: close", *headers])


@contextlib.contextmanager
def busy(url, headers=(), **fields):
    """Keeps one place of the server busy until the end of the block, when the client goes away."""
    before = health(url)["active"]
    upload = post(long_recording(), "long.ogg", headers, **fields)
    with connect(url) as connection:
        connection.sendall(upload)
        wait_for("work", lambda: health(url)["active"] == before + 1)
        yield
    wait_for("end of the work of a client that has gone", lambda: health(url)["active"] <= before)
