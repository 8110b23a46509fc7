#!/usr/bin/env python3
"""Synthesises a dialogue of known truth with flite.

    make_dialogue.py --script FILE --output PREFIX
    make_dialogue.py --voices slt,rms,awb --seconds 90 --seed 7 --output PREFIX
    make_dialogue.py --voices slt,rms,slt@0.85 --overlap 0.15 --output PREFIX

Writes PREFIX.wav (16 kHz mono), PREFIX.txt (what is said, one turn a line), PREFIX.json (turns and sentences with
times) and PREFIX.rttm. A turn reaches from its first to its last audible sample. A script has one "voice: sentence"
a line; without one, sentences are drawn from dialogue_sentences.txt. `slt@0.85` is slt played at 0.85 of its speed: pitch
and formants move together, which gives another person. The same arguments give the same files.
"""

import argparse
import array
import concurrent.futures
import json
import os
import random
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

SAMPLE_RATE_HZ = 16000
FRAME = 160
VOICES = ("slt", "rms", "awb", "kal16")
# Further away than this nobody sounds like a person.
SPEEDS = (0.7, 1.4)
SENTENCES = Path(__file__).with_name("dialogue_sentences.txt")
LEVEL_DBFS = -23.0
NOISE_DBFS = -66.0
# Frames this far below the loudest one are silence of the synthesiser.
AUDIBLE_DB = -42.0
SENTENCE_PAUSE_SECONDS = 0.25
MARGIN_SECONDS = 0.5


def main():
    arguments = parse_arguments()
    try:
        turns = scripted_turns(arguments.script) if arguments.script else drawn_turns(arguments)
        dialogue = compose(turns, arguments)
        write(dialogue, arguments.output)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        sys.exit(f"make_dialogue: {error}")
    seconds = len(dialogue["samples"]) / SAMPLE_RATE_HZ
    print(f"{arguments.output}.wav: {seconds:.1f} s, {len(dialogue['turns'])} turns, {len(dialogue['speakers'])} voices")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--script", type=Path, help='file of "voice: sentence" lines')
    parser.add_argument("--voices", default="slt,rms,awb", help=f"of {', '.join(VOICES)}, also as VOICE@SPEED (default slt,rms,awb)")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--turns", type=int, help="number of turns")
    length.add_argument("--seconds", type=float, default=60, help="least length of the speech (default 60)")
    parser.add_argument("--sentences", type=int, default=3, help="most sentences in a drawn turn (default 3)")
    parser.add_argument("--pause", default="0.3:0.9", help="seconds between turns, least:most (default 0.3:0.9)")
    parser.add_argument("--overlap", type=float, default=0, help="share of turns that start early (default 0)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", required=True, metavar="PREFIX")
    arguments = parser.parse_args()
    arguments.voices = arguments.voices.split(",")
    try:
        arguments.pause = tuple(float(value) for value in arguments.pause.split(":"))
        least, most = arguments.pause
    except ValueError:
        parser.error("--pause is least:most in seconds")
    if not 0 <= least <= most or not 0 <= arguments.overlap <= 1 or arguments.sentences < 1:
        parser.error("--pause, --overlap or --sentences is out of range")
    if not all(is_voice(voice) for voice in arguments.voices):
        parser.error(f"voices are {', '.join(VOICES)}, at speeds from {SPEEDS[0]} to {SPEEDS[1]}")
    return arguments


def is_voice(voice):
    name, at, speed = voice.partition("@")
    try:
        return name in VOICES and (not at or SPEEDS[0] <= float(speed) <= SPEEDS[1])
    except ValueError:
        return False


def scripted_turns(path):
    """Turns as (voice, sentences); lines of one voice that follow each other are one turn."""
    turns = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        voice, colon, sentence = (part.strip() for part in line.partition(":"))
        if not colon or not is_voice(voice) or not sentence:
            raise ValueError(f"{path.name}:{number}: not a line like 'slt: Good morning.'")
        if turns and turns[-1][0] == voice:
            turns[-1][1].append(sentence)
        else:
            turns.append((voice, [sentence]))
    return turns


def drawn_turns(arguments):
    """Turns of random voices and sentences; each sentence comes once before any comes twice."""
    generator = random.Random(arguments.seed)
    pool = SENTENCES.read_text().splitlines()
    deck, turns, seconds, voice = [], [], 0.0, None
    while len(turns) < arguments.turns if arguments.turns else seconds < arguments.seconds:
        # Everyone speaks before the order becomes random.
        others = [name for name in arguments.voices if name != voice] or arguments.voices
        voice = arguments.voices[len(turns)] if len(turns) < len(arguments.voices) else generator.choice(others)
        sentences = []
        for _ in range(generator.randint(1, arguments.sentences)):
            if not deck:
                deck = generator.sample(pool, len(pool))
            sentences.append(deck.pop())
        turns.append((voice, sentences))
        seconds += sum(len(say(voice, sentence)) for sentence in sentences) / SAMPLE_RATE_HZ
    return turns


_said = {}


def say(voice, sentence):
    """The sentence in the voice: 16-bit samples at an even level, without the silence around them."""
    if (voice, sentence) not in _said:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "said.wav")
            name, _, speed = voice.partition("@")
            subprocess.run(["flite", "-voice", name, "-t", sentence, "-o", path], check=True)
            if speed:
                path = at_speed(path, float(speed))
            with wave.open(path) as file:
                if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (SAMPLE_RATE_HZ, 1, 2):
                    raise ValueError(f"voice {voice} is not 16 kHz mono")
                samples = array.array("h", file.readframes(file.getnframes()))
        _said[voice, sentence] = at_level(audible(samples))
    return _said[voice, sentence]


def at_speed(path, speed):
    """The file played faster or slower; the path of the new one."""
    changed = f"{path}.{speed}.wav"
    filters = f"asetrate={round(SAMPLE_RATE_HZ * speed)},aresample={SAMPLE_RATE_HZ}"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", path, "-af", filters, "-bitexact", "-c:a", "pcm_s16le", changed], check=True)
    return changed


def audible(samples):
    frames = range(0, len(samples) - FRAME + 1, FRAME)
    energies = [sum(value * value for value in samples[start : start + FRAME]) for start in frames]
    threshold = max(energies, default=0) * 10 ** (AUDIBLE_DB / 10)
    loud = [index for index, energy in enumerate(energies) if energy > threshold]
    if not loud:
        raise ValueError("flite said nothing")
    return samples[loud[0] * FRAME : (loud[-1] + 1) * FRAME]


def at_level(samples):
    rms = (sum(value * value for value in samples) / len(samples)) ** 0.5
    gain = 32768 * 10 ** (LEVEL_DBFS / 20) / rms
    return array.array("h", (clipped(value * gain) for value in samples))


def clipped(value):
    return max(-32768, min(32767, round(value)))


def compose(turns, arguments):
    """Places the turns one after another and mixes them over a little noise."""
    generator = random.Random(arguments.seed)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for job in [pool.submit(say, voice, sentence) for voice, texts in turns for sentence in texts]:
            job.result()
    placed, position, last_start = [], round(MARGIN_SECONDS * SAMPLE_RATE_HZ), 0
    for voice, sentences in turns:
        if placed and generator.random() < arguments.overlap:
            position = max(last_start, position - round(generator.uniform(0.3, 1.2) * SAMPLE_RATE_HZ))
        elif placed:
            position += round(generator.uniform(*arguments.pause) * SAMPLE_RATE_HZ)
        last_start, parts = position, []
        for sentence in sentences:
            if parts:
                position += round(SENTENCE_PAUSE_SECONDS * SAMPLE_RATE_HZ)
            parts.append((position, sentence))
            position += len(say(voice, sentence))
        placed.append((voice, parts))
    end = max(start + len(say(voice, text)) for voice, parts in placed for start, text in parts)
    samples = background(end + round(MARGIN_SECONDS * SAMPLE_RATE_HZ), generator)
    for voice, parts in placed:
        for start, text in parts:
            for offset, value in enumerate(say(voice, text), start):
                samples[offset] = clipped(samples[offset] + value)
    described = [described_turn(voice, parts) for voice, parts in placed]
    return {"samples": samples, "speakers": sorted({turn["speaker"] for turn in described}), "turns": described}


def background(count, generator):
    """Quiet noise, so that no stretch is digital silence."""
    deviation = 32768 * 10 ** (NOISE_DBFS / 20)
    block = array.array("h", (round(generator.gauss(0, deviation)) for _ in range(2 * SAMPLE_RATE_HZ)))
    return (block * (count // len(block) + 1))[:count]


def described_turn(voice, parts):
    sentences = [
        {"start": seconds(start), "end": seconds(start + len(say(voice, text))), "text": text} for start, text in parts]
    text = " ".join(sentence["text"] for sentence in sentences)
    return {
        "speaker": voice, "start": sentences[0]["start"], "end": sentences[-1]["end"], "text": text,
        "sentences": sentences,
    }


def seconds(position):
    return round(position / SAMPLE_RATE_HZ, 4)


def write(dialogue, prefix):
    turns, name = dialogue["turns"], Path(prefix).name
    Path(prefix).parent.mkdir(parents=True, exist_ok=True)

    def write_wav(path):
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, SAMPLE_RATE_HZ, 0, "NONE", ""))
            file.writeframes(dialogue["samples"].tobytes())

    facts = {
        "sample_rate": SAMPLE_RATE_HZ, "duration": seconds(len(dialogue["samples"])),
        "speakers": dialogue["speakers"], "turns": turns,
    }
    rttm = "".join(
        f"SPEAKER {name} 1 {turn['start']:.3f} {turn['end'] - turn['start']:.3f} "
        f"<NA> <NA> {turn['speaker']} <NA> <NA>\n"
        for turn in turns)
    replace(f"{prefix}.wav", write_wav)
    replace(f"{prefix}.txt", lambda path: path.write_text("".join(turn["text"] + "\n" for turn in turns)))
    replace(f"{prefix}.rttm", lambda path: path.write_text(rttm))
    replace(f"{prefix}.json", lambda path: path.write_text(json.dumps(facts, indent=2) + "\n"))


def replace(path, write_to):
    """Writes beside `path` and renames, so that a file under its final name is always whole."""
    partial = Path(path + ".partial")
    try:
        write_to(partial)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
