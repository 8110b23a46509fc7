"""Requests that no honest client sends: fields that are wrong, forms that are broken, HTTP that is none."""

import functools
import gzip

import speech
from raw_http import BOUNDARY, FORM, form, part, request

PATH = "/v1/audio/transcriptions"
STRANGE_PATH = "../../../etc/passwd"


@functools.cache
def recording():
    return speech.said().read_bytes()


def upload(*fields, file=None, filename="a.wav", model="bundled"):
    """A form with a good recording and these fields; a field is a name and a value."""
    parts = [part("file", recording() if file is None else file, filename, "audio/wav")]
    parts += [part("model", model)] if model is not None else []
    return form(*parts, *(part(name, value) for name, value in fields))


def post(body, *headers, path=PATH, **options):
    return request("POST", path, body, [FORM, *headers, "Connection: close"], **options)


def field_rows():
    """(what, fields, status, `param` of the error); the model is `bundled` unless a field says otherwise."""
    strategy, short = "chunking_strategy", speech.data_url(speech.cut(speech.said(), 0, 0.5))
    good = speech.data_url(speech.said().read_bytes())

    def one(name, *values, status=400, param=None):
        base = param or name.split("[")[0]
        return [(f"{name} = {value[:40]!r}", [(name, value)], status, base) for value in values]

    return [
        *one("response_format", "xml", "JSON ", "../json"),
        *one("temperature", "2", "-1", "nan", "inf", "warm", "1e400"),
        *one("language", "klingon", "e", "de", "en-US\r\nX: y"),
        *one("stream", "maybe"),
        *one("include[]", "secrets"),
        *one("timestamp_granularities[]", "sentence"),
        *one(strategy, "sometimes", "{", "[]"),
        *one(strategy, '{"type":"client_vad"}', param=f"{strategy}[type]"),
        *one(strategy, '{"type":"server_vad","threshold":9}', param=f"{strategy}[threshold]"),
        *one(strategy, '{"type":"server_vad","silence_duration_ms":-1}', param=f"{strategy}[silence_duration_ms]"),
        *one(f"{strategy}[threshold]", "0.5", param=f"{strategy}[type]"),
        *one(f"{strategy}[colour]", "red", param=f"{strategy}[colour]"),
        *one("num_speakers", "0", "-1", "65", "two", "99999999999999999999"),
        *one("track", "-1", "x"),
        *one("track", "7", param="file"),
        *one("align", "true"),
        *one("enable_speaker_diarization", "perhaps"),
        *one("frobnicate", "1", param="frobnicate"),
        *one("model[0]", "x", param="model[0]"),
        *one("prompt", "x" * 100_000),
        *one("prompt", b"\xff\xfe"),
        ("min above max", [("min_speakers", "3"), ("max_speakers", "2")], 400, "min_speakers"),
        ("field twice", [("temperature", "0"), ("temperature", "1")], 400, "temperature"),
        ("5 names", [("known_speaker_names[]", f"n{i}") for i in range(5)], 400, "known_speaker_names"),
        ("names without references", [("known_speaker_names[]", "Ann")], 400, "known_speaker_references"),
        ("references without names", [("known_speaker_references[]", good)], 400, "known_speaker_names"),
        ("one name twice", 2 * known("Ann", good), 400, "known_speaker_names"),
        ("reference that is a path", known("Ann", "file:///etc/passwd"), 400, "known_speaker_references"),
        ("reference that is an address", known("Ann", "http://127.0.0.1:9/a.wav"), 400, "known_speaker_references"),
        ("reference without base64", known("Ann", "data:audio/wav,abc"), 400, "known_speaker_references"),
        ("reference of no sound", known("Ann", "data:audio/wav;base64,QUJD"), 400, "known_speaker_references"),
        ("reference too short", known("Ann", short), 400, "known_speaker_references"),
        ("bracket bomb", [("chunking_strategy" + "[a]" * 1000, "1")], 400, ("chunking_strategy" + "[a]" * 1000)[:100]),
    ]


def known(name, reference):
    return [("known_speaker_names[]", name), ("known_speaker_references[]", reference)]


def model_rows():
    """(what, model, status)"""
    return [
        ("missing model", None, 400), ("empty model", "", 400), ("unknown model", "whisper-9", 404),
        ("model that is a path", STRANGE_PATH, 404), ("model with NUL", "bundled\0x", 404),
        ("long model", "m" * 60_000, 404),
    ]


def form_rows():
    """(what, bytes of the request, permitted statuses)"""
    whole = upload()
    nameless = form(part("file", recording(), "a.wav"), part("model", "bundled"), part(None, "x"))
    two = form(part("file", recording(), "a.wav"), part("file", recording(), "b.wav"), part("model", "bundled"))
    as_text = form(part("file", "hello"), part("model", "bundled"))
    many = form(*(part("temperature", "") for _ in range(400)))
    json = b'{"model": "bundled", "file": "a.wav"}'
    header = f"--{BOUNDARY}\r\nX: {'x' * 20_000}\r\n\r\n\r\n--{BOUNDARY}--\r\n".encode()

    def typed(body, kind):
        return request("POST", PATH, body, [f"Content-Type: {kind}", "Connection: close"])

    return [
        ("part without a name", post(nameless), {400}),
        ("no file", post(form(part("model", "bundled"))), {400}),
        ("two files", post(two), {400}),
        ("file as a text field", post(as_text), {400}),
        ("400 parts", post(many), {400}),
        ("part with a long header", post(header), {400}),
        ("no body", post(b""), {400}),
        ("preamble only", post(b"no boundary here" * 50), {400}),
        ("missing terminator", post(whole[: whole.rindex(b"--" + BOUNDARY.encode())]), {400}),
        ("form cut in the middle", post(whole[: len(whole) // 2]), {400}),
        ("wrong boundary", typed(whole, "multipart/form-data; boundary=another"), {400}),
        ("missing boundary", typed(whole, "multipart/form-data"), {400}),
        ("boundary of 500 characters", typed(whole, "multipart/form-data; boundary=" + "b" * 500), {400}),
        ("JSON body", typed(json, "application/json"), {400}),
        ("URL-encoded body", typed(b"model=bundled", "application/x-www-form-urlencoded"), {400}),
        ("no content type", request("POST", PATH, whole, ["Connection: close"]), {400}),
        ("compressed body", post(gzip.compress(whole), "Content-Encoding: gzip"), {400, 415}),
        ("translation", post(whole, path="/v1/audio/translations"), {400}),
        ("field of another route", post(upload(("language", "en")), path="/v1/audio/translations"), {400}),
    ]


def good_rows():
    """(what, pieces of the request) that look odd and have to work"""
    whole = upload()
    chunks = [b"%x\r\n%b\r\n" % (len(whole[i : i + 9000]), whole[i : i + 9000]) for i in range(0, len(whole), 9000)]
    head = request("POST", PATH, b"", [FORM, f"Content-Length: {len(whole)}", "Connection: close"])
    quoted = f'Content-Type: Multipart/Form-Data; boundary="{BOUNDARY}"'
    return [
        ("chunked upload", [post(b"", "Transfer-Encoding: chunked"), *chunks, b"0\r\n\r\n"]),
        ("expectation of 100-continue", [post(whole, "Expect: 100-continue")]),
        ("small pieces", [head, *(whole[i : i + 700] for i in range(0, len(whole), 700))]),
        ("file name with a path", [post(upload(filename="../../etc/passwd"))]),
        ("file name of a drive", [post(upload(filename="C:\\\\temp\\\\a.wav"))]),
        ("file name in Unicode", [post(upload(filename="会議 – réunion 🎙.wav"))]),
        ("file name with a quote", [post(upload(filename='a\\"b.wav'))]),
        ("file name that is long", [post(upload(filename="a" * 3000 + ".wav"))]),
        ("quoted boundary", [request("POST", PATH, whole, [quoted, "Connection: close"])]),
        ("slash at the end", [post(whole, path=PATH + "/")]),
        ("empty optional fields", [post(upload(("language", ""), ("prompt", ""), ("temperature", "")))]),
    ]


def wire_rows():
    """(what, bytes of the request, permitted statuses; None: the connection may be closed without an answer)"""
    whole = upload()

    def get(target, *headers, method="GET", **options):
        return request(method, target, b"", [*headers, "Connection: close"], **options)

    return [
        ("two lengths", post(whole, f"Content-Length: {len(whole)}", "Content-Length: 7"), {400}),
        ("length and chunks", post(b"0\r\n\r\n", "Content-Length: 5", "Transfer-Encoding: chunked"), {400}),
        ("negative length", post(b"", "Content-Length: -1"), {400}),
        ("length above the limit", post(b"", "Content-Length: 99999999999999"), {413}),
        ("gzip coding", post(b"", "Transfer-Encoding: gzip"), {501}),
        ("broken chunk", post(b"zz\r\nx", "Transfer-Encoding: chunked"), {400}),
        ("other expectation", post(b"", "Expect: miracles", "Content-Length: 0"), {417}),
        ("file name with NUL", post(upload(filename="a\0b.wav")), {200, 400}),
        ("GET on a POST route", get(PATH), {405}),
        ("PUT on a POST route", request("PUT", PATH, whole, [FORM, "Connection: close"]), {405}),
        ("POST on a GET route", request("POST", "/v1/models", b"{}", ["Connection: close"]), {405}),
        ("unknown path", get("/v1/audio/speech"), {404}),
        ("unknown model in the path", get("/v1/models/..%2f..%2fetc%2fpasswd"), {400, 404}),
        ("path traversal", get("/../../etc/passwd"), {400}),
        ("escaped traversal", get("/%2e%2e/%2e%2e/etc/passwd"), {400}),
        ("broken escape", get("/%zz"), {400}),
        ("NUL in the path", get("/health%00"), {400}),
        ("markup in the path", get("/<script>"), {400, 404}),
        ("long address", get("/" + "a" * 100_000), {414, 431}),
        ("long header", get("/health", "X-Long: " + "a" * 100_000), {431}),
        ("1000 headers", get("/health", *(f"X-{i}: 1" for i in range(1000))), {431}),
        ("NUL in a header", get("/health", "X-Nul: a\0b"), {400}),
        ("folded header", get("/health", "X-Folded: a\r\n b"), {400}),
        ("no host", b"GET /health HTTP/1.1\r\n\r\n", {400}),
        ("HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 505}),
        ("TLS", bytes.fromhex("16030100c8010000c40303") + bytes(200), {400}),
        ("no protocol", b"hello\r\n\r\n", {400}),
        ("unknown method", get("/health", method="BREW"), {405, 501}),
        ("CONNECT", b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n", {400, 405}),
    ]
