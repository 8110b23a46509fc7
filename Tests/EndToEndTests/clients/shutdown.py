"""SIGTERM while a request is at work. Arguments: URL, process number, number of signals."""

import concurrent.futures
import os
import signal
import sys

import load
import speech
from checks import check, run
from raw_http import get, send


@check
def signal_while_a_request_is_at_work(url, process, count):
    recording = speech.cut(speech.sample()[0], 0, 25)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        running = pool.submit(send, url, load.post(recording, response_format="diarized_json"), timeout=120)
        load.wait_for("work", lambda: load.health(url)["active"] == 1)
        os.kill(process, signal.SIGTERM)
        load.wait_for("end of the service", lambda: is_refused(url))
        if count > 1:
            os.kill(process, signal.SIGTERM)
            return
        answer = running.result()
    assert answer.status == 200 and len(answer.json["segments"]) > 2, answer.body


def is_refused(url):
    """Whether nothing new is taken."""
    try:
        answer = get(url, "/health/ready")
    except OSError:
        return True
    return answer is None or answer.status == 503


if __name__ == "__main__":
    run(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
