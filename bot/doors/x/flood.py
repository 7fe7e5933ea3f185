"""Keeps a person, or a robot that nobody labelled, from drawing answer after answer."""

from collections import OrderedDict, deque
from typing import Literal

from bot.gateway.model import Clock

HOUR, MOST = 3_600.0, 40
_REMEMBERED = 2_000

Verdict = Literal["answer", "warn", "ignore"]


class Flood:
    """Counts each person's questions of the last hour."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()

    def verdict(self, person: str) -> Verdict:
        """Counts one more; warns once, at the first too many."""
        now, seen = self._clock(), self._seen.setdefault(person, deque(maxlen=MOST + 2))
        self._seen.move_to_end(person)
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        while seen and seen[0] < now - HOUR:
            seen.popleft()
        if len(seen) > MOST:
            return "ignore"
        seen.append(now)
        return "warn" if len(seen) > MOST else "answer"
