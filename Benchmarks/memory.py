"""Memory: transcribing ten minutes and an hour, and the server while a large upload arrives."""

import http.client

import recordings
from bench import run, say
from server import Server

# A multiple of the length of what is repeated, in seconds.
PART_SECONDS = 600


def measure(bench):
    part = recordings.generated(bench, "slt,rms,awb,kal16", 60 if bench.is_quick else PART_SECONDS, seed=21)
    rows = []
    for times in (1,) if bench.is_quick else (1, 6):
        path = recordings.repeated(bench, part, times)
        say(f"memory for {path.name}")
        done = run(bench.transcribe("--diarize", "--format", "rttm", path), bench.environment())
        rows.append(
            {"seconds": recordings.seconds(path), "peak_bytes": done.peak_bytes, "wall": done.wall_seconds,
             "cpu": done.cpu_seconds, "speakers": len({line.split()[7] for line in done.output.splitlines()})})
    return {"transcribe": rows, "upload": upload(bench, (64 if bench.is_quick else 2048) << 20)}


def upload(bench, size):
    """What the server's memory grows by while it receives and refuses a file that is no audio."""
    say(f"memory for an upload of {size >> 20} MiB")
    with Server(bench, MAX_UPLOAD_BYTES=size * 2) as server:
        server.reset_peak()
        before = server.memory("VmRSS")
        status = send(server.port, size)
        growth = server.memory("VmHWM") - before
        return {"bytes": size, "status": status, "before_bytes": before, "growth_bytes": growth}


def send(port, size):
    """Posts a file of that many bytes, piece by piece, and gives the status."""
    boundary = "parley-bench"
    head = (
        f'--{boundary}\r\ncontent-disposition: form-data; name="model"\r\n\r\nbundled\r\n'
        f'--{boundary}\r\ncontent-disposition: form-data; name="file"; filename="noise.wav"\r\n\r\n').encode()
    tail = f"\r\n--{boundary}--\r\n".encode()
    block = bytes(range(256)) * 1024

    def body():
        yield head
        for _ in range(size // len(block)):
            yield block
        yield tail

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.request(
        "POST", "/v1/audio/transcriptions", body=body(), headers={
            "content-type": f"multipart/form-data; boundary={boundary}",
            "content-length": str(len(head) + size + len(tail))})
    response = connection.getresponse()
    response.read()
    return response.status
