#!/usr/bin/env python3
"""Keeps a server under mixed load and writes down its memory: requests of all kinds, clients that go away, bad uploads,
models that come and go.

    mixed_load.py --parley BINARY --model DIR --data DIR --clips DIR --minutes 30 --output FILE.json [--clients 4]

The output holds the resident memory each half minute, how many requests ended how, and what the server says of its
places and queues at the end.
"""

import argparse
import http.client
import json
import os
import random
import re
import subprocess
import threading
import time
from pathlib import Path

PAUSE_SECONDS = 0.4
SAMPLE_SECONDS = 30
BOUNDARY = "parley-mixed-load"


def main():
    """Reads the arguments, runs the load, writes the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("--parley", "--model", "--data", "--clips", "--output"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    server, port = start(options)
    try:
        result = load(options, server.pid, port)
    finally:
        server.terminate()
        server.wait(60)
    options.output.write_text(json.dumps(result, indent=1) + "\n")


def start(options):
    """The server and its port."""
    server = subprocess.Popen(
        [options.parley, "serve", "--port", "0", "--model", options.model, "--model-ttl", "20s", "--log-level", "error"],
        stdout=subprocess.PIPE, text=True, env=os.environ | {"PARLEY_DATA_DIR": str(options.data)})
    return server, int(re.search(r":(\d+)", server.stdout.readline())[1])


def load(options, pid, port):
    """Clients in threads, samples of the memory in this one."""
    clips = [path.read_bytes() for path in sorted(options.clips.glob("*.wav"))]
    outcomes, lock, end = {}, threading.Lock(), time.monotonic() + 60 * options.minutes
    model = options.model.name

    def client(number):
        draw = random.Random(options.seed * 1000 + number)
        while time.monotonic() < end:
            kind, outcome = one_request(draw, port, clips, model)
            with lock:
                outcomes[f"{kind}: {outcome}"] = outcomes.get(f"{kind}: {outcome}", 0) + 1
            time.sleep(PAUSE_SECONDS * draw.random() * 2)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(options.clients)]
    for thread in threads:
        thread.start()
    begin, samples = time.monotonic(), []
    while time.monotonic() < end:
        samples.append({"seconds": round(time.monotonic() - begin), "rss_bytes": resident(pid)})
        time.sleep(min(SAMPLE_SECONDS, max(0, end - time.monotonic())))
    for thread in threads:
        thread.join()
    time.sleep(1)
    samples.append({"seconds": round(time.monotonic() - begin), "rss_bytes": resident(pid)})
    return {"samples": samples, "outcomes": outcomes, "status": ask(port, "GET", "/processing-status")}


def one_request(draw, port, clips, model):
    """A request of a random kind and how it ended."""
    kind = draw.choice(["json", "words", "speakers", "stream", "other model", "leave", "leave", "noise", "reload"])
    fields = {"model": model}
    if kind == "words":
        fields |= {"response_format": "verbose_json", "timestamp_granularities[]": "word"}
    elif kind == "speakers":
        fields |= {"response_format": "diarized_json"}
    elif kind == "stream":
        fields |= {"stream": "true"}
    elif kind == "other model":
        fields |= {"model": "bundled"}
    elif kind == "reload":
        method = draw.choice(["POST", "DELETE"])
        return kind, ask(port, method, f"/api/ps/{draw.choice([model, 'bundled'])}", wants_status=True)
    audio = draw.randbytes(20_000) if kind == "noise" else draw.choice(clips)
    return kind, post(port, fields, audio, leave_after=draw.random() * 0.5 if kind == "leave" else None)


def post(port, fields, audio, leave_after):
    """The status of a transcription, or that the client left."""
    parts = [
        f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()]
    parts.append(
        f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'.encode() + audio
        + f"\r\n--{BOUNDARY}--\r\n".encode())
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request(
        "POST", "/v1/audio/transcriptions", b"".join(parts),
        {"content-type": f"multipart/form-data; boundary={BOUNDARY}"})
    if leave_after is not None:
        time.sleep(leave_after)
        connection.close()
        return "left"
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status


def ask(port, method, path, wants_status=False):
    """The JSON of an answer, or its status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request(method, path)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status if wants_status else json.loads(body)


def resident(pid):
    """Resident memory of a process in bytes."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) * 1024


if __name__ == "__main__":
    main()
