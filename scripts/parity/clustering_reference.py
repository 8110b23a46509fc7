#!/usr/bin/env python3
"""Writes the reference results of the clustering tests: Tests/ParleySpeechTests/Fixtures/clustering.

A plain statement in NumPy of the published equations, on random vectors:
- centroid linkage by SciPy;
- the variational mixture of Landini et al. 2022 (VBx) in the PLDA space of random parameters;
- the normalised maximum eigengap of Park et al. 2019 (NME-SC).

Needs numpy and scipy. Usage: clustering_reference.py
"""

import json
from pathlib import Path

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.linalg import eigh

FOLDER = Path(__file__).resolve().parents[2] / "Tests/ParleySpeechTests/Fixtures/clustering"


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def voices(random, counts, dimension, noise):
    """Noisy vectors of several people, mixed, in single precision."""
    centres = unit(random.standard_normal((len(counts), dimension)))
    rows = [
        centre * random.uniform(0.6, 1.6) + noise * random.standard_normal(dimension) / np.sqrt(dimension)
        for centre, count in zip(centres, counts)
        for _ in range(count)
    ]
    return random.permutation(np.array(rows)).astype(np.float32).astype(np.float64)


def numbers(values):
    return np.asarray(values).ravel().tolist()


def centroid_case(random, counts, dimension, noise, threshold):
    vectors = voices(random, counts, dimension, noise)
    tree = linkage(unit(vectors), method="centroid", metric="euclidean")
    return {
        "dimension": dimension,
        "vectors": numbers(vectors),
        "threshold": threshold,
        "heights": numbers(tree[:, 2]),
        "inversions": int(np.sum(np.diff(tree[:, 2]) < 0)),
        "labels": numbers(fcluster(tree, threshold, criterion="distance")),
    }


def log_sum(values):
    largest = values.max(axis=1, keepdims=True)
    return (largest + np.log(np.exp(values - largest).sum(axis=1, keepdims=True)))[:, 0]


def plda_files(random, inputs, reduced):
    """Random parameters as the published files have them; one file stored, the other deflated."""
    arrays = {
        "mean1": random.standard_normal(inputs) * 0.05,
        "mean2": random.standard_normal(reduced) * 0.05,
        "lda": random.standard_normal((inputs, reduced)).astype(np.float32),
    }
    np.savez(FOLDER / "xvec_transform.npz", **arrays)
    model = {
        "mu": random.standard_normal(reduced) * 0.1,
        "tr": 3 * (random.standard_normal((reduced, reduced)) * 0.2 + np.eye(reduced)),
        "psi": random.uniform(0.2, 8, reduced),
    }
    np.savez_compressed(FOLDER / "plda.npz", **model)
    return arrays, model


def even_plda_files(size):
    """Parameters for vectors whose people differ alike in all directions: for tests that are not about PLDA."""
    np.savez(FOLDER / "even_transform.npz", mean1=np.zeros(size), mean2=np.zeros(size), lda=np.eye(size))
    np.savez(FOLDER / "even_plda.npz", mu=np.zeros(size), tr=np.eye(size) / 0.44, psi=np.full(size, 4.0))


def plda_features(vectors, arrays, model, largest):
    inputs, reduced = arrays["lda"].shape
    lda = arrays["lda"].astype(np.float64)
    turned = np.sqrt(inputs) * unit(vectors - arrays["mean1"]) @ lda - arrays["mean2"]
    turned = np.sqrt(reduced) * unit(turned)
    within = np.linalg.inv(model["tr"].T @ model["tr"])
    between = np.linalg.inv((model["tr"].T / model["psi"]) @ model["tr"])
    variances, axes = eigh(between, within)
    order = np.argsort(-variances)[:largest]
    return (turned - model["mu"]) @ axes[:, order], variances[order]


def mixture(features, variances, start, weights, fa=0.07, fb=0.8, rounds=20, gain=1e-4):
    """Equations 16 to 25; a row of weight w counts as w equal rows."""
    count, dimension = features.shape
    people = start.max() + 1
    one_hot = np.zeros((count, people))
    one_hot[np.arange(count), start] = 7
    gamma = np.exp(one_hot)
    gamma /= gamma.sum(axis=1, keepdims=True)
    pi = np.full(people, 1 / people)
    rho = features * np.sqrt(variances)
    constant = -0.5 * ((features**2).sum(axis=1) + dimension * np.log(2 * np.pi))
    bounds = []
    for _ in range(rounds):
        mass = (weights[:, None] * gamma).sum(axis=0)
        inverse = 1 / (1 + fa / fb * mass[:, None] * variances)
        alpha = fa / fb * inverse * ((weights[:, None] * gamma).T @ rho)
        score = fa * (rho @ alpha.T - 0.5 * ((inverse + alpha**2) @ variances) + constant[:, None])
        score += np.log(pi + 1e-8)
        total = log_sum(score)
        gamma = np.exp(score - total[:, None])
        pi = (weights[:, None] * gamma).sum(axis=0)
        pi /= pi.sum()
        bounds.append((weights * total).sum() + fb / 2 * np.sum(np.log(inverse) - inverse - alpha**2 + 1))
        if len(bounds) > 1 and bounds[-1] - bounds[-2] < gain:
            break
    return gamma, pi, len(bounds)


def vbx_case(random, arrays, model, counts, noise, threshold, largest, weighted):
    inputs = arrays["lda"].shape[0]
    vectors = voices(random, counts, inputs, noise)
    tree = linkage(unit(vectors), method="centroid", metric="euclidean")
    _, start = np.unique(fcluster(tree, threshold, criterion="distance"), return_inverse=True)
    features, variances = plda_features(vectors, arrays, model, largest)
    weights = random.integers(1, 5, len(vectors)).astype(float) if weighted else np.ones(len(vectors))
    gamma, pi, rounds = mixture(features, variances, start, weights)
    # Somebody who is no voice's likeliest person is never heard.
    kept = np.intersect1d(np.flatnonzero(pi > 1e-7), gamma.argmax(axis=1))
    share = gamma[:, kept] * weights[:, None]
    return {
        "vectors": numbers(vectors),
        "threshold": threshold,
        "largestDimension": largest,
        "weights": numbers(weights),
        "start": numbers(start),
        "features": numbers(features),
        "variances": numbers(variances),
        "responsibilities": numbers(gamma),
        "priors": numbers(pi),
        "rounds": rounds,
        "centroids": numbers(unit(share.T @ vectors)),
    }


def laplacian(cosines, neighbours):
    count = len(cosines)
    links = np.zeros((count, count))
    for row, order in enumerate(np.argsort(-cosines, axis=1, kind="stable")):
        links[row, order[:neighbours]] = 1
    links = (links + links.T) / 2
    np.fill_diagonal(links, 0)
    return np.diag(links.sum(axis=1)) - links


def is_connected(matrix):
    reached = {0}
    waiting = [0]
    while waiting:
        for other in np.flatnonzero(matrix[waiting.pop()]):
            if other not in reached:
                reached.add(int(other))
                waiting.append(int(other))
    return len(reached) == len(matrix)


def spectral_case(random, counts, dimension, noise, most=8):
    vectors = voices(random, counts, dimension, noise)
    cosines = unit(vectors) @ unit(vectors).T
    np.fill_diagonal(cosines, 2)
    count = len(vectors)
    largest = max(2, int(count * 0.25))
    trials = []
    for neighbours in np.unique(np.linspace(1, largest, min(largest, 30)).astype(int)):
        matrix = laplacian(cosines, neighbours)
        values = np.sort(np.abs(np.linalg.eigvalsh(matrix)))
        gaps = np.diff(values)[:most]
        people = int(np.argmax(gaps)) + 1
        ratio = (neighbours / count) / (gaps[people - 1] / (values[-1] + 1e-10) + 1e-10)
        trials.append((int(neighbours), people, float(ratio), numbers(values), is_connected(matrix)))
    best = min(trials, key=lambda trial: trial[2])
    if not best[4]:
        best = next(trial for trial in trials if trial[4])
    _, basis = np.linalg.eigh(laplacian(cosines, best[0]))
    place = basis[:, : best[1]]
    return {
        "dimension": dimension,
        "vectors": numbers(vectors),
        "neighbours": [trial[0] for trial in trials],
        "ratios": [trial[2] for trial in trials],
        "bestNeighbours": best[0],
        "people": best[1],
        "eigenvalues": best[3],
        "wasConnected": best is min(trials, key=lambda trial: trial[2]),
        # Of the projection, which does not depend on the basis, the first row.
        "projection": numbers(place @ place[0]),
        "labels": numbers(nearest_centres(place, random)),
    }


def nearest_centres(points, random):
    """K-means, the best of fifty starts."""
    best = (np.inf, None)
    for _ in range(50):
        centres = points[random.choice(len(points), points.shape[1], replace=False)]
        for _ in range(100):
            squares = ((points[:, None] - centres) ** 2).sum(axis=2)
            labels = squares.argmin(axis=1)
            centres = np.array(
                [points[labels == k].mean(axis=0) if (labels == k).any() else centres[k] for k in range(len(centres))]
            )
        inertia = ((points - centres[labels]) ** 2).sum()
        if inertia < best[0]:
            best = (inertia, labels)
    return best[1]


def main():
    random = np.random.default_rng(20)
    FOLDER.mkdir(parents=True, exist_ok=True)
    centroid = [
        centroid_case(random, [12, 9, 7], 16, 0.6, 0.6),
        centroid_case(random, [30], 3, 2.0, 0.5),
        centroid_case(random, [20, 20], 5, 2.0, 0.8),
        centroid_case(random, [15, 15, 15, 15], 24, 0.8, 0.7),
        centroid_case(random, [25, 25], 8, 3.0, 0.9),
    ]
    assert any(case["inversions"] for case in centroid)
    arrays, model = plda_files(random, 24, 12)
    even_plda_files(32)
    vbx = [
        vbx_case(random, arrays, model, [25, 20, 15], 0.35, 0.4, 12, False),
        vbx_case(random, arrays, model, [20, 20, 10, 6], 0.7, 0.7, 9, False),
        vbx_case(random, arrays, model, [15, 12, 8], 0.6, 0.6, 12, True),
    ]
    spectral = [
        spectral_case(random, [30, 25], 16, 0.8),
        spectral_case(random, [30, 20, 20], 16, 1.0),
        spectral_case(random, [20, 20, 20, 12], 32, 1.2),
    ]
    reference = {"centroid": centroid, "vbx": vbx, "spectral": spectral}
    (FOLDER / "reference.json").write_text(json.dumps(reference, separators=(",", ":")) + "\n")
    for case in centroid:
        print("centroid:", case["inversions"], "inversions,", max(case["labels"]), "clusters")
    for case in vbx:
        kept = len(case["centroids"]) // 24
        print("vbx:", max(case["start"]) + 1, "->", kept, "people in", case["rounds"], "rounds")
    for case in spectral:
        print("spectral:", case["people"], "people, p =", case["bestNeighbours"], case["wasConnected"])


if __name__ == "__main__":
    main()
