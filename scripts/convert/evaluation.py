"""A plain numpy evaluation of both networks in double precision, written from their equations and the original
weights. It shares nothing with the graphs, so that agreement means something."""

import numpy as np
from onnx.reference import ReferenceEvaluator

SEED = 20260
TOLERANCE = 1e-4


class DeviationError(Exception):
    """A converted network computes something else than its original."""


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def leaky_relu(x):
    return np.where(x > 0, x, 0.01 * x)


def lstm(x, state, suffix, reverse=False):
    """One direction of one layer over `x` [T, N, inputs]: the hidden states [T, N, H].

    Gates in the order input, forget, cell, output of the original weights (Hochreiter and Schmidhuber 1997,
    with the forget gate of Gers and others 2000).
    """
    weight_x, weight_h, bias_x, bias_h = (
        state[f"lstm.{kind}{suffix}"].astype(np.float64) for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
    hidden = np.zeros((x.shape[1], weight_h.shape[1]))
    cell = np.zeros_like(hidden)
    steps = []
    for frame in x[::-1] if reverse else x:
        gates = frame @ weight_x.T + bias_x + hidden @ weight_h.T + bias_h
        i, f, g, o = np.split(gates, 4, axis=1)
        cell = sigmoid(f) * cell + sigmoid(i) * np.tanh(g)
        hidden = sigmoid(o) * np.tanh(cell)
        steps.append(hidden)
    return np.stack(steps[::-1] if reverse else steps)


def convolution(x, kernel, bias, stride):
    """Valid convolution of `x` [N, C, T] with `kernel` [K, C, width]."""
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[2], axis=2)[:, :, ::stride]
    return np.einsum("nctw,kcw->nkt", windows, kernel, optimize=True) + bias[:, np.newaxis]


def instance_norm(x, weight, bias):
    mean = x.mean(axis=2, keepdims=True)
    variance = x.var(axis=2, keepdims=True)
    return (x - mean) / np.sqrt(variance + 1e-5) * weight[:, np.newaxis] + bias[:, np.newaxis]


def max_pool(x, width):
    frames = x.shape[2] // width
    return x[:, :, : frames * width].reshape(*x.shape[:2], frames, width).max(axis=3)


def band_pass(checkpoint):
    """The filters of the first layer: w(t) (sin 2 pi f2 t - sin 2 pi f1 t) / (pi t) over twice the bandwidth, then
    the same with cos 2 pi f1 t - cos 2 pi f2 t. The value at t = 0 is the limit."""
    prefix = "sincnet.conv1d.0.filterbank."
    half_window = checkpoint.state[prefix + "window_"].astype(np.float64)
    f1 = 50 + np.abs(checkpoint.state[prefix + "low_hz_"].astype(np.float64))
    f2 = np.minimum(f1 + 50 + np.abs(checkpoint.state[prefix + "band_hz_"].astype(np.float64)), 8000)
    half_t = checkpoint.state[prefix + "n_"].astype(np.float64)[0] / (2 * np.pi)
    t = np.concatenate([half_t, [0], -half_t[::-1]])
    window = np.concatenate([half_window, [1], half_window[::-1]])
    with np.errstate(invalid="ignore"):
        even = window * (np.sin(2 * np.pi * f2 * t) - np.sin(2 * np.pi * f1 * t)) / (np.pi * t)
        odd = window * (np.cos(2 * np.pi * f1 * t) - np.cos(2 * np.pi * f2 * t)) / (np.pi * t)
    even[:, t == 0] = 2 * (f2 - f1)
    odd[:, t == 0] = 0
    return np.concatenate([even, odd] / (2 * (f2 - f1)))[:, np.newaxis, :]


def segmentation_activity(checkpoint, waveform):
    """Posteriors [N, F, speakers] of `waveform` [N, 1, T]."""
    state = {name: values.astype(np.float64) for name, values in checkpoint.state.items()}

    def norm(x, name):
        return instance_norm(x, state[f"sincnet.{name}.weight"], state[f"sincnet.{name}.bias"])

    x = norm(waveform.astype(np.float64), "wav_norm1d")
    x = np.abs(convolution(x, band_pass(checkpoint), np.zeros(80), checkpoint.stride))
    x = leaky_relu(norm(max_pool(x, 3), "norm1d.0"))
    for layer in (1, 2):
        weight, bias = (state[f"sincnet.conv1d.{layer}.{kind}"] for kind in ("weight", "bias"))
        x = leaky_relu(norm(max_pool(convolution(x, weight, bias, 1), 3), f"norm1d.{layer}"))
    x = x.transpose(2, 0, 1)
    for layer in range(checkpoint.lstm_layers):
        forward = lstm(x, state, f"_l{layer}")
        backward = lstm(x, state, f"_l{layer}_reverse", reverse=True)
        x = np.concatenate([forward, backward], axis=2)
    for layer in range(checkpoint.linear_layers):
        x = leaky_relu(x @ state[f"linear.{layer}.weight"].T + state[f"linear.{layer}.bias"])
    return sigmoid(x @ state["classifier.weight"].T + state["classifier.bias"]).transpose(1, 0, 2)


def speaker_embedding(checkpoint, mel):
    """Unit vectors [N, 256] of `mel` [N, T, 40]."""
    x = mel.astype(np.float64).transpose(1, 0, 2)
    for layer in range(3):
        x = lstm(x, checkpoint.state, f"_l{layer}")
    raw = np.maximum(x[-1] @ checkpoint.state["linear.weight"].T + checkpoint.state["linear.bias"], 0)
    return raw / np.linalg.norm(raw, axis=1, keepdims=True)


def voiced_waveform(seconds, batch=2):
    """Test input for the segmentation network: a buzz of harmonics that starts and stops like syllables, so that the
    posteriors move over their whole range, with a little noise."""
    generator = np.random.default_rng(SEED)
    t = np.arange(round(seconds * 16000)) / 16000
    rows = []
    for row in range(batch):
        pitch = 110 * (1 + 0.4 * row) * (1 + 0.1 * np.sin(2 * np.pi * 0.7 * t))
        phase = 2 * np.pi * np.cumsum(pitch) / 16000
        buzz = sum(np.sin(k * phase) * np.exp(-(((k * 120 - 600) / 900) ** 2)) for k in range(1, 30))
        syllables = np.clip(np.sin(2 * np.pi * 3 * t), 0, 1) * (np.sin(2 * np.pi * 0.4 * t + row) > -0.5)
        rows.append(0.1 * buzz * syllables + 0.002 * generator.standard_normal(t.size))
    return np.array(rows, np.float32)[:, np.newaxis, :]


def noise_mel(frames, batch=2):
    """Test input for the speaker encoder: power values spread over the range of speech."""
    generator = np.random.default_rng(SEED)
    return (10 ** generator.uniform(-5, 1, (batch, frames, 40))).astype(np.float32)


def check_models(segmentation, segmentation_model, encoder, encoder_model):
    """Runs both graphs with the reference evaluator of onnx and compares with the equations above.

    Returns the largest deviation of each. Raises `DeviationError` above `TOLERANCE`.
    """
    waveform, mel = voiced_waveform(seconds=0.8), noise_mel(frames=80)
    with np.errstate(over="ignore"):  # exp of a large gate value: the sigmoid is rightly 0
        deviations = {
            "segmentation": deviation(
                ReferenceEvaluator(segmentation_model).run(None, {"waveform": waveform})[0],
                segmentation_activity(segmentation, waveform)),
            "speaker_encoder": deviation(
                ReferenceEvaluator(encoder_model).run(None, {"mel": mel})[0], speaker_embedding(encoder, mel)),
        }
    for name, value in deviations.items():
        if not value <= TOLERANCE:
            raise DeviationError(f"{name} deviates by {value:.2e} from its original, allowed are {TOLERANCE:.0e}")
    return deviations


def deviation(found, expected):
    if found.shape != expected.shape:
        raise DeviationError(f"shape {found.shape} instead of {expected.shape}")
    return float(np.abs(found - expected).max())
