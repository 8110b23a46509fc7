#!/usr/bin/env python3
"""Writes what kaldi-native-fbank makes of half a second of speech, for KaldiFbankTests.

    kaldi_fbank.py sense_and_sensibility_01_austen_64kb-0870.wav Tests/ParleyAudioTests/Fixtures/kaldi_fbank.json

The clip is from LibriVox's Sense and Sensibility, which is in the public domain, at its own 16 kHz. In audio that was
resampled, bands that the resampler has emptied hold little but rounding errors, and there the program's own values are
up to 5e-4 away from those of double precision. Needs `pip install kaldi-native-fbank librosa`.
"""

import json
import sys

import kaldi_native_fbank
import librosa
import numpy

START_SECONDS = 0.9
SAMPLE_COUNT = 8_123


def fbank(samples, window, snips_edges, highest, scale):
    options = kaldi_native_fbank.FbankOptions()
    options.frame_opts.dither = 0
    options.frame_opts.window_type = window
    options.frame_opts.snip_edges = snips_edges
    options.mel_opts.num_bins = 80
    options.mel_opts.high_freq = highest
    computer = kaldi_native_fbank.OnlineFbank(options)
    computer.accept_waveform(16_000, (samples * numpy.float32(scale)).tolist())
    computer.input_finished()
    return numpy.stack([computer.get_frame(index) for index in range(computer.num_frames_ready)])


def main():
    audio, _ = librosa.load(sys.argv[1], sr=16_000, mono=True, offset=START_SECONDS, duration=1)
    steps = numpy.clip(numpy.round(audio[:SAMPLE_COUNT] * 32_768), -32_768, 32_767).astype(int)
    steps[6_000:6_800] = 0  # silence, for the floor of the logarithm
    samples = steps.astype(numpy.float32) / 32_768
    cases = []
    for window, snips_edges, highest, scale in [
        ("povey", True, 8_000, 32_768),
        ("hamming", True, 8_000, 32_768),
        ("povey", False, 7_600, 32_768),
        ("hamming", False, 8_000, 1),
    ]:
        frames = fbank(samples, window, snips_edges, highest, scale)
        chosen = [0, 1, 7, 20, 21, 38, 39, 40, len(frames) - 2, len(frames) - 1]
        cases.append(
            {
                "window": window, "snipsEdges": snips_edges, "highestHz": highest, "scale": scale,
                "frameCount": len(frames), "sum": float(frames.astype(numpy.float64).sum()),
                "frames": [[index, [float(f"{value:.8g}") for value in frames[index]]] for index in chosen],
            }
        )
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        text = json.dumps({"samples": steps.tolist(), "cases": cases}, separators=(",", ":"))
        file.write(text.replace("},{", "},\n{") + "\n")


main()
