"""Turns what was read into numbers: its sense, its wording, and the terms that it names."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log, log1p
from zlib import crc32

import numpy as np

from bot.brain.nlu.encoder import ENCODER_SIZE, SentenceEncoder, Vector
from bot.brain.nlu.known_lines import encode_lines
from bot.brain.nlu.reading import Reading

GRAM_SIZE = 1024
# All sorts of features get about this length, so that none drowns the others.
SCALE = np.float32(4.0)
# How much a term counts by how its name is written (`Match.strength`).
_NAMED = {"sure": 2.0, "fuzzy": 1.4, "weak": 1.0}
_PIECES = range(3, 6)
_PIECES_START = ENCODER_SIZE + GRAM_SIZE
_NAMES_START = _PIECES_START + GRAM_SIZE


def words(text: str) -> Iterator[str]:
    """Single words and pairs of words."""
    found = text.replace("'", "' ").split()
    yield from found
    yield from (f"{first} {second}" for first, second in pairwise(found))


def pieces(text: str) -> Iterator[str]:
    """Pieces of three to five letters, for words that are written in several ways."""
    for word in text.replace("'", " ").split():
        framed = f" {word} "
        for size in _PIECES:
            yield from (framed[i : i + size] for i in range(len(framed) - size + 1))


@dataclass(frozen=True)
class GramSpace:
    """TF-IDF of grams, folded by a signed hash into 1024 numbers of length `SCALE` a text."""

    grams: Callable[[str], Iterator[str]]
    idf: Mapping[str, float]

    @classmethod
    def fit(
        cls, grams: Callable[[str], Iterator[str]], texts: Sequence[str], least: int = 2
    ) -> "GramSpace":
        """Learn the grams that stand in at least `least` texts."""
        spread = Counter(gram for text in texts for gram in set(grams(text)))
        kept = {gram: count for gram, count in spread.items() if count >= least}
        return cls(grams, {gram: log(len(texts) / count) for gram, count in sorted(kept.items())})

    def vector(self, text: str) -> Vector:
        """The numbers of one text: shape (1024,)."""
        places, weights = [], []
        for gram, count in Counter(self.grams(text)).items():
            if weight := self.idf.get(gram):
                hashed = crc32(gram.encode())
                places.append((hashed >> 1) % GRAM_SIZE)
                weights.append((weight if hashed & 1 else -weight) * log1p(count))
        if not places:
            return np.zeros(GRAM_SIZE, dtype=np.float32)
        folded = np.bincount(places, weights, minlength=GRAM_SIZE).astype(np.float32)
        length = float(np.linalg.norm(folded))
        return folded * (SCALE / np.float32(length)) if length else folded


@dataclass(frozen=True)
class Features:
    """All features of a reading: encoded, its words and pieces weighted, and the terms named.

    `middle`: (384,), what the encoder says of every text; only what lies beside it tells.
    `terms`: the entries that have a number of their own, in order.
    """

    encoder: SentenceEncoder
    middle: Vector
    words: GramSpace
    pieces: GramSpace
    terms: Sequence[str]

    @classmethod
    def fit(
        cls, encoder: SentenceEncoder, readings: Sequence[Reading]
    ) -> tuple["Features", Vector]:
        """Learn which grams weigh what; also gives the rows of `readings`, encoded for it."""
        texts = [reading.plain for reading in readings]
        encoded = encode_lines(encoder, texts)
        grams = GramSpace.fit(words, texts), GramSpace.fit(pieces, texts)
        named = {
            entry for reading in readings for match in reading.matches for entry in match.entries
        }
        features = cls(encoder, encoded.mean(axis=0), *grams, sorted(named))
        return features, features._rows(encoded, readings)

    def matrix(self, readings: Sequence[Reading]) -> Vector:
        """One row a reading: shape (len(readings), 2432 + terms)."""
        encoded = self.encoder.encode([reading.plain for reading in readings])
        return self._rows(encoded, readings)

    def _rows(self, encoded: Vector, readings: Sequence[Reading]) -> Vector:
        rows = np.zeros((len(readings), _NAMES_START + len(self.terms)), dtype=np.float32)
        beside = encoded - self.middle
        rows[:, :ENCODER_SIZE] = beside / np.linalg.norm(beside, axis=1, keepdims=True) * SCALE
        places = {term: place for place, term in enumerate(self.terms, _NAMES_START)}
        for row, reading in zip(rows, readings, strict=True):
            row[ENCODER_SIZE:_PIECES_START] = self.words.vector(reading.plain)
            row[_PIECES_START:_NAMES_START] = self.pieces.vector(reading.plain)
            for match in reading.matches:
                for entry in match.entries:
                    if (place := places.get(entry)) is not None:
                        row[place] = max(row[place], _NAMED[match.strength])
        return rows
