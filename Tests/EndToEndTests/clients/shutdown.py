"""SIGTERM while a request is at work and another one waits.

Arguments: URL of a server with one place, process number, number of signals.
"""

import concurrent.futures
import os
import signal
import sys

import openai
from openai import OpenAI

import load
import speech
from checks import check, run
from raw_http import get, send


@check
def signal_while_a_request_is_at_work(url, process, count):
    recording = speech.cut(speech.sample()[0], 0, 45)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        running = pool.submit(send, url, load.post(recording, response_format="diarized_json"))
        load.wait_for("work", lambda: load.health(url)["active"] == 1)
        waiting = pool.submit(transcribe, url)
        load.wait_for("waiting request", lambda: load.health(url)["queued"] == 1)
        os.kill(process, signal.SIGTERM)
        refusal = waiting.exception()
        if count > 1:
            os.kill(process, signal.SIGTERM)
            return
        load.wait_for("end of the service", lambda: is_refused(url))
        answer = running.result()
    assert isinstance(refusal, openai.InternalServerError) and refusal.status_code == 503, repr(refusal)
    assert int(refusal.response.headers["retry-after"]) >= 1, refusal.response.headers
    assert answer.status == 200 and len(answer.json["segments"]) > 2, answer.body


def transcribe(url):
    client = OpenAI(base_url=url + "/v1", api_key="none", max_retries=0, timeout=120)
    return client.audio.transcriptions.create(file=speech.said(), model="bundled")


def is_refused(url):
    """Whether nothing new is taken."""
    try:
        answer = get(url, "/health/ready")
    except OSError:
        return True
    return answer is None or answer.status == 503


if __name__ == "__main__":
    run(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
