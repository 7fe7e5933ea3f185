"""Trains the model when what it is made from has changed, and finds the one to serve."""

import hashlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path

from bot.settings import ROOT

SOURCES = (
    "config.yml", "domain.yml", "glossary", "nlu_data",
    "bot/brain/nlu", "bot/brain/importer.py", "bot/knowledge",
)  # fmt: skip
_SUFFIXES = (".yml", ".tsv", ".py")

_log = logging.getLogger(__name__)


class TrainingError(Exception):
    """No model came out of the training."""


class ModelError(Exception):
    """There is no model to serve, or the file is not the one that was trained."""


def sources(root: Path = ROOT) -> Iterator[Path]:
    """Every file that the model is made from, in a stable order."""
    for name in SOURCES:
        place = root / name
        if place.is_dir():
            yield from sorted(path for path in place.rglob("*") if path.suffix in _SUFFIXES)
        else:
            yield place


def fingerprint(root: Path = ROOT) -> str:
    """A short name for the state of all sources."""
    digest = hashlib.sha256()
    for path in sources(root):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def model_path(models: Path) -> Path:
    """Where the model of the sources as they are now belongs."""
    return models / f"{fingerprint()}.tar.gz"


def is_fresh(models: Path) -> bool:
    """Whether the model of the sources as they are now is there, undamaged."""
    path = model_path(models)
    return path.exists() and _is_sound(path)


def trained_model(models: Path) -> Path:
    """The model to serve: that of the sources as they are now, else the newest one.

    An older model still answers: what entries say is read from the glossary itself.

    Raises:
        ModelError: none was trained yet, or the file was damaged since.
    """
    older = sorted(models.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    path = model_path(models)
    if not path.exists():
        if not older:
            raise ModelError("there is no model yet: run `make train`")
        path = older[-1]
        _log.warning("The glossary changed since the model was trained: run `make train`.")
    if not _is_sound(path):
        raise ModelError(f"the model is damaged: remove {path} and run `make train`")
    return path


def train(models: Path) -> Path:
    """Train and store a model with its checksum; older models are removed.

    Raises:
        TrainingError: Rasa reported a failure.
        OSError: the folder cannot be written, or the disk is full.
    """
    models.mkdir(parents=True, exist_ok=True)
    os.environ["RASA_CACHE_DIRECTORY"] = str(models / "cache")
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    from rasa.model_training import train as train_rasa

    path = model_path(models)
    result = train_rasa(
        domain=str(ROOT / "domain.yml"),
        config=str(ROOT / "config.yml"),
        training_files=[str(ROOT / "nlu_data")],
        output=str(models),
        fixed_model_name=path.name,
        force_training=True,
    )
    if result.code != 0 or result.model is None:
        raise TrainingError(f"Rasa's training ended with code {result.code}")
    _checksum_file(path).write_text(_checksum(path))
    _remove_older(models, path)
    return path


def _remove_older(models: Path, kept: Path) -> None:
    for path in models.glob("*.tar.gz*"):
        if not path.name.startswith(kept.name):
            path.unlink()


def _is_sound(path: Path) -> bool:
    stored = _checksum_file(path)
    return stored.exists() and stored.read_text() == _checksum(path)


def _checksum_file(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
