"""The X door, opened in this process before a fake X; time is moved by hand."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.applications import Starlette

from bot.doors.x.door import Door, open_door
from bot.replies.knowledge import Knowledge
from bot.settings import read_settings
from tests.contract.conftest import StandIn, until
from tests.fakes.x import Call, FakeUser, FakeX, ManualClock

QUICK = 0.005
SHORTEST = 0.02
MANY = 1_000_000


async def quick(seconds: float) -> None:
    """A pause, much shorter than it should be."""
    await asyncio.sleep(min(seconds, QUICK))


@dataclass(repr=False)
class House:
    """Everything that a test of the door holds in its hands."""

    x: FakeX
    brain: StandIn
    door: Door
    said: list[str] = field(default_factory=list)

    @property
    def clock(self) -> ManualClock:
        clock = self.x.world.clock
        assert isinstance(clock, ManualClock)
        return clock

    def user(self, name: str = "Ann", **more: Any) -> FakeUser:
        return self.x.user(name, **more)

    @property
    def sends(self) -> list[Call]:
        """Every request to write a message, whatever came of it."""
        return [each for each in self.x.world.record.calls if each.route in ("dm_send", "chat_send")]

    async def begun(self) -> None:
        """The first poll is over: what is written from now on is new."""
        await until(lambda: any(c.status == 200 for c in self.x.world.record.of("dm_events")))
        await self.polled()

    async def polled(self, times: int = 2) -> None:
        """So many polls later; with two, what was written before has come in."""
        polls = self.x.world.record.of("dm_events")
        seen = len(polls)

        def later() -> bool:
            calls = self.x.world.record.of("dm_events")
            return sum(call.status == 200 for call in calls[seen:]) >= times

        await until(later)
        await self.door.gateway.settled()


@asynccontextmanager
async def opened(
    x: FakeX, brain: StandIn, knowledge: Knowledge, folder: Path, **environment: str
) -> AsyncIterator[House]:
    """The door, answering; limits of the fake that are out of the way unless they are the point."""
    house = House(x, brain, None)  # type: ignore[arg-type]
    settings = read_settings(
        {
            "BOT_DATA_DIR": str(folder),
            "BOT_OPERATOR": "Zoé, zoe@example.org",
            "BOT_PRIVACY_URL": "https://example.org/privacy",
            "X_CHAT": "off",
            **x.environment,
            **environment,
        }
    )
    more = {"clock": x.world.clock, "sleep": quick, "ticks": x.world.clock, "shortest": SHORTEST}
    async with open_door(settings, knowledge, brain, b"key", house.said.append, **more) as door:
        house.door = door
        running = asyncio.create_task(door.run(no_webhook))
        try:
            yield house
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running


async def no_webhook(_app: Starlette, _port: int) -> None:
    raise AssertionError("no webhook was asked for")


def roomy(x: FakeX) -> None:
    """No limit is in the way."""
    for route in ("dm_events", "dm_with_events", "dm_send"):
        for scope in x.world.limits.sizes(route):
            x.world.limits.resize(route, scope, MANY)
