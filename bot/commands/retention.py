"""`purge`."""

import time

import click

from bot.brain.open import load_rasa_quietly
from bot.database import open_database
from bot.settings import Settings

DAY = 86_400


def purge_conversations(settings: Settings, days: int) -> None:
    """Erase what has not been touched for `days` days."""
    load_rasa_quietly()
    from bot.brain.tracker_store import ForgettingTrackerStore

    settings.data_dir.mkdir(parents=True, exist_ok=True)
    store = ForgettingTrackerStore(None, open_database(settings.database))
    erased = store.purge(time.time() - days * DAY)
    store.close()
    click.echo(f"{erased} conversation(s) erased.")
