"""HTTP byte by byte, as no proper client would write it."""

import json
import socket
from urllib.parse import urlsplit

BOUNDARY = "parleytestboundary"


class Answer:
    """A response: status, headers with names in lower case, body."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)


def request(method, target, body=b"", headers=(), version="1.1", host="127.0.0.1"):
    """The bytes of a request; a length is added unless the headers say how long the body is."""
    lines = [f"{method} {target} HTTP/{version}", f"Host: {host}", *headers]
    framed = any(line.lower().startswith(("content-length", "transfer-encoding")) for line in headers)
    if body and not framed:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + body


def part(name, value, filename=None, content_type=None):
    """One part of a multipart body."""
    name = "" if name is None else f'; name="{name}"'
    filename = "" if filename is None else f'; filename="{filename}"'
    value = value if isinstance(value, bytes) else str(value).encode("utf-8")
    kind = f"Content-Type: {content_type}\r\n" if content_type else ""
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data{name}{filename}\r\n{kind}\r\n"
    return head.encode("utf-8", "surrogateescape") + value + b"\r\n"


def form(*parts):
    """A multipart body."""
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


FORM = f"Content-Type: multipart/form-data; boundary={BOUNDARY}"


def connect(url, timeout=120):
    address = urlsplit(url)
    return socket.create_connection((address.hostname, address.port), timeout)


def send(url, *pieces, half_close=False, timeout=120):
    """Sends bytes on a connection of its own and reads one answer; None when the server answers nothing."""
    method = pieces[0].split(b" ", 1)[0]
    with connect(url, timeout) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused while the body was still coming; the answer is there
        return read_answer(connection.makefile("rb"), method)


def read_answer(stream, method=b"GET"):
    line = stream.readline()
    if not line:
        return None
    status, headers = int(line.split()[1]), read_headers(stream)
    if status == 100:
        return read_answer(stream, method)
    if method == b"HEAD" or status == 204:
        return Answer(status, headers, b"")
    if headers.get("transfer-encoding") == "chunked":
        return Answer(status, headers, b"".join(chunks(stream)))
    return Answer(status, headers, stream.read(int(headers["content-length"])))


def read_headers(stream):
    headers = {}
    while (line := stream.readline().strip()):
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    return headers


def chunks(stream):
    """The chunks of a body as they come."""
    while (size := int(stream.readline().split(b";")[0], 16)):
        yield stream.read(size)
        stream.readline()
    stream.readline()


def get(url, path):
    """The answer to a plain GET."""
    return send(url, request("GET", path, headers=["Connection: close"]))
