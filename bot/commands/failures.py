"""Failures that a person can do something about, each in one line."""

import errno

from sqlalchemy.exc import SQLAlchemyError

from bot.brain.interface import BrainError
from bot.brain.train import ModelError, TrainingError
from bot.brain.without_tensorflow import NeuralComponentError
from bot.gateway.instance import Displaced
from bot.kit.folder import FolderError
from bot.knowledge.files import GlossaryError
from bot.privacy.cipher import SealError
from bot.settings import SettingError

FORESEEN = (
    BrainError, Displaced, FolderError, GlossaryError, ModelError, NeuralComponentError, OSError,
    SealError, SettingError, SQLAlchemyError, TrainingError,
)  # fmt: skip

_CAUSES = {
    errno.EADDRINUSE: "that port is taken: stop what uses it, or choose another with BOT_PORT",
    errno.ENOSPC: "the disk is full: free some room and start again",
    errno.EACCES: "this folder or file may not be written: {name} (BOT_DATA_DIR chooses another)",
    errno.EROFS: "this folder is read-only: {name} (BOT_DATA_DIR chooses another)",
}


def explain(error: Exception) -> str:
    """What happened and what to do."""
    if isinstance(error, OSError) and error.errno in _CAUSES:
        return _CAUSES[error.errno].format(name=error.filename or "?")
    if isinstance(error, SQLAlchemyError):
        return f"the database cannot be used ({type(error).__name__}): see DATABASE_URL"
    if isinstance(error, SealError):
        return (
            "the database was sealed with another key: set BOT_SECRET_KEY as it was"
            " (if it is lost, begin afresh with another DATABASE_URL or BOT_DATA_DIR)"
        )
    return str(error) or type(error).__name__
