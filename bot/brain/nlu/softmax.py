"""A linear softmax classifier over dense and sparse features together.

scikit-learn's would need one sparse matrix, in which the encoder's dense columns cost six times
the training time; this one keeps the two parts apart and is otherwise the same model.
"""

import os
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from bot.brain.nlu.features import Vector


@dataclass(frozen=True)
class Softmax:
    """`dense`: (1024, labels); `sparse`: (words, labels); `bias`: (labels,)."""

    dense: Vector
    sparse: Vector
    bias: Vector

    def scores(self, dense: Vector, columns: NDArray[np.int32], weights: Vector) -> Vector:
        """The probability of each label for one text."""
        logits = dense @ self.dense + weights @ self.sparse[columns] + self.bias
        scores: Vector = _softmax(logits[np.newaxis, :])[0]
        return scores

    def all_scores(self, dense: Vector, sparse: csr_matrix) -> Vector:
        """The probability of each label for many texts: shape (texts, labels)."""
        return _softmax(dense @ self.dense + sparse @ self.sparse + self.bias)


def _softmax(logits: Vector) -> Vector:
    logits = logits - logits.max(axis=1, keepdims=True)
    exponentials = np.exp(logits)
    return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True), dtype=np.float32)


def fit(
    dense: Vector,
    sparse: csr_matrix,
    labels: NDArray[np.int64],
    sample_weights: Vector,
    strength: float,
    iterations: int = 50,
) -> Softmax:
    """Learn by L-BFGS with an L2 penalty of 1/`strength`.

    `dense`: (texts, 1024), `sparse`: (texts, words), `labels` and `sample_weights`: (texts,).
    """
    count = int(labels.max()) + 1
    targets = np.zeros((len(labels), count), dtype=np.float32)
    targets[np.arange(len(labels)), labels] = 1.0
    shapes = [(dense.shape[1], count), (sparse.shape[1], count), (count,)]
    sizes = [int(np.prod(shape)) for shape in shapes]
    transposed = sparse.T.tocsr()

    def split(flat: Vector) -> list[Vector]:
        parts = np.split(flat.astype(np.float32), np.cumsum(sizes)[:-1])
        return [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]

    def loss(flat: Vector) -> tuple[float, NDArray[np.float64]]:
        model = Softmax(*split(flat))
        scores = model.all_scores(dense, sparse)
        chosen = np.maximum(scores[np.arange(len(labels)), labels], 1e-12)
        error = (scores - targets) * sample_weights[:, np.newaxis]
        gradients = [
            dense.T @ error + model.dense / strength,
            transposed @ error + model.sparse / strength,
            error.sum(axis=0),
        ]
        penalty = (float((model.dense**2).sum()) + float((model.sparse**2).sum())) / strength / 2
        value = -float((sample_weights * np.log(chosen)).sum()) + penalty
        return value, np.concatenate([g.ravel() for g in gradients]).astype(np.float64)

    start = np.zeros(sum(sizes), dtype=np.float64)
    options = {"maxiter": iterations, "maxcor": 5}
    # Serving keeps to one thread (bot/settings.py); this alone is faster on the whole machine.
    with threadpool_limits(limits=os.cpu_count()):
        best = minimize(loss, start, jac=True, method="L-BFGS-B", options=options)
    return Softmax(*split(best.x))
