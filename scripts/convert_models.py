#!/usr/bin/env python3
"""Converts the networks of the fetched packages into DIR/models/bundled.

    convert_models.py --segmentation CHECKPOINT --encoder CHECKPOINT --vad MODEL.onnx --output DIR

Needs numpy and onnx only. The checkpoints are read without running anything in them (see convert/checkpoint.py), the
graphs are written from the published architectures and compared with a plain numpy evaluation before they are kept.
"""

import argparse
import hashlib
import json
import os
import shutil
import sys
import time
from pathlib import Path

import onnx

from convert.checkpoint import CheckpointError, read_checkpoint
from convert.evaluation import DeviationError, check_models
from convert.segmentation import SegmentationCheckpoint, segmentation_model
from convert.speaker_encoder import SpeakerEncoderCheckpoint, speaker_encoder_model

SOURCES = {
    "segmentation": {
        "file": "segmentation.onnx",
        "source": "whisperx/assets/pytorch_model.bin",
        "package": "whisperx",
        "licence": "MIT",
        "copyright": "CNRS (pyannote.audio)",
        "inputs": {"waveform": "float32 [N, 1, T], 16 kHz"},
        "outputs": {"activity": "float32 [N, F, 3], posteriors"},
    },
    "speaker_encoder": {
        "file": "speaker_encoder.onnx",
        "source": "resemblyzer/pretrained.pt",
        "package": "resemblyzer",
        "licence": "Apache-2.0",
        "copyright": "Resemble AI",
        "inputs": {"mel": "float32 [N, T, 40], power"},
        "outputs": {"embedding": "float32 [N, 256], unit length"},
    },
    "vad": {
        "file": "silero_vad.onnx",
        # The form that takes a run of windows at once: the same probabilities as the others, in half the time.
        "source": "silero_vad/data/silero_vad_16k_sequence.onnx",
        "package": "silero-vad",
        "licence": "MIT",
        "copyright": "Silero Team",
        "inputs": {
            "input": "float32 [T, 576], windows of 64 samples of context and 512 new ones at 16 kHz",
            "h": "float32 [1, 1, 128]",
            "c": "float32 [1, 1, 128]",
        },
        "outputs": {
            "speech_probs": "float32 [T]",
            "hn": "float32 [1, 1, 128]",
            "cn": "float32 [1, 1, 128]",
        },
    },
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("segmentation", "encoder", "vad", "output"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    for name in ("whisperx", "resemblyzer", "silero-vad"):
        parser.add_argument(f"--{name}-version", required=True, help="version of the package, for the descriptor")
    arguments = parser.parse_args()
    versions = {
        "whisperx": arguments.whisperx_version,
        "resemblyzer": arguments.resemblyzer_version,
        "silero-vad": arguments.silero_vad_version,
    }
    try:
        convert(arguments, versions)
    except (CheckpointError, DeviationError, OSError) as error:
        sys.exit(f"convert_models: {error}")


def convert(arguments, versions):
    started = time.monotonic()
    segmentation = SegmentationCheckpoint(read_checkpoint(arguments.segmentation))
    encoder = SpeakerEncoderCheckpoint(read_checkpoint(arguments.encoder))
    models = {
        "segmentation": segmentation_model(segmentation, provenance("segmentation", versions)),
        "speaker_encoder": speaker_encoder_model(encoder, provenance("speaker_encoder", versions)),
    }
    deviations = check_models(segmentation, models["segmentation"], encoder, models["speaker_encoder"])

    folder = arguments.output / "models" / "bundled"
    folder.mkdir(parents=True, exist_ok=True)
    for name, model in models.items():
        replace(folder / SOURCES[name]["file"], lambda path, model=model: onnx.save(model, path))
    replace(folder / SOURCES["vad"]["file"], lambda path: shutil.copyfile(arguments.vad, path))
    replace(folder / "model.json", lambda path: path.write_text(descriptor(folder, versions)))
    found = ", ".join(f"{name} {value:.1e}" for name, value in deviations.items())
    print(f"converted in {time.monotonic() - started:.1f} s, largest deviation: {found}")


def provenance(name, versions):
    facts = SOURCES[name]
    return {
        "source": f"{facts['source']} of {facts['package']} {versions[facts['package']]}",
        "licence": facts["licence"],
        "copyright": facts["copyright"],
    }


def descriptor(folder, versions):
    """model.json: what is in the folder, where it came from, under which licence."""
    files = {}
    for name, facts in SOURCES.items():
        digest = hashlib.sha256((folder / facts["file"]).read_bytes()).hexdigest()
        files[name] = {**facts, "version": versions[facts["package"]], "sha256": digest}
    return json.dumps({"id": "bundled", "files": files}, indent=2) + "\n"


def replace(path, write):
    """Writes beside `path` and renames, so that a file under its final name is always whole."""
    partial = path.with_name(path.name + ".partial")
    try:
        write(partial)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
