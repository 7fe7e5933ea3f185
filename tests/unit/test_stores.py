"""The tracker store and the locks."""

import asyncio
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.brain.interface import KEPT_TURNS
from bot.brain.locks import KeyedLocks
from bot.brain.tracker_store import ForgettingTrackerStore, kept_events
from bot.database import open_database
from bot.settings import ROOT

DOMAIN = Domain.load(str(ROOT / "domain.yml"))


def store(path: Path, now: float = 1000.0) -> ForgettingTrackerStore:
    engine = open_database(f"sqlite:///{path / 'test.db'}")
    return ForgettingTrackerStore(DOMAIN, engine, clock=lambda: now)


def conversation(person: str, turns: int) -> DialogueStateTracker:
    tracker = DialogueStateTracker(person, DOMAIN.slots)
    tracker.update(SlotSet("language", "en"))
    for turn in range(turns):
        tracker.update(UserUttered(f"turn {turn}"))
        tracker.update(ActionExecuted("action_listen"))
    return tracker


async def test_a_conversation_comes_back(tmp_path: Path) -> None:
    kept = store(tmp_path)
    await kept.save(conversation("ann", 2))
    found = await store(tmp_path).retrieve("ann")
    assert found is not None
    assert found.get_slot("language") == "en"
    assert [e.text for e in found.events if isinstance(e, UserUttered)] == ["turn 0", "turn 1"]
    assert list(await kept.keys()) == ["ann"]
    kept.close()


def written(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


async def test_what_is_forgotten_stands_in_no_file_any_more(tmp_path: Path) -> None:
    kept = store(tmp_path)
    for turns in (1, 2):
        await kept.save(conversation("ann", turns))
    assert b"turn 1" in written(tmp_path)
    await kept.forget("ann")
    assert b"turn" not in written(tmp_path)
    kept.close()


def test_only_the_last_turns_are_kept_and_every_slot() -> None:
    events = kept_events(conversation("ann", KEPT_TURNS + 40))
    assert sum(isinstance(event, UserUttered) for event in events) == KEPT_TURNS
    assert isinstance(events[0], SlotSet)


async def test_forgetting_leaves_nothing(tmp_path: Path) -> None:
    kept = store(tmp_path)
    await kept.save(conversation("ann", 1))
    await kept.save(conversation("bob", 1))
    await kept.forget("ann")
    assert await kept.retrieve("ann") is None
    assert await kept.retrieve("bob") is not None
    kept.close()


async def test_purge_erases_what_is_old(tmp_path: Path) -> None:
    old = store(tmp_path, now=100.0)
    await old.save(conversation("ann", 1))
    await store(tmp_path, now=900.0).save(conversation("bob", 1))
    assert old.purge(before=500.0) == 1
    assert list(await old.keys()) == ["bob"]
    old.close()


async def test_one_conversation_at_a_time_and_no_idle_wait() -> None:
    locks, inside, order = KeyedLocks(), 0, []

    async def turn(number: int) -> None:
        nonlocal inside
        async with locks.lock("ann"):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            order.append(number)
            inside -= 1

    await asyncio.wait_for(asyncio.gather(*map(turn, range(50))), timeout=1)
    assert order == list(range(50))
    assert not locks._locks


async def test_a_failing_turn_frees_the_conversation() -> None:
    locks = KeyedLocks()
    with pytest.raises(ValueError, match="on purpose"):
        async with locks.lock("ann"):
            raise ValueError("on purpose")
    async with locks.lock("ann"):
        pass
