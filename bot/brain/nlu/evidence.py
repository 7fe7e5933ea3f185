"""What the trained models say of one text, before anything is chosen."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal, NamedTuple, Optional

import numpy as np
from scipy.cluster.vq import kmeans2

from bot.brain.nlu.discriminant import Discriminant, fit_discriminant, log_shares
from bot.brain.nlu.features import (
    ENCODER_SIZE,
    Features,
    GramSpace,
    SentenceEncoder,
    Vector,
    pieces,
    words,
)
from bot.brain.nlu.neighbours import Neighbours, fit_neighbours
from bot.brain.nlu.reading import Reading

Kind = Literal["term", "topic", "follow_up", "talk", "refusal"]

OUT_OF_SCOPE = "out_of_scope"
TERM = "term/"
TOPIC = "advice/"
FACETS = frozenset({
    "ask_meaning", "ask_example", "ask_howto", "ask_difference", "ask_etiquette", "ask_origin",
    "ask_now", "ask_again", "correct",
})  # fmt: skip
_DISCRIMINANTS = ("targets", "terms", "kinds", "facets")
_WEIGHTS_FILE = "weights.npz"
_NAMES_FILE = "names.json"
# What is refused has nothing in common: it is learnt as so many sorts.
_REFUSED_SORTS = 25
_SEED = 3
_TARGETS_SHARPNESS = 0.15
_TERMS_SHARPNESS = 0.5
_KINDS_SHARPNESS = 1.0
UNLIKELY = -8.0
_MOST_WORDS_OF_A_FOLLOW_UP = 8


class Line(NamedTuple):
    """A training line; `term` where it asks about a certain one, `filled` from a template."""

    reading: Reading
    label: str
    term: Optional[str]
    filled: bool


@dataclass(frozen=True)
class Evidence:
    """Logarithms of shares, from -8 to 0, of targets, among terms, and of kinds of targets.

    `votes` and `facets` are plain shares. A target is `term/…`, `advice/…`, an intent, or, for a
    facet asked without naming anything, that facet.
    """

    targets: Mapping[str, float]
    terms: Mapping[str, float]
    kinds: Mapping[str, float]
    votes: Mapping[str, float]
    facets: Mapping[str, float]


@dataclass(frozen=True)
class Models:
    """Everything learnt from the training lines."""

    features: Features
    targets: Discriminant
    terms: Discriminant
    kinds: Discriminant
    facets: Discriminant
    voters: list[str]
    neighbours: Neighbours

    def weigh(self, readings: Sequence[Reading]) -> list[Evidence]:
        """The evidence on each reading."""
        rows = self.features.matrix([reading.plain for reading in readings])
        targets = log_shares(self.targets.logits(rows), _TARGETS_SHARPNESS)
        terms = log_shares(self.terms.logits(rows), _TERMS_SHARPNESS)
        kinds = log_shares(self.kinds.logits(rows), _KINDS_SHARPNESS)
        facets = np.exp(log_shares(self.facets.logits(rows), _TERMS_SHARPNESS))
        return [
            Evidence(
                targets=_by_target(self.targets.labels, targets[i]),
                terms=dict(zip(self.terms.labels, _floored(terms[i]), strict=True)),
                kinds=dict(zip(self.kinds.labels, _floored(kinds[i]), strict=True)),
                votes=self._votes(rows[i]),
                facets=dict(zip(self.facets.labels, map(float, facets[i]), strict=True)),
            )
            for i in range(len(readings))
        ]

    def _votes(self, row: Vector) -> dict[str, float]:
        shares = self.neighbours.votes(row[:ENCODER_SIZE], len(self.voters))
        return {self.voters[i]: float(shares[i]) for i in np.flatnonzero(shares)}


def _by_target(labels: Sequence[str], shares: Vector) -> dict[str, float]:
    """The shares, those of all that is refused added up."""
    refused = [i for i, label in enumerate(labels) if label.startswith(OUT_OF_SCOPE)]
    told = dict(zip(labels, _floored(shares), strict=True))
    for i in refused:
        del told[labels[i]]
    told[OUT_OF_SCOPE] = max(UNLIKELY, float(np.logaddexp.reduce(shares[refused])))
    return told


def _floored(shares: Vector) -> list[float]:
    return [float(share) for share in np.maximum(shares, UNLIKELY)]


def train_models(lines: Sequence[Line], encoder: SentenceEncoder) -> Models:
    """Learn from all training lines."""
    texts = [line.reading.plain for line in lines]
    features = Features.fit(encoder, texts)
    rows = features.matrix_of_many(texts)
    targets = _target_labels(lines, rows)
    aimed = [i for i, target in enumerate(targets) if target]
    about = [i for i, line in enumerate(lines) if line.term and "+" not in line.term]
    asking = [i for i, line in enumerate(lines) if line.label in FACETS]
    voters = sorted({line.label for line in lines})
    numbers = np.array([voters.index(line.label) for line in lines])
    return Models(
        features,
        fit_discriminant(rows[aimed], [str(targets[i]) for i in aimed]),
        fit_discriminant(rows[about], [f"{TERM}{lines[i].term}" for i in about], overshoot=0.0),
        fit_discriminant(rows[aimed], [kind_of(str(targets[i])) for i in aimed], overshoot=0.0),
        fit_discriminant(rows[asking], [lines[i].label for i in asking], overshoot=0.0),
        voters,
        fit_neighbours(rows[:, :ENCODER_SIZE], numbers),
    )


def kind_of(target: str) -> Kind:
    """What sort of answer a target is."""
    if target in FACETS:
        return "follow_up"
    if target.startswith(OUT_OF_SCOPE):
        return "refusal"
    if target.startswith(TERM):
        return "term"
    return "topic" if target.startswith(TOPIC) else "talk"


def _target_labels(lines: Sequence[Line], rows: Vector) -> list[Optional[str]]:
    """What each line aims at; none for a filled template, which may name any term."""
    targets = [_target(line) for line in lines]
    refused = [i for i, target in enumerate(targets) if target == OUT_OF_SCOPE]
    sense = rows[refused, :ENCODER_SIZE].astype(np.float64)
    sorts = kmeans2(sense, _REFUSED_SORTS, minit="++", seed=_SEED)[1]
    for i, sort in zip(refused, sorts, strict=True):
        targets[i] = f"{OUT_OF_SCOPE}/{sort}"
    return targets


def _target(line: Line) -> Optional[str]:
    if line.filled:
        return None
    if line.term is not None:
        return TERM + line.term if "+" not in line.term else None
    if line.label not in FACETS:
        return line.label
    brief = len(line.reading.words) <= _MOST_WORDS_OF_A_FOLLOW_UP
    return line.label if brief and not line.reading.matches else None


def save_models(models: Models, folder: Path) -> None:
    """Write plain arrays and names: nothing that runs code when it is read."""
    arrays = {f"near_{name}": value for name, value in vars(models.neighbours).items()}
    names: dict[str, object] = {"voters": models.voters}
    for name in _DISCRIMINANTS:
        discriminant: Discriminant = getattr(models, name)
        arrays |= {f"{name}_weights": discriminant.weights, f"{name}_bias": discriminant.bias}
        names[name] = discriminant.labels
    for name in ("words", "pieces"):
        names[name] = getattr(models.features, name).idf
    np.savez(folder / _WEIGHTS_FILE, **arrays)
    (folder / _NAMES_FILE).write_text(json.dumps(names), encoding="utf-8")


def load_models(folder: Path, encoder: SentenceEncoder) -> Models:
    """The reverse of `save_models`."""
    names = json.loads((folder / _NAMES_FILE).read_text(encoding="utf-8"))
    with np.load(folder / _WEIGHTS_FILE, allow_pickle=False) as stored:
        targets, terms, kinds, facets = (
            Discriminant(names[name], stored[f"{name}_weights"], stored[f"{name}_bias"])
            for name in _DISCRIMINANTS
        )
        near = Neighbours(*(stored[f"near_{field.name}"] for field in fields(Neighbours)))
        grams = GramSpace(words, names["words"]), GramSpace(pieces, names["pieces"])
        features = Features(encoder, *grams)
        return Models(features, targets, terms, kinds, facets, names["voters"], near)


def pooled_votes(votes: Mapping[str, float], groups: Mapping[str, str]) -> dict[str, float]:
    """Votes for topics; those that share an answer share their votes."""
    pooled: dict[str, float] = defaultdict(float)
    for label, share in votes.items():
        if label.startswith(TOPIC):
            topic = label.removeprefix(TOPIC)
            pooled[groups.get(topic, topic)] += share
    return pooled
