"""Files that no honest client uploads: the name, the bytes, and what has to become of them."""

import random
import struct

import speech

SECRET = "kumquat4711"
WORKS, REFUSED, EITHER = {200}, {400}, {200, 400}


def rows():
    """(what, file name, bytes, permitted statuses, least share of the sentence that is understood)"""
    return [*broken(), *unusual(), *malformed_wav(), *references()]


def broken():
    mp3 = speech.encoded("whole.mp3").read_bytes()
    webm = speech.encoded("whole.webm", "-c:a", "libopus").read_bytes()
    m4a = speech.encoded("whole.m4a").read_bytes()
    flac = speech.encoded("whole.flac").read_bytes()
    noise = random.Random(1).randbytes(20_000)
    return [
        ("empty file", "a.wav", b"", REFUSED, 0),
        ("one byte", "a.wav", b"R", REFUSED, 0),
        ("text renamed to wav", "a.wav", b"This is a letter, not a recording.\n" * 40, REFUSED, 0),
        ("HTML", "a.mp3", b"<!DOCTYPE html><html><body>404</body></html>" * 20, REFUSED, 0),
        ("noise bytes", "a.mp3", noise, EITHER, 0),
        ("gzip", "a.ogg", b"\x1f\x8b\x08\x00" + noise, REFUSED, 0),
        ("subtitles", "a.srt", b"1\n00:00:00,000 --> 00:00:01,000\nhello\n\n" * 20, REFUSED, 0),
        ("mp3 cut in the middle", "a.mp3", mp3[: len(mp3) // 2], EITHER, 0),
        ("mp3 of 200 bytes", "a.mp3", mp3[:200], EITHER, 0),
        ("mp3 with holes", "a.mp3", mp3[:4000] + noise[:4000] + mp3[8000:], EITHER, 0),
        ("webm cut in the middle", "a.webm", webm[: len(webm) // 2], EITHER, 0),
        ("m4a without its index", "a.m4a", m4a[: len(m4a) // 2], REFUSED, 0),
        ("flac header only", "a.flac", flac[:42], REFUSED, 0),
        ("endless ID3 tag", "a.mp3", b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + noise, EITHER, 0),
    ]


def unusual():
    def made(name, *options):
        return speech.encoded(name, *options).read_bytes()

    film, image = speech.folder / "silent.mp4", speech.folder / "image.png"
    speech.ffmpeg("-f", "lavfi", "-i", "testsrc=size=64x64:rate=5:duration=1", film)
    speech.ffmpeg("-f", "lavfi", "-i", "testsrc=size=64x64:rate=1:duration=1", "-frames:v", "1", image)
    return [
        ("video without audio", "a.mp4", film.read_bytes(), REFUSED, 0),
        ("image", "a.png", image.read_bytes(), REFUSED, 0),
        ("eight channels", "a.wav", made("eight.wav", "-ac", "8"), WORKS, 0.6),
        ("8 kHz mu-law", "a.wav", made("mulaw.wav", "-ar", "8000", "-c:a", "pcm_mulaw"), WORKS, 0.4),
        ("8-bit samples", "a.wav", made("bits.wav", "-c:a", "pcm_u8"), WORKS, 0.6),
        ("96 kHz floats", "a.wav", made("floats.wav", "-ar", "96000", "-c:a", "pcm_f32le"), WORKS, 0.6),
        ("wrong ending", "a.txt", made("wrong.mp3"), WORKS, 0.6),
        ("0.05 seconds", "a.wav", wav(bytes(1600)), REFUSED, 0),
        ("one second of silence", "a.wav", wav(bytes(32_000)), WORKS, 0),
        ("one second of noise", "a.wav", wav(random.Random(2).randbytes(32_000)), WORKS, 0),
        ("no numbers", "a.wav", wav(struct.pack("<f", float("nan")) * 16_000, bits=32, tag=3), EITHER, 0),
    ]


def wav(data, rate=16_000, channels=1, bits=16, tag=1, claimed=None):
    """A WAV file whose header may lie."""
    size, block = len(data) if claimed is None else claimed, channels * bits // 8
    head = struct.pack(
        "<HHIIHH", tag, channels, rate, rate * block & 0xFFFFFFFF, block & 0xFFFF, bits)
    return (
        b"RIFF" + struct.pack("<I", size + 36 & 0xFFFFFFFF) + b"WAVEfmt " + struct.pack("<I", len(head)) + head
        + b"data" + struct.pack("<I", size) + data)


def malformed_wav():
    samples = speech.samples(speech.said())
    return [
        ("zero-length audio", "a.wav", wav(b""), REFUSED, 0),
        ("length of 4 GiB", "a.wav", wav(samples, claimed=0xFFFFFFFF), WORKS, 0.6),
        ("length of 2 GiB", "a.wav", wav(samples, claimed=0x7FFFFFFF), WORKS, 0.6),
        ("length of one sample more", "a.wav", wav(samples, claimed=len(samples) + 2), WORKS, 0.6),
        ("length of nothing", "a.wav", wav(samples, claimed=0), EITHER, 0),
        ("no channels", "a.wav", wav(samples, channels=0), REFUSED, 0),
        ("65535 channels", "a.wav", wav(samples, channels=65_535), REFUSED, 0),
        ("no sample rate", "a.wav", wav(samples, rate=0), REFUSED, 0),
        ("4 GHz", "a.wav", wav(samples, rate=0xFFFFFFFF), EITHER, 0),
        ("unknown codec", "a.wav", wav(samples, tag=0x4242), REFUSED, 0),
        ("1000 bits", "a.wav", wav(samples, bits=1000), REFUSED, 0),
    ]


def references():
    """Files that point at a local file, whose words must not come out."""
    text = speech.folder / "secret.txt"
    text.write_text((SECRET + "\n") * 50)
    sound = speech.said(speech.LONGER)
    link, playlist = f"file://{sound}", "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{}\n#EXT-X-ENDLIST\n"
    contents = [
        ("m3u8 to a text", "a.m3u8", playlist.format(text)),
        ("m3u8 to a recording", "a.m3u8", playlist.format(link)),
        ("m3u8 called wav", "a.wav", playlist.format(sound)),
        ("m3u8 to a network", "a.m3u8", playlist.format("http://127.0.0.1:9/x.ts")),
        ("m3u", "a.m3u", f"{sound}\n"),
        ("ffconcat", "a.ffconcat", f"ffconcat version 1.0\nfile '{sound}'\n"),
        ("ffconcat to a text", "a.wav", f"ffconcat version 1.0\nfile '{text}'\n"),
        ("pls", "a.pls", f"[playlist]\nFile1={sound}\nNumberOfEntries=1\nVersion=2\n"),
        ("xspf", "a.xspf", XSPF.format(link)),
        ("dash", "a.mpd", DASH.format(link)),
        ("sdp", "a.sdp", "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n"),
        ("image sequence", "a.jpg", f"{speech.folder}/%03d.png"),
    ]
    rows = [(what, name, contents.encode(), REFUSED, 0) for what, name, contents in contents]
    return [*rows, ("mp4 with its data elsewhere", "a.mov", external_reference(sound), EITHER, 0)]


XSPF = """<?xml version="1.0" encoding="UTF-8"?><playlist version="1" xmlns="http://xspf.org/ns/0/">
<trackList><track><location>{}</location></track></trackList></playlist>"""

DASH = """<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"
mediaPresentationDuration="PT9S" profiles="urn:mpeg:dash:profile:isoff-main:2011"><Period><AdaptationSet
mimeType="audio/mp4"><Representation id="1" bandwidth="1"><BaseURL>{}</BaseURL><SegmentBase/></Representation>
</AdaptationSet></Period></MPD>"""


def external_reference(path):
    """A QuickTime file whose samples are those of a local file, by a data reference of type `alis`."""
    alias = bytes(10) + b"\x01V".ljust(28, b"\0") + bytes(12) + b"\x01f".ljust(64, b"\0") + bytes(16)
    alias += struct.pack(">hh", 1, 1) + bytes(16)
    place = f"V:{path}".encode()
    alias += struct.pack(">HH", 2, len(place)) + place + b"\0" * (len(place) % 2) + struct.pack(">hH", -1, 0)
    entry = struct.pack(">I4sI", 12 + len(alias), b"alis", 0) + alias
    table = struct.pack(">II", 0, 1) + entry
    film = speech.encoded("external.mov", "-c:a", "pcm_s16le").read_bytes()
    return replaced(film, [b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"], table)


def replaced(boxes, path, contents):
    """MP4 boxes with the contents of one box, given by its path, replaced."""
    result, position = b"", 0
    while position < len(boxes):
        size, kind = struct.unpack(">I4s", boxes[position : position + 8])
        inside = boxes[position + 8 : position + size]
        if kind == path[0]:
            inside = contents if len(path) == 1 else replaced(inside, path[1:], contents)
        result += struct.pack(">I4s", len(inside) + 8, kind) + inside
        position += size
    return result
