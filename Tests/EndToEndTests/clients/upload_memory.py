"""A large upload goes to disk: the server's memory does not grow with it. Arguments: URL, process number, MiB."""

import sys
from pathlib import Path

import load
from checks import check, run
from raw_http import BOUNDARY, FORM, connect, part, read_answer, request

PIECE = bytes(1 << 20)
ALLOWED_MIB = 64


def memory_mib(process, name):
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) / 1024
    raise AssertionError(f"no {name}")


def upload(url, size_mib):
    """Sends a file of zeros, which is no recording, and then a field that the route does not have."""
    begin = part("file", b"", "long.wav").removesuffix(b"\r\n")
    end = b"\r\n" + part("frobnicate", "1") + f"--{BOUNDARY}--\r\n".encode()
    length = len(begin) + size_mib * len(PIECE) + len(end)
    with connect(url, timeout=240) as connection:
        connection.sendall(request(
            "POST", "/v1/audio/transcriptions", begin, [FORM, f"Content-Length: {length}", "Connection: close"]))
        for _ in range(size_mib):
            connection.sendall(PIECE)
        connection.sendall(end)
        return read_answer(connection.makefile("rb"))


@check
def memory_does_not_grow_with_an_upload(url, process, size_mib):
    assert upload(url, 8).status == 400
    before = memory_mib(process, "VmRSS")
    Path(f"/proc/{process}/clear_refs").write_text("5")  # from here on VmHWM is the peak of this upload
    answer = upload(url, size_mib)
    growth = memory_mib(process, "VmHWM") - before
    assert answer.status == 400 and answer.json["error"]["param"] == "frobnicate", answer.body
    assert growth <= ALLOWED_MIB, f"{growth:.0f} MiB more than the {before:.0f} MiB before"
    assert load.health(url)["status"] == "ok"


if __name__ == "__main__":
    run(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
