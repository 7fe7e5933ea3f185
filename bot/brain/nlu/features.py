"""Turns a text into numbers: a sentence encoder for the sense, weighted grams for the wording."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log, log1p
from zlib import crc32

import numpy as np

from bot.brain.nlu.encoder import ENCODER_SIZE, SentenceEncoder, Vector
from bot.brain.nlu.known_lines import encode_lines

GRAM_SIZE = 1024
FEATURES = ENCODER_SIZE + 2 * GRAM_SIZE
# Both sorts of features get this length, so that neither drowns the other.
SCALE = np.float32(4.0)
_PIECES = range(3, 6)


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
    """All features of a text: encoded, and its words and pieces weighted.

    `middle`: (384,), what the encoder says of every text; only what lies beside it tells.
    """

    encoder: SentenceEncoder
    middle: Vector
    words: GramSpace
    pieces: GramSpace

    @classmethod
    def fit(cls, encoder: SentenceEncoder, texts: Sequence[str]) -> tuple["Features", Vector]:
        """Learn which grams weigh what; also gives the rows of `texts`, encoded for it."""
        encoded = encode_lines(encoder, texts)
        grams = GramSpace.fit(words, texts), GramSpace.fit(pieces, texts)
        features = cls(encoder, encoded.mean(axis=0), *grams)
        return features, features._rows(encoded, texts)

    def matrix(self, texts: Sequence[str]) -> Vector:
        """One row a text: shape (len(texts), 2432)."""
        return self._rows(self.encoder.encode(texts), texts)

    def _rows(self, encoded: Vector, texts: Sequence[str]) -> Vector:
        rows = np.empty((len(texts), FEATURES), dtype=np.float32)
        beside = encoded - self.middle
        rows[:, :ENCODER_SIZE] = beside / np.linalg.norm(beside, axis=1, keepdims=True) * SCALE
        for row, text in zip(rows, texts, strict=True):
            row[ENCODER_SIZE:-GRAM_SIZE] = self.words.vector(text)
            row[-GRAM_SIZE:] = self.pieces.vector(text)
        return rows
