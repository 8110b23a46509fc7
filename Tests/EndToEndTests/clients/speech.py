"""Recordings of known words, synthesised by flite and encoded by ffmpeg."""

import base64
import functools
import json
import os
import re
import subprocess
import tempfile
import wave
from pathlib import Path

SENTENCE = "Good morning everyone, and thank you for coming."
LONGER = "We have to talk about the new building today. How much money do we need before the end of the year?"

_folder = tempfile.TemporaryDirectory(prefix="parley-speech-")
folder = Path(_folder.name)


@functools.cache
def said(text=SENTENCE, voice="slt"):
    """Path of a 16 kHz WAV file with a sentence."""
    path = folder / f"said{abs(hash((text, voice)))}.wav"
    subprocess.run(["flite", "-voice", voice, "-t", text, "-o", path], check=True)
    return path


@functools.cache
def encoded(name, *options, source=None):
    """Path of a file that ffmpeg makes of a sentence, in the format that the name stands for."""
    path = folder / name
    ffmpeg("-i", source or said(), *options, path)
    return path


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-nostdin", "-loglevel", "error", "-y", *map(str, arguments)], check=True)


def words(text):
    """The words of a text in lower case."""
    return re.findall(r"[a-z']+", text.lower())


def share_of_words(heard, expected=SENTENCE):
    """How much of what was said was heard, 0 to 1, in any order."""
    heard = set(words(heard))
    return sum(word in heard for word in words(expected)) / len(words(expected))


def sample():
    """The sample dialogue: the path of its recording, and its turns."""
    prefix = os.path.join(os.environ["PARLEY_DATA_DIR"], "samples", "dialogue")
    with open(prefix + ".json") as file:
        return prefix + ".wav", json.load(file)["turns"]


def samples(path):
    """The sample data of a WAV file."""
    with wave.open(str(path)) as file:
        return file.readframes(file.getnframes())


def cut(path, start, end):
    """Seconds of a WAV file as the bytes of another one."""
    part = folder / f"cut{start}-{end}.wav"
    with wave.open(str(path)) as source, wave.open(str(part), "wb") as target:
        target.setparams(source.getparams())
        source.setpos(round(start * source.getframerate()))
        target.writeframes(source.readframes(round((end - start) * source.getframerate())))
    return part.read_bytes()


def data_url(contents):
    """The bytes of a WAV file as a `data:` URL."""
    return "data:audio/wav;base64," + base64.b64encode(contents).decode()
