"""A model hub on this machine that speaks the protocol of the Hugging Face hub, with faults on request.

Argument: a folder OWNER/NAME/FILES of repositories. Prints one JSON line with the addresses of the hub and of its
storage, which is another origin. Then takes one JSON object on each line of standard input, answers each with a line,
and ends with standard input:

  {"faults": [...]}   what goes wrong from now on
  {"log": true}       answered with the requests so far, which are forgotten then
  {"release": true}   lets held answers go on

A repository's commit is a digest of its files, so changing a file moves its branch `main`. Networks and their weights
are large files: their checksum is SHA-256, and the hub leads to the storage. A file `.gated` or `.private` makes a
repository ask for the token `good-token`. A file `.siblings` is added to the list as it is.

A fault is an object:

  on      "api", "hub" or "storage"
  match   text in the path; empty for every path
  times   how often it strikes; default 1
  skip    how many matching requests are spared before; default 0
  kind    "status" (with status, headers), "cut" (closes after `bytes` of the body), "hold" (waits there for the release),
          "trickle" (sends `bytes` at a time), "corrupt" (one other byte), "longer" (10 bytes more, no length),
          "no-range" (ignores Range), "other-range" (gives another part than asked for), "redirect" (leads to `to`),
          "headers" (adds `headers`), "junk" (no JSON)
"""

import hashlib
import json
import pathlib
import re
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = "good-token"


class Repository:
    """The files of a folder as one commit."""

    def __init__(self, folder):
        self.folder = folder
        paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
        self.files = {str(path.relative_to(folder)): path.read_bytes() for path in paths}
        digest = hashlib.sha1()
        for name, data in self.files.items():
            digest.update(name.encode() + b"\0" + hashlib.sha256(data).digest())
        self.commit = digest.hexdigest()

    @staticmethod
    def is_large(name):
        return name.endswith((".onnx", ".onnx_data", ".weights", ".bin"))

    @staticmethod
    def blob(data):
        return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()

    def entity_tag(self, name):
        data = self.files[name]
        return hashlib.sha256(data).hexdigest() if self.is_large(name) else self.blob(data)

    def sibling(self, name):
        data = self.files[name]
        entry = {"rfilename": name, "size": len(data), "blobId": self.blob(data)}
        if self.is_large(name):
            entry["lfs"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 134}
        return entry

    def tree_entry(self, name):
        data = self.files[name]
        entry = {"type": "file", "oid": self.blob(data), "size": len(data), "path": name}
        if self.is_large(name):
            entry["lfs"] = {"oid": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 134}
        return entry

    def info(self, name):
        extra = self.folder / ".siblings"
        more = json.loads(extra.read_text()) if extra.exists() else []
        return {
            "id": name, "modelId": name, "sha": self.commit, "private": False, "gated": (self.folder / ".gated").exists(),
            "disabled": False, "downloads": 0, "likes": 0, "tags": [], "cardData": {"license": "mit"},
            "siblings": [self.sibling(file) for file in self.files] + more,
        }


class Hub:
    """What the two servers share."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.faults = []
        self.log = []
        self.lock = threading.Lock()
        self.released = threading.Event()
        self.storage_url = ""

    def repository(self, name):
        folder = self.root / name
        if not re.fullmatch(r"[\w.-]+/[\w.-]+", name) or ".." in name or not folder.is_dir():
            return None
        return Repository(folder)

    def fault(self, place, path):
        """The fault that strikes this request; one at most."""
        with self.lock:
            for fault in self.faults:
                if fault["on"] != place or fault.get("match", "") not in path:
                    continue
                if fault.get("skip", 0) > 0:
                    fault["skip"] -= 1
                    continue
                if fault.setdefault("times", 1) > 0:
                    fault["times"] -= 1
                    return fault
        return {"kind": "none"}

    def obey(self, command):
        """Does what a line of standard input says."""
        with self.lock:
            if "faults" in command:
                self.faults = command["faults"]
                self.released.clear()
            if "release" in command:
                self.released.set()
            log, self.log = self.log, [] if "log" in command else self.log
            return log if "log" in command else []


class Handler(BaseHTTPRequestHandler):
    """Common to hub and storage."""

    protocol_version = "HTTP/1.1"
    hub = None
    place = "hub"

    def log_message(self, *_):
        pass

    def note(self, status):
        with self.hub.lock:
            self.hub.log.append({
                "place": self.place, "method": self.command, "path": self.path, "status": status,
                "range": self.headers.get("Range"), "if_range": self.headers.get("If-Range"),
                "authorization": self.headers.get("Authorization"),
            })

    def answer(self, status, body=b"", headers=(), length=None):
        self.note(status)
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, status, code, message):
        self.answer(status, json.dumps({"error": message}).encode(), {
            "Content-Type": "application/json", "X-Error-Code": code, "X-Error-Message": message})

    def send_status_fault(self, fault):
        self.answer(fault["status"], b"fault", fault.get("headers", {}))

    def send_file(self, data, tag, headers, fault):
        """A file or the asked part of it, with the fault in it."""
        start = self.range_start(data, tag) if fault["kind"] != "no-range" else 0
        if start is None:
            return self.answer(416, b"", {"Content-Range": f"bytes */{len(data)}"})
        headers = {"ETag": f'"{tag}"', "Accept-Ranges": "bytes", **headers, **fault.get("headers", {})}
        status = 200
        if start > 0:
            status = 206
            told = start + 1 if fault["kind"] == "other-range" else start
            headers["Content-Range"] = f"bytes {told}-{len(data) - 1}/{len(data)}"
        body = data[start:]
        if fault["kind"] == "corrupt" and body:
            middle = len(body) // 2
            body = body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1:]
        self.note(status)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if fault["kind"] == "longer":
            body += b"x" * 10
            self.close_connection = True
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.send_body(body, fault)

    def send_body(self, body, fault):
        count = fault.get("bytes", len(body))
        if fault["kind"] == "cut":
            self.wfile.write(body[:count])
            self.wfile.flush()
            self.close_connection = True
            self.connection.close()
        elif fault["kind"] == "hold":
            self.wfile.write(body[:count])
            self.wfile.flush()
            self.hub.released.wait(120)
            self.wfile.write(body[count:])
        elif fault["kind"] == "trickle":
            for at in range(0, len(body), count):
                self.wfile.write(body[at:at + count])
                self.wfile.flush()
                time.sleep(0.005)
        else:
            self.wfile.write(body)

    def range_start(self, data, tag):
        """Where the answer starts: 0 for all of it, None when the part does not exist."""
        match = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        condition = self.headers.get("If-Range")
        if not match or (condition is not None and condition != f'"{tag}"'):
            return 0
        return int(match[1]) if int(match[1]) < len(data) else None

    def handle(self):
        try:
            super().handle()
        except (BrokenPipeError, ConnectionResetError, ValueError):
            pass  # the client has gone, or a fault has closed the connection

    def do_HEAD(self):
        self.do_GET()


class HubHandler(Handler):
    place = "hub"

    def do_GET(self):
        path, _, query = self.path.partition("?")
        api = re.fullmatch(r"/api/models/([^/]+/[^/]+?)(?:/(revision|tree)/([^/]+)(?:/.*)?)?", path)
        self.place = "api" if api else "hub"
        fault = self.hub.fault(self.place, path)
        if fault["kind"] == "status":
            return self.send_status_fault(fault)
        if fault["kind"] == "redirect":
            return self.answer(302, b"", {"Location": fault["to"]})
        if api:
            return self.send_api(*api.groups(), query, fault)
        file = re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path)
        if file:
            return self.send_resolved(file[1], urllib.parse.unquote(file[2]), urllib.parse.unquote(file[3]), fault)
        self.refuse(404, "EntryNotFound", "Not found")

    def repository_for(self, name, revision, is_file):
        """The repository when this client may have it, otherwise a refusal is sent."""
        repository = self.hub.repository(name)
        sent = self.headers.get("Authorization")
        if sent is not None and sent != f"Bearer {TOKEN}":
            self.refuse(401, "", "Invalid credentials in Authorization header")
        elif repository is None or ((repository.folder / ".private").exists() and sent is None):
            self.refuse(404 if sent else 401, "RepoNotFound", "Repository not found")
        elif is_file and sent is None and (repository.folder / ".gated").exists():
            self.refuse(401, "GatedRepo", f"Access to model {name} is restricted.")
        elif revision not in (None, "main", repository.commit):
            self.refuse(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        else:
            return repository
        return None

    def send_api(self, name, kind, revision, query, fault):
        repository = self.repository_for(name, revision and urllib.parse.unquote(revision), False)
        if repository is None:
            return
        if kind == "tree":
            document = [repository.tree_entry(file) for file in repository.files]
        else:
            document = repository.info(name)
            if "blobs=true" not in query:
                document["siblings"] = [{"rfilename": entry["rfilename"]} for entry in document["siblings"]]
        body = b"<html>" if fault["kind"] == "junk" else json.dumps(document).encode()
        self.answer(200, body, {"Content-Type": "application/json", **fault.get("headers", {})})

    def send_resolved(self, name, revision, file, fault):
        repository = self.repository_for(name, revision, True)
        if repository is None:
            return
        if file not in repository.files:
            return self.refuse(404, "EntryNotFound", "Entry not found")
        data, tag = repository.files[file], repository.entity_tag(file)
        headers = {"X-Repo-Commit": repository.commit}
        if not repository.is_large(file):
            return self.send_file(data, tag, headers, fault)
        path = urllib.parse.quote(f"/{name}/{tag}/{file}")
        self.answer(302, b"", {
            **headers, "Location": f"{self.hub.storage_url}{path}?signature=s", "X-Linked-Size": str(len(data)),
            "X-Linked-Etag": f'"{tag}"', "ETag": f'"{tag}"', **fault.get("headers", {})})


class StorageHandler(Handler):
    place = "storage"

    def do_GET(self):
        path = urllib.parse.unquote(self.path.partition("?")[0])
        fault = self.hub.fault("storage", path)
        if fault["kind"] == "status":
            return self.send_status_fault(fault)
        if fault["kind"] == "redirect":
            return self.answer(302, b"", {"Location": fault["to"]})
        owner, name, _, file = (path.lstrip("/") + "///").split("/", 3)
        repository = self.hub.repository(f"{owner}/{name}")
        data = repository and repository.files.get(file.rstrip("/"))
        if data is None:
            return self.answer(404)
        # A storage has tags of its own, which are not the hub's.
        self.send_file(data, hashlib.md5(data).hexdigest(), {}, fault)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


def serve(hub, handler):
    server = Server(("127.0.0.1", 0), type(handler.__name__, (handler,), {"hub": hub}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


if __name__ == "__main__":
    shared = Hub(sys.argv[1])
    shared.storage_url = serve(shared, StorageHandler)
    print(json.dumps({"hub": serve(shared, HubHandler), "storage": shared.storage_url}), flush=True)
    for line in sys.stdin:
        print(json.dumps(shared.obey(json.loads(line))), flush=True)
