"""The speaker encoder as an ONNX graph.

L. Wan and others, "Generalized end-to-end loss for speaker verification" (ICASSP 2018): three LSTM layers over a mel
spectrogram, a projection of the last hidden state, ReLU, unit length.
"""

import numpy as np

from .checkpoint import CheckpointError
from .graph import Graph

LAYERS = 3
MELS = 40
# The analysis that the network was trained with: 25 ms windows every 10 ms at 16 kHz, power, no logarithm.
FEATURES = {
    "sample_rate": 16000,
    "n_mels": MELS,
    "n_fft": 400,
    "window_size": 400,
    "hop_length": 160,
    "mel_scale": "slaney",
    "spectrum": "power",
    "partial_frames": 160,
}


class SpeakerEncoderCheckpoint:
    """The weights of the checkpoint, with the shapes that the graph relies on checked."""

    def __init__(self, content):
        try:
            self.state = content["model_state"]
            inputs = self.state["lstm.weight_ih_l0"].shape[1]
            hidden = self.state["lstm.weight_hh_l0"].shape[1]
            self.embedding_size = self.state["linear.weight"].shape[0]
            supported = (
                inputs == MELS
                and self.state["linear.weight"].shape[1] == hidden
                and f"lstm.weight_ih_l{LAYERS - 1}" in self.state
                and f"lstm.weight_ih_l{LAYERS}" not in self.state
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise CheckpointError(f"not a speaker encoder checkpoint: {error!r} is missing") from error
        if not supported:
            raise CheckpointError("a speaker encoder of another architecture")


def speaker_encoder_model(checkpoint, metadata):
    """`mel` [N, T, 40] to `embedding` [N, 256] of unit length. A row whose activations are all zero stays zero."""
    graph, state = Graph("speaker_encoder"), checkpoint.state
    x = graph.node("Transpose", ["mel"], "frames_first", perm=[1, 0, 2])
    first = graph.weight("first_direction", 0, np.int64)
    direction_axis = graph.weight("direction_axis", [1], np.int64)
    for layer in range(LAYERS):
        y, hidden = graph.lstm(x, "lstm", layer, state, bidirectional=False)
        if layer < LAYERS - 1:
            x = graph.node("Squeeze", [y, direction_axis], f"lstm.{layer}.out")
    hidden = graph.node("Gather", [hidden, first], "last_hidden", axis=0)
    raw = graph.node("Relu", [graph.linear(hidden, "linear", state)], "raw")
    length = graph.node("ReduceL2", [raw], "length", axes=[1], keepdims=1)
    floor = graph.weight("smallest_length", 1e-12)
    graph.node("Div", [raw, graph.node("Max", [length, floor], "safe_length")], "embedding")

    facts = {"kind": "ge2e", **FEATURES, "output_dim": checkpoint.embedding_size}
    return graph.model(
        {"mel": ["N", "T", MELS]}, {"embedding": ["N", checkpoint.embedding_size]}, {**facts, **metadata})
