"""What the trained models say of one text, before anything is chosen."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, Optional

import numpy as np
from scipy.cluster.vq import kmeans2

from bot.brain.nlu.encoder import ENCODER_SIZE, SentenceEncoder, Vector
from bot.brain.nlu.features import Features, GramSpace, pieces, words
from bot.brain.nlu.forms import Forms, fit_forms
from bot.brain.nlu.neighbours import Neighbours, fit_neighbours
from bot.brain.nlu.network import UNTOLD, Network, Places, fit_network, log_shares
from bot.brain.nlu.reading import Reading

Kind = Literal["term", "topic", "follow_up", "talk", "refusal"]

OUT_OF_SCOPE = "out_of_scope"
TERM = "term/"
TOPIC = "advice/"
FACETS = frozenset({
    "ask_meaning", "ask_example", "ask_howto", "ask_difference", "ask_etiquette", "ask_origin",
    "ask_now", "ask_again", "correct",
})  # fmt: skip
UNLIKELY = -10.0
_WEIGHTS_FILE = "weights.npz"
_NAMES_FILE = "names.json"
# What is refused has nothing in common: it is learnt as so many sorts.
_REFUSED_SORTS = 25
_SEED = 3
_MOST_WORDS_OF_A_FOLLOW_UP = 8


class Line(NamedTuple):
    """A training line; `term` where it asks about a certain one, `filled` from a template."""

    reading: Reading
    label: str
    term: Optional[str]
    filled: bool


@dataclass(frozen=True)
class Evidence:
    """Logarithms of shares, from -10 to 0, of targets and of kinds of targets.

    `votes` and `facets` are plain shares. A target is `term/…`, `advice/…`, an intent, or, for a
    facet asked without naming anything, that facet. `named`: entry → how far its written form in
    the text tells that it is meant, a logarithm too.
    """

    targets: Mapping[str, float]
    kinds: Mapping[Kind, float]
    votes: Mapping[str, float]
    facets: Mapping[str, float]
    named: Mapping[str, float]


@dataclass(frozen=True)
class Models:
    """Everything learnt from the training lines."""

    features: Features
    targets: list[str]
    facets: list[str]
    network: Network
    voters: list[str]
    neighbours: Neighbours
    forms: Forms

    def weigh(self, readings: Sequence[Reading]) -> list[Evidence]:
        """The evidence on each reading."""
        rows = self.features.matrix(readings)
        return [self._evidence(row, reading) for row, reading in zip(rows, readings, strict=True)]

    def _evidence(self, row: Vector, reading: Reading) -> Evidence:
        scores = self.network.scores(row)
        targets = _by_target(self.targets, log_shares(scores[: len(self.targets)]))
        facets = np.exp(log_shares(scores[len(self.targets) :]))
        return Evidence(
            targets=targets,
            kinds=_by_kind(targets),
            votes=self._votes(row),
            facets=dict(zip(self.facets, map(float, facets), strict=True)),
            named=self.forms.named(reading.matches),
        )

    def _votes(self, row: Vector) -> dict[str, float]:
        shares = self.neighbours.votes(row[:ENCODER_SIZE], len(self.voters))
        return {self.voters[i]: float(shares[i]) for i in np.flatnonzero(shares)}


def _by_target(labels: Sequence[str], shares: Vector) -> dict[str, float]:
    """The shares, those of all that is refused added up."""
    told = {label: max(UNLIKELY, float(share)) for label, share in zip(labels, shares, strict=True)}
    refused = [told.pop(label) for label in labels if label.startswith(OUT_OF_SCOPE)]
    return told | {OUT_OF_SCOPE: float(np.logaddexp.reduce(refused))}


def _by_kind(targets: Mapping[str, float]) -> dict[Kind, float]:
    shares: dict[Kind, float] = defaultdict(float)
    for target, share in targets.items():
        shares[kind_of(target)] += float(np.exp(share))
    return {kind: float(np.log(share)) for kind, share in shares.items()}


def train_models(lines: Sequence[Line], encoder: SentenceEncoder) -> Models:
    """Learn from all training lines."""
    features, rows = Features.fit(encoder, [line.reading for line in lines])
    targets, aimed = _numbered(_target_labels(lines, rows))
    facets, asked = _numbered([line.label if line.label in FACETS else None for line in lines])
    voters, votes = _numbered([_vote(line) for line in lines])
    return Models(
        features,
        targets,
        facets,
        fit_network(rows, [aimed, asked], [len(targets), len(facets)], _SEED),
        voters,
        fit_neighbours(rows[:, :ENCODER_SIZE], votes, _SEED),
        fit_forms([(line.reading.matches, line.term) for line in lines if not line.filled]),
    )


def _numbered(labels: Sequence[Optional[str]]) -> tuple[list[str], Places]:
    """The different labels in order, and the place there of each (`UNTOLD` for none)."""
    names = sorted({label for label in labels if label is not None})
    places = {name: place for place, name in enumerate(names)}
    return names, np.array([UNTOLD if label is None else places[label] for label in labels])


@cache  # there are as many as labels
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


def _vote(line: Line) -> str:
    """What a line speaks for when it lies near: its term, else its label."""
    return TERM + line.term if line.term and "+" not in line.term else line.label


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
    arrays |= {f"network_{name}": value for name, value in vars(models.network).items()}
    arrays["middle"] = models.features.middle
    names = {
        "targets": models.targets,
        "facets": models.facets,
        "voters": models.voters,
        "words": models.features.words.idf,
        "pieces": models.features.pieces.idf,
        "terms": models.features.terms,
        "forms": models.forms.told,
    }
    np.savez(folder / _WEIGHTS_FILE, **arrays)
    (folder / _NAMES_FILE).write_text(json.dumps(names), encoding="utf-8")


def load_models(folder: Path, encoder: SentenceEncoder) -> Models:
    """The reverse of `save_models`."""
    names = json.loads((folder / _NAMES_FILE).read_text(encoding="utf-8"))
    with np.load(folder / _WEIGHTS_FILE, allow_pickle=False) as stored:
        near = Neighbours(*(stored[f"near_{field.name}"] for field in fields(Neighbours)))
        network = Network(*(stored[f"network_{field.name}"] for field in fields(Network)))
        grams = GramSpace(words, names["words"]), GramSpace(pieces, names["pieces"])
        features = Features(encoder, stored["middle"], *grams, names["terms"])
    labels = names["targets"], names["facets"]
    return Models(features, *labels, network, names["voters"], near, Forms(names["forms"]))


def pooled_votes(votes: Mapping[str, float], groups: Mapping[str, str]) -> dict[str, float]:
    """Votes for topics; those that share an answer share their votes."""
    pooled: dict[str, float] = defaultdict(float)
    for label, share in votes.items():
        if label.startswith(TOPIC):
            topic = label.removeprefix(TOPIC)
            pooled[groups.get(topic, topic)] += share
    return pooled
