"""Turns a text into the numbers of its sense: multilingual-e5-small, run by CTranslate2."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ctranslate2
import numpy as np
from numpy.typing import NDArray
from sentencepiece import SentencePieceProcessor

from bot.brain.nlu.e5_weights import PIECES_FILE, prepared_model

Vector = NDArray[np.float32]

ENCODER_SIZE = 384
# The model was taught with these words before what is asked (Wang et al. 2024, arXiv:2402.05672).
_PREFIX = "query: "
_START, _END = 0, 2
_MOST_PIECES = 510
_BATCH = 64


class SentenceEncoder:
    """The pre-trained encoder: 384 numbers of length one a text, no network."""

    def __init__(self, folder: Path) -> None:
        """Load it from `folder` (0.2 s, 120 MB), where it is first written (2 s, 70 MB)."""
        self.folder = prepared = prepared_model(folder)
        self._pieces = SentencePieceProcessor(model_file=str(prepared / PIECES_FILE))
        self._model = ctranslate2.Encoder(
            str(prepared), inter_threads=os.cpu_count() or 1, intra_threads=1
        )

    def encode(self, texts: Sequence[str]) -> Vector:
        """One vector a text: shape (len(texts), 384)."""
        numbered = [self._numbers(text) for text in texts]
        # Texts of like length go together: none is computed longer than it is.
        order = sorted(range(len(texts)), key=lambda place: len(numbered[place]))
        batches = [order[start : start + _BATCH] for start in range(0, len(order), _BATCH)]
        encoded = np.empty((len(texts), ENCODER_SIZE), dtype=np.float32)

        def run(batch: list[int]) -> None:
            encoded[batch] = self._run([numbered[place] for place in batch])

        if len(batches) == 1:
            run(batches[0])
            return encoded
        with ThreadPoolExecutor(os.cpu_count()) as workers:
            list(workers.map(run, batches))
        return encoded

    def _numbers(self, text: str) -> list[int]:
        return [_START, *self._pieces.encode(_PREFIX + text)[:_MOST_PIECES], _END]

    def _run(self, numbered: list[list[int]]) -> Vector:
        states = np.asarray(self._model.forward_batch(numbered).last_hidden_state)
        lengths = np.array([len(numbers) for numbers in numbered])[:, np.newaxis]
        inside = np.arange(states.shape[1]) < lengths
        sums = np.einsum("tps,tp->ts", states, inside.astype(np.float32))
        return np.asarray(sums / np.linalg.norm(sums, axis=1, keepdims=True), dtype=np.float32)
