"""The speaker segmentation network as an ONNX graph.

PyanNet of H. Bredin and A. Laurent, "End-to-end speaker segmentation for overlap-aware resegmentation" (Interspeech
2021), with the SincNet front end of M. Ravanelli and Y. Bengio, "Speaker recognition from raw waveform with SincNet"
(2018). Multi-label: one sigmoid posterior for each of the speakers that a window can hold.
"""

import numpy as np

from .checkpoint import CheckpointError
from .graph import Graph

MIN_LOW_HZ = 50.0
MIN_BAND_HZ = 50.0
LEAKY_SLOPE = 0.01
NORM_EPSILON = 1e-5
POOL = 3


class SegmentationCheckpoint:
    """The weights and hyper-parameters of the checkpoint, with the ones that the graph relies on checked."""

    def __init__(self, content):
        try:
            parameters = content["hyper_parameters"]
            specifications = content["pyannote.audio"]["specifications"].state
            lstm = parameters["lstm"]
            self.state = content["state_dict"]
            self.sample_rate = parameters["sample_rate"]
            self.stride = parameters["sincnet"]["stride"]
            self.lstm_layers = lstm["num_layers"]
            self.linear_layers = parameters["linear"]["num_layers"]
            self.duration_seconds = specifications["duration"]
            self.speakers = len(specifications["classes"])
        except (KeyError, TypeError, AttributeError) as error:
            raise CheckpointError(f"not a segmentation checkpoint: {error!r} is missing") from error
        supported = (
            content["pyannote.audio"]["architecture"]["class"] == "PyanNet"
            and parameters["num_channels"] == 1
            and self.sample_rate == 16000
            and lstm["bidirectional"] is True
            and lstm["monolithic"] is True
            and "powerset_max_classes" not in specifications
            and self.state["classifier.weight"].shape[0] == self.speakers
        )
        if not supported:
            raise CheckpointError("a segmentation network of another architecture")

    @property
    def kernels(self):
        """(kernel, stride) of every convolution and pooling, in order."""
        sinc = 2 * self.state["sincnet.conv1d.0.filterbank.window_"].shape[0] + 1
        second = self.state["sincnet.conv1d.1.weight"].shape[2]
        third = self.state["sincnet.conv1d.2.weight"].shape[2]
        return [(sinc, self.stride), (POOL, POOL), (second, 1), (POOL, POOL), (third, 1), (POOL, POOL)]

    @property
    def receptive_field(self):
        """Samples that one output frame sees, and samples between two frames."""
        size, shift = 1, 1
        for kernel, stride in self.kernels:
            size += (kernel - 1) * shift
            shift *= stride
        return size, shift


def sinc_filters(checkpoint):
    """The band-pass filters of the first layer, [80, 1, 251]: cosine halves first, sine halves after.

    The difference of two sinc functions, windowed (Ravanelli and Bengio 2018, equation 4), and its Hilbert partner.
    """
    prefix = "sincnet.conv1d.0.filterbank."
    low_hz, band_hz, window, n = (
        checkpoint.state[prefix + name].astype(np.float64) for name in ("low_hz_", "band_hz_", "window_", "n_"))
    low = MIN_LOW_HZ + np.abs(low_hz)
    high = np.clip(low + MIN_BAND_HZ + np.abs(band_hz), MIN_LOW_HZ, checkpoint.sample_rate / 2)
    band = high - low
    cosine = (np.sin(high @ n) - np.sin(low @ n)) / (n / 2) * window
    sine = (np.cos(low @ n) - np.cos(high @ n)) / (n / 2) * window
    halves = [
        np.concatenate([cosine, 2 * band, cosine[:, ::-1]], axis=1),
        np.concatenate([sine, np.zeros_like(band), -sine[:, ::-1]], axis=1),
    ]
    return np.concatenate([half / (2 * band) for half in halves])[:, np.newaxis, :]


def segmentation_model(checkpoint, metadata):
    """`waveform` [N, 1, T] at 16 kHz to `activity` [N, F, speakers], posteriors in 0...1."""
    graph, state = Graph("speaker_segmentation"), checkpoint.state

    def normalised(x, name):
        scale, bias = (graph.weight(f"{name}.{kind}", state[f"{name}.{kind}"]) for kind in ("weight", "bias"))
        return graph.node("InstanceNormalization", [x, scale, bias], f"{name}.out", epsilon=NORM_EPSILON)

    x = normalised("waveform", "sincnet.wav_norm1d")
    for layer in range(3):
        name = f"sincnet.conv1d.{layer}"
        if layer == 0:
            kernel = graph.weight(f"{name}.weight", sinc_filters(checkpoint))
            x = graph.node("Conv", [x, kernel], f"{name}.out", strides=[checkpoint.stride])
            x = graph.node("Abs", [x], f"{name}.magnitude")
        else:
            kernel, bias = (graph.weight(f"{name}.{kind}", state[f"{name}.{kind}"]) for kind in ("weight", "bias"))
            x = graph.node("Conv", [x, kernel, bias], f"{name}.out")
        x = graph.node("MaxPool", [x], f"sincnet.pool1d.{layer}.out", kernel_shape=[POOL], strides=[POOL])
        x = normalised(x, f"sincnet.norm1d.{layer}")
        x = graph.node("LeakyRelu", [x], f"sincnet.{layer}.active", alpha=LEAKY_SLOPE)

    x = graph.node("Transpose", [x], "frames_first", perm=[2, 0, 1])
    joined = graph.weight("joined_directions", [0, 0, -1], np.int64)
    for layer in range(checkpoint.lstm_layers):
        y, _ = graph.lstm(x, "lstm", layer, state, bidirectional=True)
        y = graph.node("Transpose", [y], f"lstm.{layer}.swapped", perm=[0, 2, 1, 3])
        x = graph.node("Reshape", [y, joined], f"lstm.{layer}.out")
    for layer in range(checkpoint.linear_layers):
        x = graph.linear(x, f"linear.{layer}", state)
        x = graph.node("LeakyRelu", [x], f"linear.{layer}.active", alpha=LEAKY_SLOPE)
    x = graph.node("Sigmoid", [graph.linear(x, "classifier", state)], "posteriors")
    graph.node("Transpose", [x], "activity", perm=[1, 0, 2])

    size, shift = checkpoint.receptive_field
    facts = {
        "kind": "multilabel",
        "sample_rate": checkpoint.sample_rate,
        "window_size": round(checkpoint.duration_seconds * checkpoint.sample_rate),
        "receptive_field_size": size,
        "receptive_field_shift": shift,
        "num_speakers": checkpoint.speakers,
    }
    return graph.model(
        {"waveform": ["N", 1, "T"]}, {"activity": ["N", "F", checkpoint.speakers]}, {**facts, **metadata})
