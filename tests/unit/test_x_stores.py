"""What doors keep from one process to the next."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bot.gateway.erasure import erase_person, kept_of, purge
from bot.gateway.keepsakes import Keepsakes
from bot.gateway.model import Event
from bot.gateway.tables import Store, open_store
from bot.gateway.threads import Thread, Threads
from bot.privacy.cipher import Cipher
from tests.clocks import SleepyClock

CIPHER, DAY = Cipher(b"key", "gateway"), 86_400
SECRET = "a token that nobody may read"  # noqa: S105 - of a test


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await open_store(f"sqlite:///{tmp_path / 'gateway.db'}")
    yield store
    store.close()


async def test_a_keepsake_is_sealed_replaced_and_dropped(store: Store, tmp_path: Path) -> None:
    keepsakes = Keepsakes("x", store, CIPHER, SleepyClock())
    await keepsakes.put("tokens", "first")
    await keepsakes.put("tokens", SECRET)
    assert await keepsakes.get("tokens") == SECRET
    assert await Keepsakes("y", store, CIPHER, SleepyClock()).get("tokens") is None
    assert SECRET.encode() not in (tmp_path / "gateway.db").read_bytes()
    await keepsakes.drop("tokens")
    assert await keepsakes.get("tokens") is None


async def test_a_thread_is_kept_and_stop_is_not_undone_by_what_else_is_noted(store: Store) -> None:
    clock = SleepyClock()
    threads = Threads("x", store, CIPHER, clock)
    await threads.note("ann", greeted=True, choices=("a", "b"))
    await threads.stop("ann")
    await threads.note("ann", last="7")
    again = Threads("x", store, CIPHER, clock)
    assert await again.of("ann") == Thread(stopped=True, greeted=True, choices=("a", "b"), last="7")
    await again.resume("ann")
    assert not (await Threads("x", store, CIPHER, clock).of("ann")).stopped


async def test_stop_before_anything_else_is_kept(store: Store) -> None:
    await Threads("x", store, CIPHER, SleepyClock()).stop("ann")
    assert await Threads("x", store, CIPHER, SleepyClock()).of("ann") == Thread(stopped=True)


async def test_erasing_keeps_the_stop_and_nothing_else(store: Store) -> None:
    clock = SleepyClock()
    threads, keepsakes = Threads("x", store, CIPHER, clock), Keepsakes("x", store, CIPHER, clock)
    for person in ("ann", "bob"):
        await threads.note(person, greeted=True)
        await keepsakes.put(f"chat keys {person}", SECRET, person)
    await keepsakes.put("tokens", SECRET)
    await threads.stop("ann")
    for person in ("ann", "bob"):
        await erase_person(store, "x", person, but=Event("x", "1", person, ""))
        threads.forgotten(person)
    assert await threads.of("ann") == Thread(stopped=True)
    assert await threads.of("bob") == Thread()
    assert not any((await kept_of(store, "x", "bob")).values())
    assert await keepsakes.get("chat keys ann") is None
    assert await keepsakes.get("tokens") == SECRET


async def test_time_erases_threads_but_no_stop_and_nothing_of_the_account(store: Store) -> None:
    clock = SleepyClock()
    threads, keepsakes = Threads("x", store, CIPHER, clock), Keepsakes("x", store, CIPHER, clock)
    await threads.note("ann", greeted=True)
    await threads.stop("bob")
    await keepsakes.put("chat keys ann", SECRET, "ann")
    await keepsakes.put("tokens", SECRET)
    await purge(store, clock() + 181 * DAY)
    again = Threads("x", store, CIPHER, clock)
    assert await again.of("ann") == Thread()
    assert (await again.of("bob")).stopped
    assert await keepsakes.get("chat keys ann") is None
    assert await keepsakes.get("tokens") == SECRET
