"""Ids of X: snowflakes, which order by time, and what names a conversation of two."""

import re

from tests.fakes.telegram.clock import Clock

EPOCH_MS = 1_288_834_974_657  # 2010-11-04, when snowflakes began
NUMBER = re.compile(r"[0-9]{1,19}")
CONVERSATION = r"[0-9]{1,19}-[0-9]{1,19}|[0-9]{15,19}"  # of two, or a group


class Snowflakes:
    """Each id is larger than the one before, even within one millisecond."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> str:
        now = (int(self._clock() * 1000) - EPOCH_MS) << 22
        self._last = max(now, self._last + 1)
        return str(self._last)


def pair(one: str, other: str) -> str:
    """`{smaller}-{larger}`: the id of a legacy conversation of two."""
    return "-".join(sorted((one, other), key=int))
