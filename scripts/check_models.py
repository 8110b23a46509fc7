#!/usr/bin/env python3
"""A fuller check of the converted models, for development.

    check_models.py --segmentation CHECKPOINT --encoder CHECKPOINT --models DIR

Runs the files of DIR with onnxruntime on inputs of several lengths and batch sizes and compares with the numpy
evaluation and, where torch is installed, with the same networks built from torch layers. Needs numpy, onnx and
onnxruntime; ends with status 1 when a deviation is above the tolerance.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import onnxruntime

from convert import evaluation
from convert.checkpoint import read_checkpoint
from convert.segmentation import SegmentationCheckpoint, sinc_filters
from convert.speaker_encoder import LAYERS, MELS, SpeakerEncoderCheckpoint

try:
    import torch
except ImportError:
    torch = None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("segmentation", "encoder", "models"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    arguments = parser.parse_args()
    segmentation = SegmentationCheckpoint(read_checkpoint(arguments.segmentation))
    encoder = SpeakerEncoderCheckpoint(read_checkpoint(arguments.encoder))
    providers = ["CPUExecutionProvider"]
    segmentation_session = onnxruntime.InferenceSession(arguments.models / "segmentation.onnx", providers=providers)
    encoder_session = onnxruntime.InferenceSession(arguments.models / "speaker_encoder.onnx", providers=providers)

    worst = 0.0
    for seconds, batch in ((0.08, 1), (1.0, 3), (5.0, 2), (10.0, 1)):
        waveform = evaluation.voiced_waveform(seconds, batch)
        found = segmentation_session.run(None, {"waveform": waveform})[0]
        expected = {"numpy": evaluation.segmentation_activity(segmentation, waveform)}
        if torch:
            expected["torch"] = torch_segmentation(segmentation, waveform)
        worst = max(worst, report(f"segmentation {seconds} s x {batch}", found, expected))
    for frames, batch in ((1, 1), (40, 3), (160, 8), (400, 1)):
        mel = evaluation.noise_mel(frames, batch)
        found = encoder_session.run(None, {"mel": mel})[0]
        expected = {"numpy": evaluation.speaker_embedding(encoder, mel)}
        if torch:
            expected["torch"] = torch_embedding(encoder, mel)
        worst = max(worst, report(f"speaker encoder {frames} frames x {batch}", found, expected))
    if not torch:
        print("torch is not installed: compared with numpy only")
    if not worst <= evaluation.TOLERANCE:
        sys.exit(f"check_models: the largest deviation {worst:.2e} is above {evaluation.TOLERANCE:.0e}")


def report(what, found, expected):
    deviations = {name: evaluation.deviation(found, values) for name, values in expected.items()}
    texts = ", ".join(f"from {name} {value:.1e}" for name, value in deviations.items())
    print(f"{what}: output {list(found.shape)}, values {found.min():.3f} to {found.max():.3f}, deviation {texts}")
    return max(deviations.values())


def load(module, state, prefix):
    """Gives `module` the weights under `prefix`; a name that is missing or left over is an error."""
    chosen = {name[len(prefix):]: torch.tensor(values) for name, values in state.items() if name.startswith(prefix)}
    module.load_state_dict(chosen)
    return module.eval()


def torch_segmentation(checkpoint, waveform):
    state, functional = checkpoint.state, torch.nn.functional
    with torch.no_grad():
        x = load(torch.nn.InstanceNorm1d(1, affine=True), state, "sincnet.wav_norm1d.")(torch.from_numpy(waveform))
        filters = torch.from_numpy(sinc_filters(checkpoint).astype(np.float32))
        convolutions = [
            lambda values: torch.abs(functional.conv1d(values, filters, stride=checkpoint.stride)),
            load(torch.nn.Conv1d(80, 60, 5), state, "sincnet.conv1d.1."),
            load(torch.nn.Conv1d(60, 60, 5), state, "sincnet.conv1d.2."),
        ]
        for layer, convolution in enumerate(convolutions):
            x = functional.max_pool1d(convolution(x), 3, stride=3)
            norm = load(torch.nn.InstanceNorm1d(x.shape[1], affine=True), state, f"sincnet.norm1d.{layer}.")
            x = functional.leaky_relu(norm(x) if x.shape[2] > 1 else single_frame(norm, x))
        lstm = torch.nn.LSTM(60, 128, checkpoint.lstm_layers, bidirectional=True, batch_first=True)
        x, _ = load(lstm, state, "lstm.")(x.transpose(1, 2))
        for layer in range(checkpoint.linear_layers):
            x = functional.leaky_relu(load(torch.nn.Linear(x.shape[2], 128), state, f"linear.{layer}.")(x))
        return torch.sigmoid(load(torch.nn.Linear(128, checkpoint.speakers), state, "classifier.")(x)).numpy()


def single_frame(norm, x):
    """torch refuses to normalise one value; by the equation it is its own mean, which leaves the bias."""
    return norm.bias[:, None].expand_as(x)


def torch_embedding(checkpoint, mel):
    with torch.no_grad():
        _, (hidden, _) = load(torch.nn.LSTM(MELS, 256, LAYERS, batch_first=True), checkpoint.state, "lstm.")(
            torch.from_numpy(mel))
        raw = torch.relu(load(torch.nn.Linear(256, 256), checkpoint.state, "linear.")(hidden[-1]))
        return (raw / torch.norm(raw, dim=1, keepdim=True)).numpy()


if __name__ == "__main__":
    main()
