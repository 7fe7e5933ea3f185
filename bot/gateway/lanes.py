"""One person's events one after the other, several persons at once."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from bot.gateway.model import Event

ROOM = 10_000
COUNTED = 100  # of one person: whoever writes more keeps nobody else out


class Lanes:
    """A queue for each person who waits; `work` must not raise."""

    def __init__(self, work: Callable[[Event], Awaitable[None]]) -> None:
        self._work = work
        self._queues: dict[str, deque[tuple[Event, asyncio.Future[None]]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting: dict[str, int] = {}
        self._crowd = 0
        self._less = asyncio.Condition()

    def put(self, event: Event) -> "asyncio.Future[None]":
        """Queue an event behind those of the same person; the future is done when it is."""
        count = self._waiting.get(event.person, 0)
        self._waiting[event.person] = count + 1
        self._crowd += count < COUNTED
        ended = asyncio.get_running_loop().create_future()
        if event.person in self._queues:
            self._queues[event.person].append((event, ended))
            return ended
        self._queues[event.person] = deque([(event, ended)])
        task = asyncio.create_task(self._serve(event.person))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return ended

    def behind(self, person: str) -> int:
        """How many events of a person wait behind the one that is being served."""
        return len(self._queues.get(person, ()))

    async def room(self) -> None:
        """Wait until there is room for more."""
        async with self._less:
            await self._less.wait_for(lambda: self._crowd < ROOM)

    async def empty(self) -> None:
        """Wait until nobody waits."""
        async with self._less:
            await self._less.wait_for(lambda: not self._crowd)

    async def stop(self, patience: float) -> None:
        """Start nothing new; give what runs `patience` seconds, then end it."""
        for queue in self._queues.values():
            queue.clear()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, person: str) -> None:
        queue = self._queues[person]
        try:
            while queue:
                event, ended = queue.popleft()
                await self._work(event)
                if not ended.done():  # who waited for it may have given up
                    ended.set_result(None)
                await self._count_down(person)
        finally:
            del self._queues[person]

    async def _count_down(self, person: str) -> None:
        left = self._waiting.pop(person) - 1
        if left:
            self._waiting[person] = left
        self._crowd -= left < COUNTED
        async with self._less:
            self._less.notify_all()
