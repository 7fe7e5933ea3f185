"""One person's messages one after the other, within a process.

Rasa's own in-memory lock looks once a second whether it may go on; this one waits no longer than
it must.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LockStore


class KeyedLocks(LockStore):
    """An `asyncio.Lock` a conversation, dropped when nobody waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self._locks: dict[str, asyncio.Lock] = {}
        self._waiting: dict[str, int] = {}

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = 0, wait_time_in_seconds: float = 0
    ) -> AsyncIterator[None]:
        """Hold the conversation; first come, first served."""
        held = self._locks.setdefault(conversation_id, asyncio.Lock())
        self._waiting[conversation_id] = self._waiting.get(conversation_id, 0) + 1
        try:
            async with held:
                yield
        finally:
            self._waiting[conversation_id] -= 1
            if not self._waiting[conversation_id]:
                del self._waiting[conversation_id], self._locks[conversation_id]

    def get_lock(self, conversation_id: str) -> None:
        """Unused: `lock` keeps no tickets."""

    def delete_lock(self, conversation_id: str) -> None:
        """Unused: `lock` cleans up after itself."""

    def save_lock(self, lock: TicketLock) -> None:
        """Unused: `lock` keeps no tickets."""
