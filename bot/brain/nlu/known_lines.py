"""Remembers how training lines were encoded: training again only encodes what is new."""

import os
import zipfile
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.brain.nlu.encoder import ENCODER_SIZE, SentenceEncoder, Vector

_FILE = "lines.npz"
_KEY_BYTES = 8


def encode_lines(encoder: SentenceEncoder, texts: Sequence[str]) -> Vector:
    """What `encoder` says of each text, to half precision: shape (len(texts), 384)."""
    path = encoder.folder / _FILE
    keys = np.array([_key(text) for text in texts], dtype=np.uint64)
    known, vectors = _read(path)
    encoded = np.empty((len(texts), ENCODER_SIZE), dtype=np.float16)
    places = np.searchsorted(known, keys)
    places[places == len(known)] = 0
    found = known[places] == keys if len(known) else np.zeros(len(keys), dtype=bool)
    encoded[found] = vectors[places[found]]
    new = np.flatnonzero(~found)
    if len(new):
        encoded[new] = encoder.encode([texts[place] for place in new])
        _write(path, keys, encoded)
    return encoded.astype(np.float32)


def _key(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=_KEY_BYTES).digest(), "little")


def _read(path: Path) -> tuple[NDArray[np.uint64], NDArray[np.float16]]:
    """Keys in ascending order, and their vectors; none when the file is not there or damaged."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            return stored["keys"], stored["vectors"]
    except (FileNotFoundError, zipfile.BadZipFile, KeyError, ValueError):
        return np.empty(0, np.uint64), np.empty((0, ENCODER_SIZE), np.float16)


def _write(path: Path, keys: NDArray[np.uint64], vectors: NDArray[np.float16]) -> None:
    order = np.argsort(keys)
    unfinished = path.with_suffix(f".{os.getpid()}.npz")
    np.savez(unfinished, keys=keys[order], vectors=vectors[order])
    os.replace(unfinished, path)
