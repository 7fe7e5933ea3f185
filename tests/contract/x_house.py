"""The X door, opened in this process before a fake X; time is moved by hand."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

from starlette.applications import Starlette

from bot.doors.x.door import Door, Serve, open_door
from bot.doors.x.stream import SILENCE
from bot.gateway.erasure import kept_of
from bot.privacy.keys import pseudonym
from bot.replies.knowledge import Knowledge
from bot.settings import read_settings
from tests.contract.stand_in import StandIn, until
from tests.fakes.x import Call, FakeUser, FakeX, ManualClock

QUICK = 0.005
SHORTEST = 0.02
MANY = 1_000_000
PATIENCE = 15.0


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
    running: "asyncio.Future[None]" = field(default_factory=asyncio.Future)

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
        routes = ("dm_send", "chat_send")
        return [call for call in self.x.world.record.calls if call.route in routes]

    async def kept_of(self, user: FakeUser) -> dict[str, list[dict[str, Any]]]:
        """Every row about a person."""
        return await kept_of(self.door.desk.store, "x", self.person(user))

    def person(self, user: FakeUser) -> str:
        return pseudonym(b"key", "x", user.id)

    async def cost(self) -> int:
        """What the door counted, in thousandths of a dollar."""
        return sum(amount for *_, amount in await self.door.api.meter.days())

    async def begun(self) -> None:
        """The first poll is over: what is written from now on is new."""
        await self.begun_without_settling()
        await self.settled()

    async def begun_without_settling(self) -> None:
        """The same; what waits may wait."""
        await until(lambda: any(c.status == 200 for c in self.x.world.record.of("dm_events")))
        await self.polled_without_settling()

    async def encrypted(self) -> None:
        """XChat is open, and the first poll is over."""
        await self.begun()
        await until(lambda: self.door.desk.transports.chat)

    async def listening(self) -> None:
        """The stream is open."""
        await until(lambda: self.x.world.streams.open)

    async def polled_chats(self) -> None:
        """What was written before in XChat has come in, by poll as well, and all is answered."""
        seen = len(self.x.world.record.of("chat_conversations"))
        await until(lambda: len(self.x.world.record.of("chat_conversations")) >= seen + 3)
        await self.settled()

    async def settled(self) -> None:
        """All that came in is dealt with."""
        await asyncio.wait_for(self.door.gateway.settled(), PATIENCE)

    async def ended(self) -> None:
        """The door ends by itself; what it failed with is raised."""
        await asyncio.wait_for(asyncio.shield(self.running), PATIENCE)

    async def polled(self, times: int = 2) -> None:
        """So many polls later, and all is answered; with two, what was written before came in."""
        await self.polled_without_settling(times)
        await self.settled()

    async def polled_without_settling(self, times: int = 2) -> None:
        """So many polls later; what waits may wait."""
        seen = len(self.x.world.record.of("dm_events"))

        def later() -> bool:
            calls = self.x.world.record.of("dm_events")
            return sum(call.status == 200 for call in calls[seen:]) >= times

        await until(later)


async def no_webhook(_app: Starlette, _port: int) -> None:
    raise AssertionError("no webhook was asked for")


@asynccontextmanager
async def opened_x(
    x: FakeX,
    brain: StandIn,
    knowledge: Knowledge,
    folder: Path,
    said: Optional[list[str]] = None,
    serve: Serve = no_webhook,
    silence: float = SILENCE,
    **environment: str,
) -> AsyncIterator[House]:
    """The door, answering."""
    house = House(x, brain, None, [] if said is None else said)  # type: ignore[arg-type]
    settings = read_settings(
        {
            "BOT_DATA_DIR": str(folder),
            "BOT_OPERATOR": "Zoé, zoe@example.org",
            "BOT_PRIVACY_URL": "https://example.org/privacy",
            **x.environment,
            "X_CHAT": "off",
            "X_BEARER_TOKEN": "",
            **environment,
        }
    )
    clock = x.world.clock
    async with open_door(
        settings,
        knowledge,
        brain,
        b"key",
        house.said.append,
        clock,
        quick,
        clock,
        SHORTEST,
        silence,
    ) as door:
        house.door = door
        house.running = asyncio.create_task(door.run(serve))
        try:
            yield house
        finally:
            house.running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await house.running


def roomy(x: FakeX) -> None:
    """No limit is in the way."""
    for route in ("dm_events", "dm_with_events", "dm_send"):
        for scope in x.world.limits.sizes(route):
            x.world.limits.resize(route, scope, MANY)
