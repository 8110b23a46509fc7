"""What openai/whisper's decoding, timing and transcription give, as plain records.

Every record is made by openai/whisper's own functions; they are only watched (token log-probabilities and margins of the
greedy search, number of attempts of the temperature fallback).
"""

import contextlib

import torch
import whisper
from whisper.audio import HOP_LENGTH, N_FRAMES
from whisper.timing import find_alignment

DIGITS = 6


def window_mel(wave, mel_bins):
    """Log-mel of the first 30 s, the wave padded with silence, [mels, 3000]."""
    return whisper.log_mel_spectrogram(whisper.pad_or_trim(wave), mel_bins)


def language(model, mel):
    """Code to probability."""
    _, probabilities = model.detect_language(mel)
    return {code: round(value, DIGITS) for code, value in sorted(probabilities.items())}


def windows(model, encoded, **options):
    """Encoded windows [N, 1500, width] decoded together at temperature 0: tokens, text, scores for each.

    A greedy search also gives its tokens' log-probabilities; where it met the end of the text, the end's own is the last.
    openai/whisper's beam search takes one window at a time.
    """
    if "beam_size" in options and len(encoded) > 1:
        return [record for window in encoded for record in windows(model, window[None], **options)]
    with watched_greedy_search(len(encoded)) as steps:
        results = model.decode(encoded, whisper.DecodingOptions(fp16=False, **options))
    return [window_record(result, row) for result, row in zip(results, steps, strict=True)]


def window_record(result, steps):
    """One window as a record."""
    record = {
        "tokens": result.tokens,
        "text": result.text,
        "language": result.language,
        "avg_logprob": round(result.avg_logprob, DIGITS),
        "no_speech_prob": round(result.no_speech_prob, DIGITS),
        "compression_ratio": round(result.compression_ratio, DIGITS),
    }
    if steps:
        record["token_logprobs"] = [round(logprob, 3) for logprob, _ in steps]
        record["smallest_margin"] = round(min(margin for _, margin in steps), 5)
    return record


@contextlib.contextmanager
def watched_greedy_search(count):
    """Collects, per window, each token's log-probability and its lead over the second; nothing in a beam search."""
    decoder = whisper.decoding.GreedyDecoder
    update, steps = decoder.update, [[] for _ in range(count)]

    def watched(self, tokens, logits, sum_logprobs):
        ended = (tokens[:, -1] == self.eot).tolist()
        best = logits.float().log_softmax(-1).topk(2, dim=-1).values.tolist()
        for row, (first, second) in enumerate(best):
            if not ended[row]:
                steps[row].append((first, first - second))
        return update(self, tokens, logits, sum_logprobs)

    decoder.update = watched
    try:
        yield steps
    finally:
        decoder.update = update


def words(model, tokenizer, mel, tokens, sample_count):
    """Word times of a window by attention and DTW, before any correction by pauses."""
    text = [token for token in tokens if token < tokenizer.eot]
    frames = min(sample_count // HOP_LENGTH, N_FRAMES)
    return [
        {
            "word": entry.word,
            "tokens": entry.tokens,
            "start": round(float(entry.start), 2),
            "end": round(float(entry.end), 2),
            "probability": round(float(entry.probability), DIGITS),
        }
        for entry in find_alignment(model, tokenizer, text, mel, frames)
        if entry.tokens[0] < tokenizer.eot
    ]


def transcript(model, wave, **options):
    """The whole recording: segments, and for each window how often it was decoded.

    A temperature of (0.0, 0.0) makes the fallback's decision visible without its randomness: two attempts where the
    first did not pass.
    """
    attempts = []
    with watched_fallback(model, attempts):
        result = whisper.transcribe(model, wave, fp16=False, verbose=None, temperature=(0.0, 0.0), **options)
    return {
        "text": result["text"],
        "language": result["language"],
        "attempts": attempts,
        "segments": [_segment(segment) for segment in result["segments"]],
    }


@contextlib.contextmanager
def watched_fallback(model, attempts):
    """Counts the decodings of each window: a second one of the same features is an attempt of the fallback."""
    decode, last = model.decode, []

    def watched(segment, options):
        if last and last[0] is segment:
            attempts[-1] += 1
        else:
            last[:] = [segment]
            attempts.append(1)
        return decode(segment, options)

    model.decode = watched
    try:
        yield
    finally:
        del model.decode


def _segment(segment):
    record = {key: segment[key] for key in ("seek", "text", "tokens", "temperature")}
    record |= {key: round(float(segment[key]), 3) for key in ("start", "end")}
    scores = ("avg_logprob", "compression_ratio", "no_speech_prob")
    record |= {key: round(float(segment[key]), DIGITS) for key in scores}
    if "words" in segment:
        record["words"] = [
            {"word": word["word"]} | {key: round(float(word[key]), 3) for key in ("start", "end", "probability")}
            for word in segment["words"]
        ]
    return record


def perturbed(model, scale):
    """Changes the weights in place by a relative `scale`: results that survive do not hang on rounding."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(1 + scale * torch.randn(parameter.shape, generator=generator))
    return model
