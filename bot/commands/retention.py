"""`purge` and `misses`."""

import asyncio
import time

import click

from bot.brain.open import load_rasa_quietly
from bot.database import open_database
from bot.gateway.erasure import purge
from bot.gateway.people import People
from bot.gateway.tables import KEPT_TEXTS, open_store
from bot.privacy.cipher import Cipher
from bot.privacy.keys import secret_key
from bot.settings import Settings

DAY = 86_400


def purge_all(settings: Settings, days: int) -> None:
    """Erase conversations untouched for `days` days, and what doors have kept for its time."""
    load_rasa_quietly()
    from bot.brain.tracker_store import ForgettingTrackerStore

    settings.data_dir.mkdir(parents=True, exist_ok=True)
    store = ForgettingTrackerStore(None, open_database(settings.database))
    erased = store.purge(time.time() - days * DAY)
    store.close()
    asyncio.run(_purge_doors(settings))
    click.echo(f"{erased} conversation(s) erased.")


async def _purge_doors(settings: Settings) -> None:
    store = await open_store(settings.database)
    try:
        await purge(store, time.time())
    finally:
        store.close()


async def list_misses(settings: Settings) -> None:
    """The questions that people let us keep because the answer was not right, one a line."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    cipher = Cipher(secret_key(settings.secret_key, settings.data_dir), KEPT_TEXTS)
    store = await open_store(settings.database)
    try:
        for miss in await People("telegram", store, cipher, time.time).misses():
            entries, text = " ".join(miss.entries) or "-", _one_line(miss.text)
            click.echo(f"{miss.language}\t{entries}\t{text}")
    finally:
        store.close()


def _one_line(text: str) -> str:
    """What strangers wrote must not move the cursor of who reads it."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
