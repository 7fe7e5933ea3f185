"""A linear discriminant over many labels with few lines each.

All labels share one covariance, shrunk towards a sphere; so each is told by its mean alone, and a
dozen lines are enough to place it. Fitting is one linear system instead of a search. scikit-learn's
`LinearDiscriminantAnalysis` with shrinkage estimates a covariance for each label before it
averages them, which takes minutes for our six hundred.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from bot.brain.nlu.features import Vector

SHRINKAGE = 0.3
# The mean of few lines lies too far out, by about this much a feature and line (measured).
OVERSHOOT = 0.15


@dataclass(frozen=True)
class Discriminant:
    """`weights`: (2560, labels); `bias`: (labels,)."""

    labels: list[str]
    weights: Vector
    bias: Vector

    def logits(self, features: Vector) -> Vector:
        """Of one text (2560,) or many (texts, 2560): up to a constant, log-likelihoods."""
        scored: Vector = features @ self.weights + self.bias
        return scored


def fit_discriminant(
    features: Vector, labels: Sequence[str], overshoot: float = OVERSHOOT
) -> Discriminant:
    """Learn from `features` (texts, 2560) and as many labels."""
    names = sorted(set(labels))
    places = {name: place for place, name in enumerate(names)}
    columns = [places[label] for label in labels]
    members = csr_matrix((np.ones(len(labels), np.float32), (range(len(labels)), columns)))
    counts = np.asarray(members.sum(axis=0)).ravel()
    # Serving keeps to one thread (bot/settings.py); this alone is faster on the whole machine.
    with threadpool_limits(limits=os.cpu_count()):
        centre = features.mean(axis=0)
        means = (members.T @ features) / counts[:, np.newaxis] - centre
        spread = features.T @ features / len(labels) - np.outer(centre, centre)
        spread -= (means.T * (counts / len(labels)).astype(np.float32)) @ means
        size = len(spread)
        sphere = np.trace(spread) / size
        shrunk = (1 - SHRINKAGE) * spread.astype(np.float64) + SHRINKAGE * sphere * np.eye(size)
        weights = cho_solve(cho_factor(shrunk, lower=True, overwrite_a=True), means.T)
    bias = -((means / 2 + centre) * weights.T).sum(axis=1) + overshoot * size / counts
    return Discriminant(names, weights.astype(np.float32), bias.astype(np.float32))


def log_shares(logits: Vector, sharpness: float) -> Vector:
    """The logarithm of the share of each label, when differences count `sharpness` times."""
    scaled = logits * np.float32(sharpness)
    scaled = scaled - scaled.max(axis=-1, keepdims=True)
    return np.asarray(scaled - np.log(np.exp(scaled).sum(axis=-1, keepdims=True)), dtype=np.float32)
