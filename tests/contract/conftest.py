"""The Telegram door, opened in this process before a fake Telegram."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from starlette.applications import Starlette

from bot.brain.interface import BrainError, Message
from bot.doors.telegram.door import Door, open_door
from bot.knowledge.model import Language
from bot.replies import payload
from bot.replies.knowledge import Knowledge
from bot.replies.lookup import Lookup
from bot.replies.model import Reply
from bot.settings import read_settings
from tests.fakes.telegram import FakeTelegram, ManualClock, Person


class StandIn:
    """A brain that knows words and a few wishes; keeps what it was told, and rests when told."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._lookup = Lookup(knowledge)
        self.told: list[Message] = []
        self.forgotten: list[str] = []
        self.down = False
        self.pause = 0.0

    async def reply(self, message: Message) -> list[Reply]:
        self.told.append(message)
        await asyncio.sleep(self.pause)
        if self.down:
            raise BrainError("on purpose")
        if message.text == "crash":
            raise RuntimeError(message.text)
        language: Language = message.language or "fr"
        compose = self._knowledge.composers[language]
        if message.text.startswith("wish "):
            return [compose.small_talk(message.text.removeprefix("wish "))]
        asked = payload.parse(message.payload) if message.payload else None
        if asked is not None and asked.entry:
            return [compose.answer([asked.entry], asked.aspect, "ask")]
        replies = [self._lookup.answer(part, language) for part in message.text.split(" // ")]
        return [reply or compose.small_talk("out_of_scope", "suggestions") for reply in replies]

    async def forget(self, person: str) -> None:
        self.forgotten.append(person)

    async def recall(self, person: str) -> list[str]:
        return [message.text for message in self.told if message.person == person]

    async def close(self) -> None:
        return None


@dataclass(repr=False)
class Evening:
    """Everything that a test of the door holds in its hands."""

    telegram: FakeTelegram
    brain: StandIn
    clock: ManualClock
    door: Door
    said: list[str] = field(default_factory=list)

    def person(self, name: str = "Ann", language_code: str | None = "fr", **more: Any) -> Person:
        return self.telegram.person(name, language_code, **more)

    async def settled(self) -> None:
        """Every update is taken and dealt with."""
        updates = self.telegram.world.updates
        await until(lambda: not updates.pending)
        await self.door.gateway.settled()


async def until(condition: Callable[[], object], patience: float = 5.0) -> None:
    end = asyncio.get_running_loop().time() + patience
    while not condition():
        assert asyncio.get_running_loop().time() < end, "it did not happen"
        await asyncio.sleep(0.005)


async def no_webhook(_app: Starlette, _port: int) -> None:
    raise AssertionError("no webhook was asked for")


@pytest.fixture
def stand_in(knowledge: Knowledge) -> StandIn:
    return StandIn(knowledge)


@asynccontextmanager
async def opened(
    telegram: FakeTelegram, brain: StandIn, knowledge: Knowledge, folder: Path, **environment: str
) -> AsyncIterator[Evening]:
    """The door, answering."""
    settings = read_settings(
        {
            "BOT_DATA_DIR": str(folder),
            "TELEGRAM_TOKEN": telegram.token,
            "TELEGRAM_API_URL": telegram.url,
            **environment,
        }
    )
    clock, said = ManualClock(), []
    async with open_door(settings, knowledge, brain, b"key", said.append, clock) as door:
        running = asyncio.create_task(door.run(no_webhook))
        try:
            yield Evening(telegram, brain, clock, door, said)
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running


@pytest_asyncio.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        yield server


@pytest_asyncio.fixture
async def evening(
    telegram: FakeTelegram, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> AsyncIterator[Evening]:
    async with opened(telegram, stand_in, knowledge, tmp_path) as evening:
        yield evening
