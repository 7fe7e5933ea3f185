"""How often we write: 30 a second in all, one a second in a chat, 20 a minute in a group.

A chat may have its three messages of three seconds at once, as people write in bursts. What nobody
waits for takes only what is left over, and never the whole.
"""

import asyncio
from collections import deque
from typing import Protocol

from bot.gateway.model import Clock, Sleep

OVERALL = (30, 1.0)
UNASKED = (20, 1.0)
CHAT = (3, 3.0)
GROUP = (20, 60.0)
MARGIN = 0.05  # ours and the platform's clock do not tick together
_REMEMBERED = 1_000


class Paced(Protocol):
    """Gives each delivery its moment."""

    async def turn(self, address: str, group: bool, unasked: bool = False) -> None:
        """Wait until something may be sent to `address`."""
        ...


class Unpaced:
    """For a channel that knows itself when it may write."""

    async def turn(self, address: str, group: bool, unasked: bool = False) -> None:
        """See `Paced.turn`."""
        return None


class Window:
    """At most `most` in any `seconds`."""

    def __init__(self, most: int, seconds: float) -> None:
        self._seconds = seconds * (1 + MARGIN)
        self._taken: deque[float] = deque(maxlen=most)

    def earliest(self, now: float) -> float:
        """When the next one may go."""
        if len(self._taken) < (self._taken.maxlen or 0):
            return now
        return max(now, self._taken[0] + self._seconds)

    def take(self, at: float) -> None:
        self._taken.append(at)

    def idle(self, now: float) -> bool:
        return not self._taken or self._taken[-1] + self._seconds < now


class Pace:
    """Gives each delivery its moment."""

    def __init__(self, clock: Clock, sleep: Sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._overall, self._unasked = Window(*OVERALL), Window(*UNASKED)
        self._last_in_line = asyncio.Lock()
        self._chats: dict[str, tuple[Window, ...]] = {}

    async def turn(self, address: str, group: bool, unasked: bool = False) -> None:
        """Wait until something may be sent to `address`."""
        # First the chat's turn: a slow group must not keep others from their share of the whole.
        await self._take(self._windows(address, group))
        if unasked:
            await self._give_way()
        else:
            await self._take((self._overall,))

    async def _give_way(self) -> None:
        """Take a moment that nobody else wants; none is reserved ahead."""
        windows = (self._overall, self._unasked)
        async with self._last_in_line:
            while (at := max(window.earliest(self._clock()) for window in windows)) > self._clock():
                await self._sleep(at - self._clock())
            for window in windows:
                window.take(self._clock())

    async def _take(self, windows: tuple[Window, ...]) -> None:
        now = self._clock()
        at = max(window.earliest(now) for window in windows)
        for window in windows:
            window.take(at)
        if at > now:
            await self._sleep(at - now)

    def _windows(self, address: str, group: bool) -> tuple[Window, ...]:
        if address not in self._chats:
            self._forget_idle()
            windows = (Window(*CHAT), Window(*GROUP)) if group else (Window(*CHAT),)
            self._chats[address] = windows
        return self._chats[address]

    def _forget_idle(self) -> None:
        if len(self._chats) < _REMEMBERED:
            return
        now = self._clock()
        self._chats = {
            address: windows
            for address, windows in self._chats.items()
            if not all(window.idle(now) for window in windows)
        }
