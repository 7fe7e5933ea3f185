"""How often a route may be called: learned from what X tells, never known beforehand.

The documents, the specification and what was seen disagree on the figures: the smallest of them,
15 in a quarter of an hour, holds until the first answer tells better.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Optional

from bot.gateway.model import Chance, Clock, Sleep

FIRST_LIMIT, QUARTER = 15, 900.0
DAYS = ("x-user-limit-24hour", "x-app-limit-24hour")
FIRST_REFUSAL, LONGEST_REFUSAL = 60.0, 900.0
SPREAD = 5.0  # seconds over which those who waited for the same moment come back


@dataclass
class _Part:
    """One window: what is left of it until it begins anew."""

    limit: int
    left: int
    reset: Optional[float] = None

    def renewed(self, now: float) -> None:
        if self.reset is not None and now >= self.reset:
            self.left, self.reset = self.limit, None

    def wait(self, now: float) -> float:
        self.renewed(now)
        return 0.0 if self.left > 0 or self.reset is None else self.reset - now


class Window:
    """What is left for a route in its quarter of an hour and its day."""

    def __init__(self, clock: Clock, chance: Chance) -> None:
        self._clock = clock
        self._chance = chance
        self._quarter = _Part(FIRST_LIMIT, FIRST_LIMIT)
        self._days: dict[str, _Part] = {}
        self._refusals = 0
        self.learned = False

    @property
    def limit(self) -> int:
        return self._quarter.limit

    def left(self) -> int:
        """How many calls may be made now."""
        if self.wait() > 0:
            return 0
        return min(part.left for part in self._parts)

    def wait(self) -> float:
        """Seconds until the next call may be made."""
        now = self._clock()
        return max(part.wait(now) for part in self._parts)

    def interval(self) -> float:
        """Seconds between calls that use the window up evenly."""
        now, quarter = self._clock(), self._quarter
        quarter.renewed(now)
        if quarter.reset is None:
            return QUARTER / quarter.limit
        return (quarter.reset - now) / max(quarter.left, 1)

    def take(self) -> None:
        """A call is about to be made."""
        for part in self._parts:
            part.left -= 1
        if self._quarter.reset is None:
            self._quarter.reset = self._clock() + QUARTER

    def learn(self, headers: Mapping[str, str], refused: bool = False) -> None:
        """Take in what an answer tells; `refused`: it was a 429."""
        self.learned = True
        self._learn(self._quarter, headers, "x-rate-limit")
        for name in DAYS:
            if f"{name}-remaining" in headers:
                self._learn(self._days.setdefault(name, _Part(1, 1)), headers, name)
        self._refusals = self._refusals + 1 if refused else 0
        if refused:
            self._close()

    @property
    def _parts(self) -> list[_Part]:
        return [self._quarter, *self._days.values()]

    def _learn(self, part: _Part, headers: Mapping[str, str], name: str) -> None:
        limit, left, reset = (
            _number(headers.get(f"{name}-{what}")) for what in ("limit", "remaining", "reset")
        )
        if left is None or reset is None or reset <= self._clock():
            return
        # Several calls may be under way: their answers come in any order.
        same = part.reset is not None and abs(part.reset - reset) < 1 and part.limit == limit
        part.left = min(part.left, left) if same else left
        part.limit, part.reset = max(limit or part.limit, 1), float(reset)

    def _close(self) -> None:
        """What was refused is not asked again before the time that was told, if one was."""
        if self.wait() <= 0:
            pause = min(FIRST_REFUSAL * 2 ** (self._refusals - 1), LONGEST_REFUSAL)
            self._quarter.left, self._quarter.reset = 0, self._clock() + pause
        for part in self._parts:
            if part.left <= 0 and part.reset is not None:
                part.reset += SPREAD * self._chance()


class Route:
    """One route: who calls it waits here for its turn, first come, first served."""

    def __init__(self, window: Window, sleep: Sleep) -> None:
        self.window = window
        self._sleep = sleep
        self._queue = asyncio.Lock()

    async def turn(self) -> None:
        """Wait until a call may be made, and count it."""
        async with self._queue:
            while (pause := self.window.wait()) > 0:
                await self._sleep(pause)
            self.window.take()


def _number(written: Optional[str]) -> Optional[int]:
    told = (written or "").strip()
    return int(told) if told.isascii() and told.isdigit() and len(told) < 13 else None
