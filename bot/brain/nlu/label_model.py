"""The trained model of labels: which features, which weights, and how they are stored."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.brain.nlu.descriptions import Descriptions, fit_descriptions
from bot.brain.nlu.features import SentenceEncoder, Vector, WordWeights
from bot.brain.nlu.neighbours import Neighbours, fit_neighbours
from bot.brain.nlu.reading import Reading
from bot.brain.nlu.softmax import Softmax, fit
from bot.knowledge.load import Glossary

OUT_OF_SCOPE = "out_of_scope"
_WEIGHTS_FILE = "weights.npz"
_NAMES_FILE = "names.json"

Ranking = list[tuple[str, float]]


@dataclass(frozen=True)
class LabelModel:
    """Labels, the weighting of words, the two classifiers, and the terms by description."""

    labels: list[str]
    words: WordWeights
    softmax: Softmax
    neighbours: Neighbours
    descriptions: Descriptions

    def rank(self, reading: Reading, encoder: SentenceEncoder) -> tuple[Ranking, list[str]]:
        """Every label with its probability, and the terms that the text describes; best first."""
        plain, masked = encoder.encode([reading.plain, reading.masked])
        dense = np.concatenate([plain, masked])
        linear = self.softmax.scores(dense, *self.words.row(reading.masked))
        votes = self.neighbours.votes(dense, len(self.labels))
        scores = (linear + votes) / 2
        ranking = [(self.labels[i], float(scores[i])) for i in np.argsort(-scores)]
        return ranking, self.descriptions.nearest(plain)


def train_model(
    readings: Sequence[Reading],
    labels: Sequence[str],
    encoder: SentenceEncoder,
    glossary: Glossary,
    strength: float,
    out_of_scope_weight: float,
) -> LabelModel:
    """Learn from readings and their labels."""
    names = sorted(set(labels))
    numbers = np.array([names.index(label) for label in labels])
    masked = [reading.masked for reading in readings]
    words = WordWeights.fit(masked)
    plain = _encode_distinct([reading.plain for reading in readings], encoder)
    dense = np.hstack([plain, _encode_distinct(masked, encoder)])
    weights = _sample_weights(numbers, np.array(labels) == OUT_OF_SCOPE, out_of_scope_weight)
    softmax = fit(dense, words.matrix(masked), numbers, weights, strength)
    neighbours = fit_neighbours(dense, numbers)
    return LabelModel(names, words, softmax, neighbours, fit_descriptions(glossary, encoder))


def _encode_distinct(texts: Sequence[str], encoder: SentenceEncoder) -> Vector:
    """Encode each text once: templates filled with different terms mask to the same one."""
    distinct = {text: row for row, text in enumerate(dict.fromkeys(texts))}
    encoded: Vector = encoder.encode(list(distinct))[[distinct[text] for text in texts]]
    return encoded


def _sample_weights(
    numbers: NDArray[np.int64], refused: NDArray[np.bool_], out_of_scope_weight: float
) -> Vector:
    """Labels with fewer lines weigh more, by the square root; a refusal weighs as it is told."""
    counts = np.bincount(numbers)
    weights = np.sqrt(counts.mean() / counts[numbers])
    return np.asarray(np.where(refused, out_of_scope_weight, weights), dtype=np.float32)


def save_model(model: LabelModel, folder: Path) -> None:
    """Write the model as plain arrays and names: nothing that runs code when it is read."""
    np.savez(
        folder / _WEIGHTS_FILE,
        dense=model.softmax.dense,
        sparse=model.softmax.sparse,
        bias=model.softmax.bias,
        idf=model.words.idf,
        described=model.descriptions.texts,
        **{f"near_{name}": value for name, value in vars(model.neighbours).items()},
    )
    names = {
        "labels": model.labels,
        "words": list(model.words.index),
        "described": list(model.descriptions.entries),
    }
    (folder / _NAMES_FILE).write_text(json.dumps(names), encoding="utf-8")


def load_model(folder: Path) -> LabelModel:
    """The reverse of `save_model`."""
    names = json.loads((folder / _NAMES_FILE).read_text(encoding="utf-8"))
    with np.load(folder / _WEIGHTS_FILE, allow_pickle=False) as stored:
        softmax = Softmax(stored["dense"], stored["sparse"], stored["bias"])
        words = WordWeights({word: i for i, word in enumerate(names["words"])}, stored["idf"])
        near = (stored[f"near_{field.name}"] for field in fields(Neighbours))
        neighbours = Neighbours(*near)
        descriptions = Descriptions(stored["described"], names["described"])
    return LabelModel(names["labels"], words, softmax, neighbours, descriptions)
