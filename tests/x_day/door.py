"""The X door in a process of its own, in hurried time, over a brain that repeats questions."""

import asyncio
import os
import time

from starlette.applications import Starlette

from bot.brain.interface import Message
from bot.commands.sockets import stop_signal
from bot.doors.together import first_of
from bot.doors.x.door import open_door
from bot.privacy.keys import secret_key
from bot.replies.knowledge import open_knowledge
from bot.replies.model import Choice, Part, Reply
from bot.settings import read_settings
from tests.x_day.hurried import Hurried

POLLS, SILENCE = 60.0, 1.0  # hurried seconds between polls; real ones of silence


class Parrot:
    """Two messages a turn and a button, so that joining them and choosing are part of the day."""

    async def reply(self, message: Message) -> list[Reply]:
        said = message.payload or message.text
        button = (Choice("Le sens", "ask:rt:meaning"),)
        return [
            Reply("fr", "ask", (Part(f"[{said}]"),)),
            Reply("fr", "ask", (Part("Voilà."),), choices=button),
        ]

    async def forget(self, person: str) -> None:
        return None

    async def recall(self, person: str) -> list[str]:
        return []

    async def close(self) -> None:
        return None


async def no_webhook(_app: Starlette, _port: int) -> None:
    raise AssertionError("no webhook was asked for")


async def main() -> None:
    settings, knowledge = read_settings(), open_knowledge()
    key = secret_key(settings.secret_key, settings.data_dir)
    time_ = Hurried(float(os.environ["DAY_SPEED"]), float(os.environ["DAY_BEGAN"]))
    times = (time_, time_.sleep, time.monotonic, POLLS, SILENCE)
    async with open_door(settings, knowledge, Parrot(), key, print, *times) as door:
        with stop_signal() as stop:
            await first_of(door.run(no_webhook), stop.wait())


if __name__ == "__main__":
    asyncio.run(main())
