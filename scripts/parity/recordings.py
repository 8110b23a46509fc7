"""The recordings of the parity run, each written as 16 kHz mono WAV so that no resampler comes between."""

import csv
import subprocess

import numpy as np
import soundfile
import whisper

SAMPLE_RATE = 16000

# Sentences of the 204-word vocabulary that the small checkpoint knows.
SENTENCES = (
    "Please send the report to the team before Friday.",
    "Where is the new ticket for the museum?",
    "Sarah and Peter will visit the bank on Monday morning.",
    "We need twelve minutes for the database.",
    "The train to Berlin is late.",
    "Good evening Thomas.",
    "Can you review our contract today?",
    "My doctor should call me at half past nine.",
    "Is Julia free tomorrow afternoon?",
    "I have seven questions for the customer.",
    "What is the problem with the firewall?",
    "Cancel the meeting in the library.",
    "The budget was small and the project is important.",
    "Martin must book a hotel in Paris for three weeks.",
    "Yes thank you.",
    "The dinner with Grace is on Saturday at the restaurant.",
)
VOICES = ("slt", "rms", "awb", "kal16")
READ = ("librispeech/*.flac", 5), ("ljspeech/*.wav", 3)


def collect(data, folder):
    """Writes every recording into `folder` and returns name to wave, float32 at 16 kHz."""
    folder.mkdir(parents=True, exist_ok=True)
    waves = dict(clips(data)) | dict(turns(data)) | dict(spoken(folder)) | dict(read(data))
    for name, wave in waves.items():
        soundfile.write(folder / f"{name}.wav", np.rint(wave * 32768).clip(-32768, 32767).astype(np.int16), SAMPLE_RATE)
    return waves


def clips(data):
    """The synthetic clips, the silence and the noise."""
    for path in sorted((data / "audio" / "clips").glob("*.wav")):
        if path.stem != "dialogue1":
            yield path.stem, whisper.load_audio(str(path))


def turns(data):
    """The dialogue cut into its turns."""
    folder = data / "audio" / "clips"
    wave = whisper.load_audio(str(folder / "dialogue1.wav"))
    with (folder / "dialogues.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["file"] == "dialogue1.wav":
                first, last = (round(float(row[key]) * SAMPLE_RATE) for key in ("start", "end"))
                yield f"dialogue1-{int(row['turn']):02}", wave[max(first - 3200, 0) : last + 3200]


def spoken(folder):
    """The sentences above, spoken by flite."""
    for index, sentence in enumerate(SENTENCES):
        voice = VOICES[index % len(VOICES)]
        path = folder / f"flite-{index:02}-{voice}.wav"
        subprocess.run(["flite", "-voice", voice, "-t", sentence, "-o", str(path)], check=True, capture_output=True)
        yield path.stem, whisper.load_audio(str(path))


def read(data):
    """A few real recordings; the small checkpoint does not know their words."""
    for pattern, count in READ:
        for path in sorted((data / "audio").glob(pattern))[:count]:
            yield path.stem, whisper.load_audio(str(path))
