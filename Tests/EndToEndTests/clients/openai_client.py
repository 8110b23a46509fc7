"""The official client against a server: formats, streams, speakers, errors, headers. Argument: the server's URL."""

import asyncio
import json
import re
import sys

import openai
from openai import AsyncOpenAI, OpenAI

import speech
from checks import check, each, run

FORMATS = {
    "wav": (), "mp3": ("-b:a", "64k"), "m4a": (), "ogg": ("-c:a", "libvorbis"), "webm": ("-c:a", "libopus"),
    "flac": (), "mp4": ("-c:a", "aac"), "mpga": ("-f", "mp3"), "opus": (),
}


def transcribe(client, path=None, **options):
    options.setdefault("model", "bundled")
    return client.audio.transcriptions.create(file=path or speech.said(), **options)


def is_understood(text):
    assert speech.share_of_words(text) >= 0.75, text


@each(*FORMATS.items())
def upload(client, ending, options):
    is_understood(transcribe(client, speech.encoded(f"upload.{ending}", *options)).text)


@check
def upload_of_video(client):
    path = speech.folder / "film.mp4"
    speech.ffmpeg("-f", "lavfi", "-i", "testsrc=size=64x64:rate=5", "-i", speech.said(), "-shortest", path)
    is_understood(transcribe(client, path).text)


@check
def upload_of_open_file_and_of_bytes(client):
    with open(speech.said(), "rb") as file:
        from_file = transcribe(client, file).text
    from_bytes = transcribe(client, ("clip.wav", speech.said().read_bytes(), "audio/wav")).text
    is_understood(from_file)
    assert from_file == from_bytes, (from_file, from_bytes)


@each(("whisper-1", "duration"), ("gpt-4o-transcribe", "tokens"), ("bundled", "duration"))
def json_format(client, model, usage):
    answer = transcribe(client, model=model, response_format="json")
    is_understood(answer.text)
    assert answer.usage.type == usage, answer.usage
    if usage == "tokens":
        assert answer.usage.total_tokens == answer.usage.input_tokens + answer.usage.output_tokens > 0, answer.usage
    else:
        assert 2 <= answer.usage.seconds <= 6, answer.usage


@check
def text_format(client):
    answer = transcribe(client, response_format="text")
    assert isinstance(answer, str), answer
    is_understood(answer)


@each(
    ("srt", r"1\n00:00:0\d,\d{3} --> 00:00:0\d,\d{3}\n\S"),
    ("vtt", r"WEBVTT\n\n00:00:0\d\.\d{3} --> 00:00:0\d\.\d{3}\n\S"),
)
def subtitle_format(client, name, pattern):
    answer = transcribe(client, model="whisper-1", response_format=name)
    assert re.match(pattern, answer), answer
    is_understood(answer)


@check
def verbose_json_format(client):
    answer = transcribe(client, model="whisper-1", response_format="verbose_json")
    assert answer.language == "english" and 2 < answer.duration < 6, answer
    assert answer.segments and answer.words is None, answer
    joined = "".join(segment.text for segment in answer.segments)
    assert joined.strip() == answer.text, (joined, answer.text)
    for number, segment in enumerate(answer.segments):
        assert segment.id == number and 0 <= segment.start < segment.end <= answer.duration, segment
        assert segment.avg_logprob <= 0 < segment.compression_ratio and 0 <= segment.no_speech_prob <= 1, segment
        assert segment.seek is not None and segment.tokens is not None and segment.temperature == 0, segment


@each(("word",), ("word", "segment"), ("segment",))
def granularities(client, *names):
    answer = transcribe(
        client, model="whisper-1", response_format="verbose_json", timestamp_granularities=list(names))
    assert (answer.words is not None) == ("word" in names), answer
    assert (answer.segments is not None) == ("segment" in names), answer
    times = [(word.start, word.end) for word in answer.words or []]
    assert times == sorted(times) and all(0 <= start < end <= answer.duration for start, end in times), times
    if answer.words:
        assert " ".join(word.word for word in answer.words).split() == answer.text.split(), answer


@check
def diarized_json_format(client):
    answer = transcribe(
        client, model="gpt-4o-transcribe-diarize", response_format="diarized_json", chunking_strategy="auto")
    assert answer.task == "transcribe" and 2 < answer.duration < 6, answer
    assert [segment.id for segment in answer.segments][:1] == ["seg_001"], answer
    assert {segment.speaker for segment in answer.segments} == {"A"}, answer
    assert all(segment.type == "transcript.text.segment" for segment in answer.segments), answer
    lines = [f"{segment.speaker}: {segment.text}" for segment in answer.segments]
    assert answer.text == "\n".join(lines), answer


def strategies():
    return [
        ("auto", "auto"),
        ("object", {"type": "server_vad", "threshold": 0.4, "prefix_padding_ms": 200, "silence_duration_ms": 400}),
        ("least object", {"type": "server_vad"}),
    ]


@each(*strategies())
def chunking_strategy(client, _, strategy):
    is_understood(transcribe(client, model="gpt-4o-transcribe-diarize", chunking_strategy=strategy).text)


def check_stream(events):
    """What is true of every stream; returns its text."""
    kinds = [event.type for event in events]
    assert kinds.count("transcript.text.done") == 1 and kinds[-1] == "transcript.text.done", kinds
    text = "".join(event.delta for event in events if event.type == "transcript.text.delta")
    assert text == events[-1].text, (text, events[-1].text)
    assert events[-1].usage.type == "tokens", events[-1]
    return text


@each(("bundled",), ("gpt-4o-transcribe",), ("gpt-4o-mini-transcribe",))
def stream(client, model):
    events = list(transcribe(client, model=model, stream=True))
    is_understood(check_stream(events))
    assert {event.type for event in events} == {"transcript.text.delta", "transcript.text.done"}, events


@check
def stream_with_speakers(client):
    events = list(transcribe(
        client, model="gpt-4o-transcribe-diarize", chunking_strategy="auto", response_format="diarized_json",
        stream=True))
    is_understood(check_stream(events))
    segments = [event for event in events if event.type == "transcript.text.segment"]
    deltas = [event for event in events if event.type == "transcript.text.delta"]
    assert [segment.id for segment in segments] == [delta.segment_id for delta in deltas], events
    assert [segment.text for segment in segments] == [delta.delta.strip() for delta in deltas], events
    assert all(segment.speaker and segment.start < segment.end for segment in segments), events


@check
def whisper_1_ignores_stream(client):
    answer = client.audio.transcriptions.with_raw_response.create(
        file=speech.said(), model="whisper-1", extra_body={"stream": "true"})
    assert answer.headers["content-type"].startswith("application/json"), answer.headers


@check
def log_probabilities(client):
    answer = transcribe(client, model="gpt-4o-transcribe", include=["logprobs"])
    assert "".join(entry.token for entry in answer.logprobs) == answer.text, answer
    assert all(entry.logprob <= 0 for entry in answer.logprobs), answer
    assert all(bytes(map(int, entry.bytes)).decode() == entry.token for entry in answer.logprobs), answer


@check
def log_probabilities_in_stream(client):
    events = list(transcribe(client, model="gpt-4o-transcribe", include=["logprobs"], stream=True))
    pieces = [entry.token for event in events[:-1] for entry in event.logprobs]
    assert "".join(pieces) == "".join(entry.token for entry in events[-1].logprobs) == events[-1].text, events


@check
def extension_fields(client):
    answer = transcribe(
        client, response_format="verbose_json", extra_body={"num_speakers": 1, "enable_speaker_diarization": True})
    assert {segment.speaker for segment in answer.segments} == {"A"}, answer
    answer = transcribe(
        client, response_format="diarized_json",
        extra_body={"min_speakers": 1, "max_speakers": 3, "align": False, "track": 0})
    assert answer.segments, answer


@check
def prompt_language_and_temperature(client):
    is_understood(transcribe(client, model="whisper-1", prompt="A meeting.", language="en", temperature=0.2).text)


@check
def models(client):
    ids = [model.id for model in client.models.list()]
    assert {"bundled", "whisper-1", "gpt-4o-transcribe-diarize"} <= set(ids), ids
    for model in ids:
        assert client.models.retrieve(model).id == model, model
    raises(openai.NotFoundError, "model", lambda: client.models.retrieve("whisper-9"))


def raises(kind, param, call):
    try:
        answer = call()
    except kind as error:
        assert type(error) is kind, error
        assert error.param == param and error.type == "invalid_request_error" and error.body["message"], error.body
        assert {"message", "type", "param", "code"} <= set(error.body), error.body
        assert error.request_id, error
    else:
        raise AssertionError(f"no {kind.__name__}: {answer}")


@check
def translation(client):
    raises(
        openai.BadRequestError, "model",
        lambda: client.audio.translations.create(file=speech.said(), model="whisper-1"))


@each(
    ("response_format", dict(response_format="xml")),
    ("response_format", dict(model="gpt-4o-transcribe", response_format="srt")),
    ("response_format", dict(model="bundled", response_format="srt", stream=True)),
    ("temperature", dict(temperature=2)),
    ("language", dict(language="klingon")),
    ("chunking_strategy", dict(model="gpt-4o-transcribe-diarize")),
    ("prompt", dict(model="gpt-4o-transcribe-diarize", chunking_strategy="auto", prompt="x")),
    ("include", dict(model="whisper-1", include=["logprobs"])),
    ("timestamp_granularities", dict(model="gpt-4o-transcribe", timestamp_granularities=["word"])),
    ("known_speaker_names", dict(extra_body={"known_speaker_names": ["Ann"] * 5})),
    ("frobnicate", dict(extra_body={"frobnicate": "1"})),
)
def bad_request(client, param, options):
    raises(openai.BadRequestError, param, lambda: transcribe(client, **options))


@check
def unknown_model(client):
    raises(openai.NotFoundError, "model", lambda: transcribe(client, model="whisper-9"))


@check
def unreadable_upload(client):
    raises(openai.BadRequestError, None, lambda: transcribe(client, ("notes.wav", b"these are no sounds " * 50)))


@check
def headers(client):
    answer = client.audio.transcriptions.with_raw_response.create(file=speech.said(), model="bundled")
    assert answer.headers["x-request-id"], answer.headers
    assert answer.headers["openai-processing-ms"].isdigit(), answer.headers
    assert answer.parse()._request_id == answer.headers["x-request-id"], answer.headers
    assert json.loads(answer.text)["text"] == answer.parse().text, answer.text


@check
def asynchronous_client(client):
    async def three():
        async with AsyncOpenAI(base_url=client.base_url, api_key="none", max_retries=0, timeout=120) as asynchronous:
            calls = [
                asynchronous.audio.transcriptions.create(file=speech.said(), model="bundled") for _ in range(3)
            ]
            return await asyncio.gather(*calls)

    texts = {answer.text for answer in asyncio.run(three())}
    assert len(texts) == 1, texts
    is_understood(texts.pop())


if __name__ == "__main__":
    run(OpenAI(base_url=sys.argv[1] + "/v1", api_key="none", max_retries=0, timeout=120), at_once=2)
