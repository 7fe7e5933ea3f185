"""Weighs candidates against each other: a conditional logit, fitted on practice lines.

The weights say how much each signal counts. They are learnt on lines that the other models never
saw (`nlu_data/<language>/practice.tsv`): on their own lines those would look surer than they are,
and the probabilities would promise too much.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from bot.brain.nlu.candidates import Candidate

_PENALTY = 0.002
_ITERATIONS = 300

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Practised:
    """The candidates of a practice line, and the names of those that answer it."""

    candidates: Sequence[Candidate]
    right: Collection[str]


@dataclass(frozen=True)
class Weigher:
    """How much each signal counts."""

    weights: Mapping[str, float]

    def rank(self, candidates: Sequence[Candidate]) -> list[tuple[Candidate, float]]:
        """The candidates with their probabilities, best first."""
        scores = np.array([
            sum(self.weights.get(name, 0.0) * value for name, value in each.signals.items())
            for each in candidates
        ])  # fmt: skip
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        ranked = zip(candidates, map(float, shares), strict=True)
        return sorted(ranked, key=lambda pair: -pair[1])


def fit_weigher(practised: Sequence[Practised]) -> Weigher:
    """Make the right candidates of the practice lines as likely as can be."""
    names = sorted(
        {name for line in practised for each in line.candidates for name in each.signals}
    )
    tables = [_table(line, names) for line in practised]
    tables = [table for table in tables if table[1].any()]
    total = max(len(tables), 1)

    def loss(weights: Array) -> tuple[float, Array]:
        value, slope = 0.0, np.zeros_like(weights)
        for signals, right in tables:
            scores = signals @ weights
            shares = np.exp(scores - scores.max())
            shares /= shares.sum()
            kept = shares * right
            value -= float(np.log(kept.sum()))
            slope += (shares - kept / kept.sum()) @ signals
        penalty = _PENALTY * float((weights**2).sum())
        return value / total + penalty, slope / total + 2 * _PENALTY * weights

    options = {"maxiter": _ITERATIONS}
    best = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options=options)
    return Weigher(dict(zip(names, map(float, best.x), strict=True)))


def _table(line: Practised, names: Sequence[str]) -> tuple[Array, NDArray[np.bool_]]:
    signals = [[each.signals.get(name, 0.0) for name in names] for each in line.candidates]
    right = [each.name in line.right for each in line.candidates]
    return np.array(signals), np.array(right)
