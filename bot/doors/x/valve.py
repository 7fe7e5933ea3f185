"""Stops everything, or all writing, when the fault is nobody's message."""

import asyncio
from collections.abc import Callable

from bot.gateway.model import Clock, Sleep


class Valve:
    """Open, closed for a while, or shut until the process is started anew."""

    def __init__(self, clock: Clock, sleep: Sleep, say: Callable[[str], None]) -> None:
        self._clock = clock
        self._sleep = sleep
        self._say = say
        self._until = float("-inf")
        self._shut = False

    def wait(self) -> float:
        """Seconds until it opens; endless when only a person can open it."""
        return float("inf") if self._shut else max(0.0, self._until - self._clock())

    async def passage(self) -> None:
        """Wait until it is open."""
        while (pause := self.wait()) > 0:
            if self._shut:
                await asyncio.Event().wait()  # until the process ends
            await self._sleep(pause)

    def pause(self, seconds: float, why: str) -> None:
        """Close for a while, and say so unless it is closed already."""
        if not self.wait():
            self._say(why)
        self._until = max(self._until, self._clock() + seconds)

    def shut(self, why: str) -> None:
        """Close for good."""
        if not self._shut:
            self._say(why)
        self._shut = True
