#!/usr/bin/env python3
"""Diarizes recordings with sherpa-onnx from PyPI and prints the turns as JSON.

    diarization_peer.py --segmentation FILE --embedding FILE [--threshold T...] [--threads N] FILE.wav...

Runs in a process of its own, so that its peak memory is its own. The number of speakers is estimated from the
threshold, as no caller gives it. Prints one JSON line for each recording and threshold: the turns as start, end and
speaker, the seconds it took with loaded models, and the process's peak memory so far.
"""

import argparse
import json
import resource
import time
import wave

import numpy
import sherpa_onnx


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--segmentation", required=True, help="pyannote segmentation in sherpa-onnx's layout")
    parser.add_argument("--embedding", required=True, help="speaker embeddings in sherpa-onnx's layout")
    parser.add_argument("--threshold", type=float, nargs="+", default=[0.6], help="of the clustering (default 0.6)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("recordings", nargs="+", metavar="FILE.wav", help="16 kHz, mono, 16 bit")
    arguments = parser.parse_args()
    configuration = configured(arguments, arguments.threshold[0])
    diarizer = sherpa_onnx.OfflineSpeakerDiarization(configuration)
    for path in arguments.recordings:
        samples = read(path, diarizer.sample_rate)
        for threshold in arguments.threshold:
            diarizer.set_config(configured(arguments, threshold))
            start, start_cpu = time.perf_counter(), time.process_time()
            turns = diarizer.process(samples).sort_by_start_time()
            seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - start_cpu
            print(json.dumps({
                "path": path, "threshold": threshold, "audio_seconds": len(samples) / diarizer.sample_rate,
                "seconds": seconds, "cpu_seconds": cpu_seconds,
                "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                "turns": [[turn.start, turn.end, f"S{turn.speaker}"] for turn in turns]}), flush=True)


def configured(arguments, threshold):
    return sherpa_onnx.OfflineSpeakerDiarizationConfig(
        segmentation=sherpa_onnx.OfflineSpeakerSegmentationModelConfig(
            pyannote=sherpa_onnx.OfflineSpeakerSegmentationPyannoteModelConfig(model=arguments.segmentation),
            num_threads=arguments.threads),
        embedding=sherpa_onnx.SpeakerEmbeddingExtractorConfig(
            model=arguments.embedding, num_threads=arguments.threads),
        clustering=sherpa_onnx.FastClusteringConfig(num_clusters=-1, threshold=threshold))


def read(path, sample_rate):
    with wave.open(path) as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (sample_rate, 1, 2):
            raise SystemExit(f"diarization_peer: {path} is not {sample_rate} Hz mono 16 bit")
        return numpy.frombuffer(file.readframes(file.getnframes()), dtype=numpy.int16).astype(numpy.float32) / 32768


if __name__ == "__main__":
    main()
