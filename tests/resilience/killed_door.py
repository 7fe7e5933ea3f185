"""The Telegram door in a process of its own, which kills itself at a step: a program of tests."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette

from bot.commands.sockets import listen, serve, stop_signal
from bot.doors.telegram.door import Door, open_door
from bot.doors.together import first_of
from bot.privacy.keys import secret_key
from bot.replies.knowledge import open_knowledge
from bot.settings import read_settings
from tests.contract.conftest import StandIn

STEPS = ("fetched", "stored", "asked", "answered", "delivered", "marked")

Call = Callable[..., Awaitable[Any]]


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def before(call: Call) -> Call:
    async def dying(*args: Any, **more: Any) -> Any:
        if args and args[0] == []:
            return await call(*args, **more)
        die()

    return dying


def after(call: Call) -> Call:
    async def dying(*args: Any, **more: Any) -> Any:
        result = await call(*args, **more)
        if result or not args or args[0] != []:
            die()
        return result

    return dying


def arm(door: Door, step: str) -> None:
    """Put the end of the process where `step` says."""
    gateway: Any = door.gateway
    places = {
        "fetched": (gateway._inbox, "keep", before),
        "stored": (gateway._inbox, "keep", after),
        "asked": (gateway._outbox, "keep", before),
        "answered": (gateway._outbox, "keep", after),
        "delivered": (gateway._outbox, "delivered", before),
        "marked": (gateway._outbox, "delivered", after),
    }
    if step:
        owner, name, wrap = places[step]
        setattr(owner, name, wrap(getattr(owner, name)))


async def main(step: str) -> None:
    settings, knowledge = read_settings(), open_knowledge()
    key = secret_key(settings.secret_key, settings.data_dir)
    async with open_door(settings, knowledge, StandIn(knowledge), key, print) as door:
        arm(door, step)
        with stop_signal() as stop:

            async def serve_webhook(app: Starlette, port: int) -> None:
                await serve(app, listen("127.0.0.1", port), stop)

            await first_of(door.run(serve_webhook), stop.wait())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
