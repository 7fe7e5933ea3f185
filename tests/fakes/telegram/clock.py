"""Time, which a test may move by hand."""

import time
from collections.abc import Callable

Clock = Callable[[], float]


class ManualClock:
    """The real time plus what a test added."""

    def __init__(self, now: Clock = time.time) -> None:
        self._now = now
        self._added = 0.0

    def __call__(self) -> float:
        return self._now() + self._added

    def advance(self, seconds: float) -> None:
        self._added += seconds
