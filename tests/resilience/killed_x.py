"""The X door in a process of its own, which kills itself at a step: a program of tests."""

import asyncio
import sys
import time
from typing import Any

from bot.commands.sockets import stop_signal
from bot.doors.together import first_of
from bot.doors.x.door import Door, open_door
from bot.privacy.keys import secret_key
from bot.replies.knowledge import open_knowledge
from bot.settings import read_settings
from tests.contract.stand_in import StandIn
from tests.contract.x_house import no_webhook
from tests.resilience.killed_door import after, before, die

STEPS = ("fetched", "stored", "asked", "answered", "posted", "delivered", "marked")


def arm(door: Door, step: str) -> None:
    """Put the end of the process where `step` says."""
    gateway: Any = door.gateway
    places = {
        "fetched": (gateway._inbox, "keep", before),
        "stored": (gateway._inbox, "keep", after),
        "asked": (gateway._outbox, "keep", before),
        "answered": (gateway._outbox, "keep", after),
        "posted": (door.api.meter, "count", once_sent),
        "delivered": (gateway._outbox, "delivered", before),
        "marked": (gateway._outbox, "delivered", after),
    }
    if step:
        owner, name, wrap = places[step]
        setattr(owner, name, wrap(getattr(owner, name)))


def once_sent(count: Any) -> Any:
    """X has the message, and nothing here says so yet."""

    async def dying(item: str, resources: Any) -> None:
        if item.endswith("_send"):
            die()
        await count(item, resources)

    return dying


async def main(step: str) -> None:
    settings, knowledge = read_settings(), open_knowledge()
    key = secret_key(settings.secret_key, settings.data_dir)
    brain, times = StandIn(knowledge), (time.time, asyncio.sleep, time.monotonic, 0.05)
    async with open_door(settings, knowledge, brain, key, print, *times) as door:
        arm(door, step)
        with stop_signal() as stop:
            await first_of(door.run(no_webhook), stop.wait())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
