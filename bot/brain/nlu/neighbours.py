"""Votes of the training lines nearest to a text, in a space of fewer dimensions.

A linear model sees a topic as one direction; people ask the same thing in ways far from each
other. Near lines of the same label know those ways.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.brain.nlu.features import ENCODER_SIZE, Vector

# How many dimensions are kept, and their weight, of the plain and of the masked text
_KEPT = ((128, 1.0), (64, 0.7))
VOTERS = 25
SHARPNESS = 16.0


@dataclass(frozen=True)
class Neighbours:
    """`mean`: (1024,); `axes`: (1024, 192); `lines`: (lines, 192), of length one."""

    mean: Vector
    axes: Vector
    lines: Vector
    labels: NDArray[np.int64]

    def votes(self, dense: Vector, count: int) -> Vector:
        """The share of each of `count` labels among the nearest lines; `dense`: (1024,)."""
        text = (dense - self.mean) @ self.axes
        nearness = self.lines @ (text / max(float(np.linalg.norm(text)), 1e-9))
        nearest = np.argpartition(-nearness, VOTERS)[:VOTERS]
        weights = np.exp(SHARPNESS * nearness[nearest])
        votes = np.bincount(self.labels[nearest], weights, minlength=count)
        return np.asarray(votes / votes.sum(), dtype=np.float32)


def fit_neighbours(dense: Vector, labels: NDArray[np.int64]) -> Neighbours:
    """Keep the directions in which the lines differ most; `dense`: (lines, 1024)."""
    mean = dense.mean(axis=0)
    axes = np.zeros((dense.shape[1], sum(kept for kept, _ in _KEPT)), dtype=np.float32)
    column = 0
    for half, (kept, weight) in enumerate(_KEPT):
        rows = slice(half * ENCODER_SIZE, (half + 1) * ENCODER_SIZE)
        axes[rows, column : column + kept] = weight * _main_axes(dense[:, rows], kept)
        column += kept
    lines = (dense - mean) @ axes
    lines /= np.maximum(np.linalg.norm(lines, axis=1, keepdims=True), 1e-9)
    return Neighbours(mean, axes, lines.astype(np.float32), labels)


def _main_axes(dense: Vector, kept: int) -> Vector:
    spread = np.cov((dense - dense.mean(axis=0)).T)
    vectors = np.linalg.eigh(spread)[1]
    return np.asarray(vectors[:, ::-1][:, :kept], dtype=np.float32)
