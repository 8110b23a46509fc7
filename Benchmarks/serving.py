"""The server under concurrent clients: short transcriptions and health checks."""

import concurrent.futures
import http.client
import threading
import time

import recordings
from bench import say
from server import Server

CLIENTS = (1, 2, 4, 8)


def measure(bench):
    wav = recordings.generated(bench, "slt,rms", 8, seed=31).path
    seconds = recordings.seconds(wav)
    boundary = "parley-bench"
    fields = b"".join(
        f'--{boundary}\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in (("model", "bundled"), ("response_format", "json")))
    body = (
        fields + f'--{boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'.encode()
        + wav.read_bytes() + f"\r\n--{boundary}--\r\n".encode())
    headers = {"content-type": f"multipart/form-data; boundary={boundary}"}
    with Server(bench, QUEUE_LENGTH=64) as server:
        post = ("POST", "/v1/audio/transcriptions", body, headers)
        requests(server.port, 2, 2, post)  # loads the second decoder
        transcriptions = []
        for clients in CLIENTS:
            say(f"serving: {clients} clients")
            count = clients if bench.is_quick else 6 * clients
            transcriptions.append({"clients": clients} | requests(server.port, clients, count, post))
        get = ("GET", "/health", None, {})
        count = 200 if bench.is_quick else 5000
        health = [{"clients": clients} | requests(server.port, clients, count, get) for clients in (1, 8)]
    return {"clip_seconds": seconds, "transcriptions": transcriptions, "health": health}


def requests(port, clients, count, request):
    """Sends a number of requests over as many kept-alive connections as there are clients.

    Returns requests per second and the median and 95th percentile of the time for an answer.
    """
    connections = threading.local()
    method, path, body, headers = request

    def one(_):
        if not hasattr(connections, "it"):
            connections.it = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        start = time.monotonic()
        connections.it.request(method, path, body=body, headers=headers)
        response = connections.it.getresponse()
        response.read()
        if response.status != 200:
            raise SystemExit(f"bench: {path} answered {response.status}")
        return time.monotonic() - start

    start = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        times = sorted(pool.map(one, range(count)))
    elapsed = time.monotonic() - start
    return {
        "requests": count, "per_second": count / elapsed, "median": times[len(times) // 2],
        "p95": times[min(len(times) - 1, round(0.95 * (len(times) - 1)))]}
