"""Who is answered next, when X lets us write rarely: first come first served, person by person.

Under pressure only the latest question of a person is answered, and the answer says so.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Optional

from bot.doors.together import first_of
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

    async def enter(self, gives_way: Callable[[], bool]) -> Optional[bool]:
        """Whether X made one wait; None when one gave way while waiting."""
        ticket, pressed = object(), False
        self._waiting.append(ticket)
        try:
            while self._waiting[0] is not ticket or not self._room():
                if gives_way():
                    return None
                pressed = pressed or self._is_pressed()
                await self._until_something_moves()
            self._inside += 1
        finally:
            self._waiting.remove(ticket)
            self.move()
        return pressed

    def leave(self) -> None:
        self._inside -= 1
        self.move()

    def _is_pressed(self) -> bool:
        return bool(self._api.wait()) or not self._window.left()

    def _room(self) -> bool:
        # Until the first answer tells what is left, one goes ahead alone.
        most = self._window.left() if self._window.learned else min(1, self._window.left())
        return not self._api.wait() and self._inside < most

    def move(self) -> None:
        """Have those who wait look whether it is their turn."""
        self._moved.set()
        self._moved = asyncio.Event()

    async def _until_something_moves(self) -> None:
        pause = max(self._window.wait(), self._api.wait())
        pause = min(max(pause, SHORTEST), LONGEST)
        await first_of(self._moved.wait(), self._sleep(pause))


class Turnstile:
    """The gateway's turns on X."""

    def __init__(self, api: Api, threads: Threads, words: Words, sleep: Sleep) -> None:
        self._threads = threads
        self._words = words
        self._gates = {stack: Gate(api, route, sleep) for stack, route in ROUTES.items()}
        self._wishing: set[str] = set()

    async def notice(self, event: Event) -> None:
        """A wish waits for no question: those of the same person give way.

        A STOP is obeyed now, so that what waits to be sent is not.
        """
        wish = self._words.wish(opened(event).text)
        if wish == "stop":
            await self._threads.stop(event.person)
        if wish is not None:
            self._wishing.add(event.person)
            for gate in self._gates.values():
                gate.move()

    def over(self, behind: Callable[[Event], int]) -> Turn:
        """The turns of a gateway that counts how many newer events are `behind` one."""

        @asynccontextmanager
        async def turn(event: Event) -> AsyncIterator[bool]:
            thread = await self._threads.of(event.person)
            if self._words.wish(opened(event).text) is not None:
                self._wishing.discard(event.person)
                yield True
                return
            if thread.stopped:  # silence needs no turn
                yield True
                return
            gate = self._gates["chat" if thread.encrypted else "dm"]
            waited = await gate.enter(lambda: event.person in self._wishing and behind(event) > 0)
            if waited is None:
                await self._pass_over(event)
                yield False
                return
            try:
                passed_over = (waited or thread.skipped) and behind(event) > 0
                if passed_over:
                    await self._pass_over(event)
                yield not passed_over
            finally:
                gate.leave()

        return turn

    async def _pass_over(self, event: Event) -> None:
        await self._threads.note(event.person, skipped=True)
