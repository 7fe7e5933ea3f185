"""Votes of the training lines nearest to a text, in a space of fewer dimensions.

A linear model sees a topic as one direction; people ask the same thing in ways far from each
other. Near lines of the same label know those ways.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.brain.nlu.encoder import Vector

_KEPT = 192
VOTERS = 25
SHARPNESS = 16.0


@dataclass(frozen=True)
class Neighbours:
    """`mean`: (384,); `axes`: (384, 192); `lines`: (lines, 192), of length one."""

    mean: Vector
    axes: Vector
    lines: Vector
    labels: NDArray[np.int64]

    def votes(self, dense: Vector, count: int) -> Vector:
        """The share of each of `count` labels among the nearest lines; `dense`: (384,)."""
        text = (dense - self.mean) @ self.axes
        nearness = self.lines @ (text / max(float(np.linalg.norm(text)), 1e-9))
        nearest = np.argpartition(-nearness, VOTERS)[:VOTERS]
        weights = np.exp(SHARPNESS * nearness[nearest])
        votes = np.bincount(self.labels[nearest], weights, minlength=count)
        return np.asarray(votes / votes.sum(), dtype=np.float32)


def fit_neighbours(dense: Vector, labels: NDArray[np.int64]) -> Neighbours:
    """Keep the directions in which the lines differ most; `dense`: (lines, 384)."""
    mean = dense.mean(axis=0)
    axes = np.linalg.eigh(np.cov((dense - mean).T))[1][:, ::-1][:, :_KEPT].astype(np.float32)
    lines = (dense - mean) @ axes
    lines /= np.maximum(np.linalg.norm(lines, axis=1, keepdims=True), 1e-9)
    return Neighbours(mean, axes, lines.astype(np.float32), labels)
