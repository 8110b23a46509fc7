#!/usr/bin/env python3
"""Decodes the test recordings with openai/whisper and, as a second opinion, with CTranslate2.

    whisper_reference.py --model DIR --data DIR --output DIR [--clips N]

DIR of --model is a transformers checkpoint (model.safetensors and the tokenizer's files); --data is PARLEY_TEST_DATA.
The output: clips/*.wav (what to decode), reference.jsonl, second_opinion.jsonl and mel/*.f32 (little-endian float32
[mels, 3000] of the first clips). One record per clip and mode:

    {"clip", "mode", "tokens", "text", "language", "language_probability", "avg_logprob", "no_speech_prob",
     "words": [{"word", "start", "end", "probability"}], "attempts"}

A mode that does not detect the language has a null language_probability; only `transcribe` has attempts (how often each
window was decoded: 2 where the thresholds asked for the next temperature).
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import ctranslate2
import torch

sys.path.insert(0, str(Path(__file__).parents[1] / "fixtures"))

import openai_model
import recordings
import reference

MODES = {
    "greedy_text": {"language": "en", "without_timestamps": True},
    "greedy_times": {"language": "en"},
    "beam_text": {"language": "en", "without_timestamps": True, "beam_size": 5},
    "beam_times": {"language": "en", "beam_size": 5},
    "greedy_detected": {},
}
BATCH = 13


def main():
    """Reads the arguments, writes the folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("--model", "--data", "--output"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--clips", type=int, default=None)
    options = parser.parse_args()
    waves = list(recordings.collect(options.data, options.output / "clips").items())[: options.clips]
    model, tokenizer = openai_model.load(options.model)
    second = SecondOpinion(options.model, tokenizer("en", "transcribe"))
    mels = options.output / "mel"
    mels.mkdir(exist_ok=True)
    with (
        (options.output / "reference.jsonl").open("w", encoding="utf-8") as first_file,
        (options.output / "second_opinion.jsonl").open("w", encoding="utf-8") as second_file,
    ):
        for first in range(0, len(waves), BATCH):
            batch = waves[first : first + BATCH]
            features = [reference.window_mel(torch.from_numpy(wave), model.dims.n_mels) for _, wave in batch]
            decoded = decode_batch(model, features)
            for (name, wave), mel, results in zip(batch, features, decoded, strict=True):
                if first == 0:
                    mel.numpy().astype("<f4").tofile(mels / f"{name}.f32")
                for record in records(model, tokenizer, mel, wave, results):
                    print(json.dumps({"clip": name} | record, ensure_ascii=False), file=first_file, flush=True)
                for record in second.records(mel):
                    print(json.dumps({"clip": name} | record, ensure_ascii=False), file=second_file, flush=True)


def decode_batch(model, features):
    """Per clip, mode to openai/whisper's result."""
    encoded = model.embed_audio(torch.stack(features)).detach()
    modes = {mode: reference.windows(model, encoded, **options) for mode, options in MODES.items()}
    return [{mode: results[index] for mode, results in modes.items()} for index in range(len(features))]


def records(model, tokenizer, mel, wave, results):
    """openai/whisper's records of one clip."""
    probabilities = reference.language(model, mel)
    for mode, options in MODES.items():
        result = results[mode]
        words = []
        if mode == "greedy_times":
            words = reference.words(model, tokenizer("en", "transcribe"), mel, result["tokens"], len(wave))
        detected = None if "language" in options else probabilities[result["language"]]
        yield record(mode, result, words=words, language_probability=detected)
    result = reference.transcript(model, torch.from_numpy(wave), language="en", word_timestamps=True)
    segments = result["segments"]
    words = [word for segment in segments for word in segment["words"]]
    result["tokens"] = [token for segment in segments for token in segment["tokens"]]
    yield record("transcribe", result, words=words) | {"attempts": result["attempts"]}


def record(mode, result, words=(), language_probability=None):
    """One line of the output."""
    return {
        "mode": mode,
        "tokens": result["tokens"],
        "text": result["text"],
        "language": result["language"],
        "language_probability": language_probability,
        "avg_logprob": result.get("avg_logprob"),
        "no_speech_prob": result.get("no_speech_prob"),
        "words": [{key: word[key] for key in ("word", "start", "end", "probability")} for word in words],
    }


class SecondOpinion:
    """The same weights in CTranslate2, float32, with faster-whisper's options."""

    def __init__(self, folder, tokenizer):
        self.tokenizer = tokenizer
        self.suppressed = json.loads((folder / "generation_config.json").read_text())["suppress_tokens"]
        with tempfile.TemporaryDirectory() as scratch:
            target = f"{scratch}/model"
            ctranslate2.converters.TransformersConverter(str(folder), load_as_float16=False).convert(target)
            self.model = ctranslate2.models.Whisper(target, compute_type="float32", intra_threads=1)

    def records(self, mel):
        """The modes with a given language."""
        features = ctranslate2.StorageView.from_array(mel[None].contiguous().numpy())
        for mode, options in MODES.items():
            if "language" not in options:
                continue
            prompt = [*self.tokenizer.sot_sequence]
            if options.get("without_timestamps"):
                prompt.append(self.tokenizer.no_timestamps)
            result = self.model.generate(
                features, [prompt], beam_size=options.get("beam_size", 1), suppress_tokens=self.suppressed,
                max_length=len(prompt) + 224, return_scores=True, return_no_speech_prob=True,
                max_initial_timestamp_index=50,
            )[0]
            tokens = result.sequences_ids[0]
            yield record(mode, {
                "tokens": tokens,
                "text": self.tokenizer.decode(tokens).strip(),
                "language": "en",
                "avg_logprob": round(result.scores[0] * len(tokens) / (len(tokens) + 1), 6),
                "no_speech_prob": round(result.no_speech_prob, 6),
            })


if __name__ == "__main__":
    main()
