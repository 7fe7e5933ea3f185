"""Waking whoever waits for something to happen in the world."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Signal:
    """Wakes all who wait; every waiter then looks for itself."""

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []

    def notify(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def wait(self) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        await future

    async def until(self, look: Callable[[], T | None], timeout: float, what: str) -> T:
        """The first value other than None; TimeoutError names what did not come."""
        end = time.monotonic() + timeout
        while (found := look()) is None:
            left = end - time.monotonic()
            try:
                await asyncio.wait_for(self.wait(), max(left, 0))
            except asyncio.TimeoutError:
                raise TimeoutError(f"no {what} within {timeout} s") from None
        return found
