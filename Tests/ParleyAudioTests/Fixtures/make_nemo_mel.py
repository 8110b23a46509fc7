#!/usr/bin/env python3
"""Writes what NeMo's FilterbankFeatures makes of a synthetic signal, for NeMoMelSpectrogramTests.

The features are stated anew with torch.stft and librosa.filters.mel. Needs `pip install torch librosa`.

    make_nemo_mel.py nemo_mel.json
"""

import json
import sys

import librosa
import numpy
import torch

from make_log_mel import signal


def features(samples, mel_count, pad_mode):
    audio = torch.from_numpy(samples).double()
    audio = torch.cat([audio[:1], audio[1:] - 0.97 * audio[:-1]])
    window = torch.hann_window(400, periodic=False, dtype=torch.float64)
    spectrum = torch.stft(
        audio, n_fft=512, hop_length=160, win_length=400, center=True, window=window, return_complex=True, pad_mode=pad_mode
    )
    filters = librosa.filters.mel(sr=16_000, n_fft=512, n_mels=mel_count, fmin=0, fmax=8_000, dtype=numpy.float64)
    return torch.log(torch.from_numpy(filters) @ spectrum.abs().pow(2) + 2.0**-24).T.numpy()


def normalized(frames):
    return (frames - frames.mean(axis=0)) / (frames.std(axis=0, ddof=1) + 1e-5)


def main():
    cases = []
    for mel_count, sample_count, pad_mode in [(80, 20_000, "constant"), (80, 20_000, "reflect"), (128, 20_080, "constant")]:
        plain = features(signal(sample_count), mel_count, pad_mode)
        even = normalized(plain)
        frames = [0, 1, 2, 50, len(plain) - 2, len(plain) - 1]
        bands = [0, 1, 7, mel_count // 2, mel_count - 2, mel_count - 1]
        cases.append(
            {
                "melCount": mel_count,
                "sampleCount": sample_count,
                "isReflected": pad_mode == "reflect",
                "frameCount": len(plain),
                "values": [
                    [frame, band, float(f"{plain[frame, band]:.7g}"), float(f"{even[frame, band]:.7g}")]
                    for frame in frames
                    for band in bands
                ],
            }
        )
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        file.write(json.dumps(cases, separators=(",", ":")).replace("},{", "},\n{") + "\n")


main()
