#!/usr/bin/env python3
"""Times other programs on the weights of make_random_whisper.py, each in a process of its own.

    whisper_peers.py --models DIR --audio FILE [--peer NAME ...] [--precision fp32 int8] [--beam 1 5] [--threads 2]
                     [--clients N]

Whole windows of 30 s, English, no timestamps, no fallback and no thresholds: every program decodes the same number of
windows and, by the weights, the same number of tokens in each. With `--clients` so many threads ask for the windows one by
one, as requests of different users would. Prints one JSON line per run: seconds, real-time factor, peak resident memory
after loading and decoding, and the characters of the transcript.
"""

import argparse
import concurrent.futures
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import soundfile

SAMPLE_RATE = 16000
WINDOW = 30 * SAMPLE_RATE


def main():
    """Runs what is asked for, one process each; with --run, is that process."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--audio", type=Path, required=True, help="WAV, 16 kHz mono")
    parser.add_argument("--peer", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--precision", nargs="+", default=["fp32", "int8"])
    parser.add_argument("--beam", nargs="+", type=int, default=[1])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--clients", type=int, default=1)
    parser.add_argument("--run", action="store_true")
    options = parser.parse_args()
    for peer in options.peer:
        for precision in options.precision:
            for beam in options.beam:
                if beam > 1 and peer in GREEDY_ONLY or precision == "int8" and peer in FLOAT_ONLY:
                    continue
                if options.run:
                    measure(options, peer, precision, beam)
                else:
                    subprocess.run([
                        sys.executable, __file__, "--run", "--models", options.models, "--audio", options.audio,
                        "--peer", peer, "--precision", precision, "--beam", str(beam), "--threads", str(options.threads),
                        "--clients", str(options.clients),
                    ], check=False)


def measure(options, peer, precision, beam):
    """One run; the first window is decoded before the clock starts."""
    wave, rate = soundfile.read(options.audio, dtype="float32")
    if rate != SAMPLE_RATE:
        raise SystemExit("the audio must be at 16 kHz")
    wave = wave[: len(wave) // WINDOW * WINDOW]
    transcribe = PEERS[peer](options.models, precision, beam, options.threads)
    transcribe(wave[:WINDOW])
    start, start_cpu = time.perf_counter(), time.process_time()
    text = transcribe(wave) if options.clients == 1 else together(transcribe, windows(wave), options.clients)
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - start_cpu
    print(json.dumps({
        "program": peer, "precision": precision, "beam": beam, "threads": options.threads, "clients": options.clients,
        "audio_seconds": len(wave) / SAMPLE_RATE, "seconds": round(seconds, 2), "cpu_seconds": round(cpu_seconds, 2),
        "rtf": round(seconds * SAMPLE_RATE / len(wave), 5),
        "peak_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "characters": len(text),
    }), flush=True)


def together(transcribe, parts, clients):
    """The texts of windows that so many threads ask for."""
    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        return "".join(pool.map(transcribe, parts))


def windows(wave):
    """The wave in stretches of 30 s."""
    return [wave[first : first + WINDOW] for first in range(0, len(wave), WINDOW)]


def ct2_model(models, precision, threads):
    """faster-whisper's model; int8 is quantised while it loads."""
    from faster_whisper import WhisperModel

    kind = "float32" if precision == "fp32" else "int8"
    return WhisperModel(str(models / "ct2"), device="cpu", compute_type=kind, cpu_threads=threads)


def faster_whisper(models, precision, beam, threads):
    """faster-whisper, one window after another."""
    model = ct2_model(models, precision, threads)

    def transcribe(wave):
        segments, _ = model.transcribe(
            wave, language="en", beam_size=beam, temperature=0.0, condition_on_previous_text=False,
            without_timestamps=True, compression_ratio_threshold=None, log_prob_threshold=None,
            no_speech_threshold=None,
        )
        return "".join(segment.text for segment in segments)

    return transcribe


def faster_whisper_batched(models, precision, beam, threads):
    """faster-whisper, eight windows at a time."""
    from faster_whisper import BatchedInferencePipeline

    pipeline = BatchedInferencePipeline(ct2_model(models, precision, threads))

    def transcribe(wave):
        clips = [{"start": first / SAMPLE_RATE, "end": (first + WINDOW) / SAMPLE_RATE} for first in range(0, len(wave), WINDOW)]
        segments, _ = pipeline.transcribe(
            wave, language="en", beam_size=beam, batch_size=8, vad_filter=False, clip_timestamps=clips,
            without_timestamps=True, temperature=0.0,
        )
        return "".join(segment.text for segment in segments)

    return transcribe


def sherpa_onnx(models, precision, _, threads):
    """sherpa-onnx; it decodes a batch of streams one by one."""
    import sherpa_onnx

    suffix = ".int8.onnx" if precision == "int8" else ".onnx"
    folder = models / "sherpa"
    recognizer = sherpa_onnx.OfflineRecognizer.from_whisper(
        encoder=str(folder / f"random-encoder{suffix}"), decoder=str(folder / f"random-decoder{suffix}"),
        tokens=str(folder / "random-tokens.txt"), language="en", task="transcribe", num_threads=threads,
    )

    def transcribe(wave):
        streams = []
        for window in windows(wave):
            streams.append(recognizer.create_stream())
            streams[-1].accept_waveform(SAMPLE_RATE, window)
        recognizer.decode_streams(streams)
        return "".join(stream.result.text for stream in streams)

    return transcribe


def onnx_asr(models, precision, _, threads, batch=1):
    """onnx-asr on the merged decoder, `batch` windows at a time."""
    import onnx_asr
    import onnxruntime

    session = onnxruntime.SessionOptions()
    session.intra_op_num_threads = threads
    quantization = None if precision == "fp32" else precision
    model = onnx_asr.load_model("whisper", str(models / "hf"), quantization=quantization, sess_options=session)

    def transcribe(wave):
        parts = windows(wave)
        texts = []
        for first in range(0, len(parts), batch):
            texts += model.recognize(parts[first : first + batch], sample_rate=SAMPLE_RATE, language="en")
        return "".join(texts)

    return transcribe


def onnx_asr_batched(models, precision, beam, threads):
    """onnx-asr, eight windows at a time."""
    return onnx_asr(models, precision, beam, threads, batch=8)


def whisper_cpp(models, _, beam, threads):
    """whisper.cpp."""
    from pywhispercpp.model import Model

    search = {"params_sampling_strategy": 1, "beam_search": {"beam_size": beam, "patience": -1.0}} if beam > 1 else {}
    model = Model(str(models / "ggml" / "ggml-random.bin"), n_threads=threads, print_progress=False, print_realtime=False,
                  redirect_whispercpp_logs_to=None, **search)

    def transcribe(wave):
        segments = model.transcribe(
            np.ascontiguousarray(wave), language="en", no_timestamps=True, temperature_inc=0.0, no_context=True,
        )
        return "".join(segment.text for segment in segments)

    return transcribe


PEERS = {
    "faster-whisper": faster_whisper, "faster-whisper-batched": faster_whisper_batched, "sherpa-onnx": sherpa_onnx,
    "onnx-asr": onnx_asr, "onnx-asr-batched": onnx_asr_batched, "whisper.cpp": whisper_cpp,
}
GREEDY_ONLY = ("sherpa-onnx", "onnx-asr", "onnx-asr-batched")
FLOAT_ONLY = ("whisper.cpp",)

if __name__ == "__main__":
    main()
