#!/usr/bin/env python3
"""Recognises recordings with PocketSphinx from PyPI at its default settings and prints the words as JSON.

    peer.py --model FOLDER --cut segmenter|slices [--states N] FILE.wav...

Runs in a process of its own, so that its time and memory can be measured from outside. Each piece of audio is one
utterance that is decoded as a whole. The pieces are those that its own Segmenter finds with its default settings, or
slices of 15 s that go on without regard to speech. `--states` limits the search as Parley does.
"""

import argparse
import json
import wave
from pathlib import Path

from pocketsphinx import Decoder, Segmenter

SLICE_SECONDS = 15


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="folder laid out as Debian's pocketsphinx-en-us")
    parser.add_argument("--cut", choices=("segmenter", "slices"), default="segmenter")
    parser.add_argument("--states", type=int, help="most states searched in a frame (default the library's)")
    parser.add_argument("recordings", nargs="+", metavar="FILE.wav", help="16 kHz, mono, 16 bit")
    arguments = parser.parse_args()
    decoder = Decoder(
        hmm=str(arguments.model / "en-us"), lm=str(arguments.model / "en-us.lm.bin"),
        dict=str(arguments.model / "cmudict-en-us.dict"), loglevel="FATAL",
        **({"maxhmmpf": arguments.states} if arguments.states else {}))
    print(json.dumps({path: recognize(decoder, path, arguments.cut) for path in arguments.recordings}))


def recognize(decoder, path, cut):
    """The words of a recording in order."""
    words = []
    with wave.open(path) as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (16000, 1, 2):
            raise SystemExit(f"peer: {path} is not 16 kHz mono 16 bit")
        for pcm in pieces(file, cut):
            decoder.start_utt()
            decoder.process_raw(pcm, full_utt=True)
            decoder.end_utt()
            words += [segment.word.partition("(")[0] for segment in decoder.seg() if segment.word[0] not in "<[+"]
    return " ".join(words)


def pieces(file, cut):
    if cut == "segmenter":
        for segment in Segmenter(sample_rate=file.getframerate()).segment(file.getfp()):
            yield segment.pcm
    else:
        while pcm := file.readframes(SLICE_SECONDS * file.getframerate()):
            yield pcm


if __name__ == "__main__":
    main()
