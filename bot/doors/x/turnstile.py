"""Who is answered next, when X lets us write rarely: first come first served, person by person.

Under pressure only the latest question of a person is answered, and the answer says so.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.doors.x.api import Api
from bot.doors.x.inbound import Stack, opened
from bot.doors.x.words import Words
from bot.gateway.gateway import Turn
from bot.gateway.model import Event, Sleep
from bot.gateway.threads import Threads

ROUTES: dict[Stack, str] = {"dm": "dm_send", "chat": "chat_send"}
SHORTEST, LONGEST = 0.02, 60.0


class Gate:
    """Lets in as many as may be written to now."""

    def __init__(self, api: Api, route: str, sleep: Sleep) -> None:
        self._api = api
        self._window = api.route(route).window
        self._sleep = sleep
        self._waiting: deque[object] = deque()
        self._inside = 0
        self._moved = asyncio.Event()

    async def enter(self) -> bool:
        """Whether X made one wait."""
        ticket, pressed = object(), False
        self._waiting.append(ticket)
        try:
            while self._waiting[0] is not ticket or not self._room():
                pressed = pressed or self._is_pressed()
                await self._until_something_moves()
            self._inside += 1
        finally:
            self._waiting.remove(ticket)
            self._move()
        return pressed

    def leave(self) -> None:
        self._inside -= 1
        self._move()

    def _is_pressed(self) -> bool:
        return bool(self._api.wait()) or not self._window.left()

    def _room(self) -> bool:
        # Until the first answer tells what is left, one goes ahead alone.
        most = self._window.left() if self._window.learned else min(1, self._window.left())
        return not self._api.wait() and self._inside < most

    def _move(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()

    async def _until_something_moves(self) -> None:
        pause = max(self._window.wait(), self._api.wait())
        moving = asyncio.create_task(self._moved.wait())
        sleeping = asyncio.create_task(self._pause(min(max(pause, SHORTEST), LONGEST)))
        try:
            await asyncio.wait({moving, sleeping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            moving.cancel()
            sleeping.cancel()
            await asyncio.gather(moving, sleeping, return_exceptions=True)

    async def _pause(self, seconds: float) -> None:
        await self._sleep(seconds)


class Turnstile:
    """The gateway's turns on X; `behind` counts a person's newer messages."""

    def __init__(self, api: Api, threads: Threads, words: Words, sleep: Sleep) -> None:
        self._threads = threads
        self._words = words
        self._gates = {stack: Gate(api, route, sleep) for stack, route in ROUTES.items()}

    def over(self, behind: Callable[[Event], int]) -> Turn:
        """The turns of a gateway that counts who is `behind` an event."""

        @asynccontextmanager
        async def turn(event: Event) -> AsyncIterator[bool]:
            thread = await self._threads.of(event.person)
            # Rights wait for nobody, and silence needs no turn.
            if thread.stopped or self._words.wish(opened(event).text) is not None:
                yield True
                return
            gate = self._gates["chat" if thread.encrypted else "dm"]
            pressed = await gate.enter() or thread.skipped
            try:
                passed_over = pressed and behind(event) > 0
                if passed_over:
                    await self._threads.note(event.person, skipped=True)
                yield not passed_over
            finally:
                gate.leave()

        return turn
