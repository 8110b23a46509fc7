"""The recordings that are measured, with what is known of them."""

import csv
import json
import subprocess
import sys
import wave
from dataclasses import dataclass, field
from pathlib import Path

from bench import say


@dataclass
class Turn:
    """Somebody's turn; the text is None where it is not known."""

    speaker: str
    start: float
    end: float
    text: str | None = None


@dataclass
class Recording:
    """A recording and its truth: `text` for word errors, `turns` for diarization errors; None where not known."""

    name: str
    path: Path
    kind: str
    text: str | None = None
    turns: list[Turn] = field(default_factory=list)
    # Scored stretch in seconds; None scores all.
    scored: tuple[float, float] | None = None


def generated(bench, voices, seconds, seed, overlap=0):
    """A dialogue synthesised with flite; made once. `overlap` is the share of turns that begin early."""
    voices = voices.split(",")
    name = f"generated-{len(voices)}-{seconds}s-{seed}" + (f"-overlap{round(100 * overlap)}" if overlap else "")
    prefix = bench.recordings / name
    if not prefix.with_suffix(".rttm").exists():
        script = bench.root / "scripts" / "make_dialogue.py"
        subprocess.run(
            [sys.executable, script, "--voices", ",".join(voices), "--seconds", str(seconds), "--seed", str(seed),
             "--overlap", str(overlap), "--output", prefix], check=True, stdout=subprocess.DEVNULL)
    facts = json.loads(prefix.with_suffix(".json").read_text())
    turns = [Turn(turn["speaker"], turn["start"], turn["end"], turn["text"]) for turn in facts["turns"]]
    return with_turn_texts(Recording(name, prefix.with_suffix(".wav"), f"generated, {len(voices)} voices", turns=turns))


def whole_windows(bench, count):
    """Generated speech of exactly so many windows of 30 s; the path of the WAV file."""
    source = generated(bench, "slt,rms,awb,kal16", 30 * count + 20, seed=5).path
    path = bench.recordings / f"windows-{count}.wav"
    with wave.open(str(source)) as speech, wave.open(str(path), "wb") as cut:
        cut.setparams(speech.getparams())
        cut.writeframes(speech.readframes(30 * count * speech.getframerate()))
    return path


def with_turn_texts(recording):
    recording.turns.sort(key=lambda turn: turn.start)
    recording.text = " ".join(turn.text for turn in recording.turns)
    return recording


def conversations(data):
    """Conversations of real utterances, with the texts of their turns."""
    for path in sorted((data / "audio" / "conversations").glob("*.flac")):
        turns = [
            Turn(turn["speaker"], turn["start"], turn["end"], turn["text"])
            for turn in json.loads(path.with_suffix(".json").read_text())]
        yield with_turn_texts(Recording(path.stem, path, "conversations", turns=turns))


def small_dialogues(data):
    """A telephone call and a dialogue of synthesised voices, both with texts."""
    audio = data / "audio"
    call = audio / "conversation" / "sample.wav"
    lines = [line.split(maxsplit=5) for line in call.with_suffix(".stm").read_text().splitlines() if line.strip()]
    lines.sort(key=lambda line: float(line[3]))
    yield Recording(
        "sample", call, "telephone call", text=" ".join(line[5] for line in lines),
        turns=rttm(call.with_suffix(".rttm")))
    clip = audio / "clips" / "dialogue1.wav"
    turns = [
        Turn(row["speaker"], float(row["start"]), float(row["end"]), row["text"])
        for row in table(audio / "clips" / "dialogues.tsv") if row["file"] == clip.name]
    yield with_turn_texts(Recording("dialogue1", clip, "short synthesised dialogue", turns=turns))


def meetings(data):
    """Excerpts of meetings, without texts, scored within their first half."""
    for path in sorted((data / "audio" / "meetings").glob("*.wav")):
        fields = path.with_suffix(".uem").read_text().split()
        yield Recording(
            path.stem, path, "meetings", turns=rttm(path.with_suffix(".rttm")),
            scored=(float(fields[2]), float(fields[3])))


def read_speech(data):
    """Utterances that one person reads, with their texts."""
    for row in table(data / "audio" / "transcripts.tsv"):
        path = data / row["file"]
        if row["lang"] == "en" and path.parent.name in ("librispeech", "ljspeech", "librivox"):
            yield Recording(path.stem, path, path.parent.name, text=row["text"])
    audio = data / "audio"
    for path in sorted((audio / "read").glob("*.flac")) + [audio / "jfk.flac", audio / "two_cities.wav"]:
        yield Recording(path.stem, path, "other read speech", text=path.with_suffix(".txt").read_text())


def table(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def rttm(path):
    turns = []
    for line in path.read_text().splitlines():
        fields = line.split()
        if fields and fields[0] == "SPEAKER":
            turns.append(Turn(fields[7], float(fields[3]), float(fields[3]) + float(fields[4])))
    return turns


def seconds(path):
    with wave.open(str(path)) as file:
        return file.getnframes() / file.getframerate()


def converted(bench, recording):
    """The recording as a WAV file of 16 kHz, mono, 16 bit."""
    path = bench.recordings / f"{recording.name}.wav"
    if recording.path != path and not path.exists():
        subprocess.run(
            ["ffmpeg", "-v", "error", "-i", recording.path, "-ar", "16000", "-ac", "1", "-c:a", "pcm_s16le", path],
            check=True)
    return path


def repeated(bench, recording, times):
    """The recording over and over as one file."""
    path = bench.recordings / f"{recording.name}-x{times}.wav"
    if not path.exists():
        say(f"making {path.name}")
        with wave.open(str(recording.path)) as source, wave.open(str(path), "wb") as target:
            target.setparams(source.getparams())
            samples = source.readframes(source.getnframes())
            for _ in range(times):
                target.writeframes(samples)
    return path
