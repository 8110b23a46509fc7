#!/usr/bin/env python3
"""Writes the vectors that sherpa-onnx gives for some recordings, for SherpaSpeakerParityTests.

    speaker_vectors.py FOLDER_OF_TEST_DATA Tests/ParleySpeechTests/Fixtures/SpeakerEncoders/sherpa_vectors.json

Needs `pip install sherpa-onnx soundfile`.
"""

import json
import pathlib
import sys

import sherpa_onnx
import soundfile

MODEL = "models/embedding/max78000_voxsv.onnx"
CLIPS = [
    "audio/librispeech/1688-142285-0000.flac",
    "audio/librispeech/1998-15444-0007.flac",
    "audio/librispeech/2033-164914-0003.flac",
    "audio/speakers/2609/2609-156975-0001.flac",
    "audio/speakers/3080/3080-5032-0002.flac",
]


def main():
    root = pathlib.Path(sys.argv[1])
    extractor = sherpa_onnx.SpeakerEmbeddingExtractor(
        sherpa_onnx.SpeakerEmbeddingExtractorConfig(model=str(root / MODEL), num_threads=1)
    )
    vectors = {}
    for clip in CLIPS:
        samples, rate = soundfile.read(root / clip, dtype="float32")
        stream = extractor.create_stream()
        stream.accept_waveform(rate, samples)
        stream.input_finished()
        vectors[clip] = [float(f"{value:.7g}") for value in extractor.compute(stream)]
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write(json.dumps({"model": MODEL, "vectors": vectors}, separators=(",", ":")) + "\n")


main()
