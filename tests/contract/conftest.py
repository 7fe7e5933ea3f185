"""The Telegram door, opened in this process before a fake Telegram."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from starlette.applications import Starlette

from bot.doors.telegram.door import Door, open_door
from bot.replies.knowledge import Knowledge
from bot.settings import read_settings
from tests.contract.stand_in import StandIn, until
from tests.contract.x_house import House, opened_x, roomy
from tests.fakes.telegram import FakeTelegram, ManualClock, Person
from tests.fakes.x import FakeX


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


@pytest_asyncio.fixture
async def x() -> AsyncIterator[FakeX]:
    """A server of X without limits in the way."""
    async with FakeX() as server:
        roomy(server)
        yield server


@pytest_asyncio.fixture
async def house(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> AsyncIterator[House]:
    """The X door, past its first poll: legacy messages by polling alone."""
    async with opened_x(x, stand_in, knowledge, tmp_path) as house:
        await house.begun()
        yield house
