"""Opens the brain that the settings ask for."""

import logging
import sys
import time
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Optional

from bot.brain.interface import KEPT_DAYS, Brain
from bot.brain.without_tensorflow import install
from bot.database import open_database
from bot.replies.knowledge import Knowledge
from bot.settings import Settings, quieten_libraries

MEMORY = "sqlite://"


def load_rasa_quietly() -> None:
    """Import Rasa without TensorFlow, without its warnings, and without messages in its logs."""
    quieten_libraries()
    install()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import rasa.core.agent  # noqa: F401
        from rasa.utils.log_utils import configure_structlog

    # Rasa would log to standard output, among the answers.
    logging.basicConfig(format="%(message)s", stream=sys.stderr, level=logging.WARNING)
    # At debug level Rasa logs what people write.
    configure_structlog(logging.WARNING)
    for name in ("rasa", "rasa_sdk", "apscheduler"):
        logging.getLogger(name).setLevel(logging.WARNING)
    if not sys.warnoptions:
        warnings.filterwarnings("ignore", module=r"(rasa|sanic|pkg_resources|matplotlib)\b")


@asynccontextmanager
async def local_brain(
    settings: Settings, knowledge: Knowledge, database: Optional[str] = None
) -> AsyncIterator[Brain]:
    """The brain in this process, over `database` or the settings' one.

    Raises:
        ModelError: there is no model to serve.
    """
    load_rasa_quietly()
    from bot.brain.local import load_local_brain
    from bot.brain.tracker_store import ForgettingTrackerStore
    from bot.brain.train import trained_model

    model = trained_model(settings.models)
    engine = open_database(database or settings.database)
    store = ForgettingTrackerStore(None, engine)
    store.purge(time.time() - KEPT_DAYS * 86_400)
    brain = load_local_brain(model, store, knowledge)
    try:
        await brain.warm_up()
        yield brain
    finally:
        await brain.close()
