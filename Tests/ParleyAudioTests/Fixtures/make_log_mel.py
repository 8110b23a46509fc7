#!/usr/bin/env python3
"""Writes what openai/whisper's log_mel_spectrogram makes of a synthetic signal, for LogMelSpectrogramTests.

Needs `pip install openai-whisper`.

    make_log_mel.py log_mel.json
"""

import json
import math
import sys

import numpy
import torch
import whisper


def signal(count):
    """A chirp that repeats each second, with noise from a linear congruential generator and a pause in every fourth."""
    state = 1
    samples = []
    for index in range(count):
        state = (state * 1_664_525 + 1_013_904_223) % (1 << 32)
        noise = state / 4_294_967_296 - 0.5
        time = index % 16_000 / 16_000
        gain = 0.0 if index // 16_000 % 4 == 2 else 1.0
        samples.append(gain * (0.1 * noise + 0.5 * math.sin(2 * math.pi * (200 + 3_000 * time) * time)))
    return numpy.array(samples, dtype=numpy.float32)


def main():
    cases = []
    for mel_count in (80, 128):
        for sample_count in (0, 1, 40_000, 479_990, 496_000):
            audio = whisper.pad_or_trim(torch.from_numpy(signal(sample_count)))
            features = whisper.log_mel_spectrogram(audio, n_mels=mel_count).numpy()
            last = min(2_999, sample_count // 160 + 2)
            frames = sorted({0, 1, 2, last // 3, last // 2, last - 3, last - 2, last - 1, last, 2_998, 2_999} - {-1, -2, -3})
            bands = [0, 1, 7, mel_count // 2, mel_count - 2, mel_count - 1]
            values = [[frame, band, float(f"{features[band, frame]:.7g}")] for frame in frames for band in bands]
            cases.append(
                {
                    "melCount": mel_count,
                    "sampleCount": sample_count,
                    "sum": float(features.astype(numpy.float64).sum()),
                    "values": values,
                }
            )
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        file.write(json.dumps(cases, separators=(",", ":")).replace("},{", "},\n{") + "\n")


if __name__ == "__main__":
    main()
