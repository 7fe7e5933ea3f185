"""The two stacks of X, of which the encrypted one opens a little later, or not at all."""

import asyncio
from typing import Optional

from bot.doors.x.inbound import Stack, Transport


class Transports:
    """Legacy messages at once; encrypted ones once it is settled whether X takes our keys."""

    def __init__(self, dms: Transport) -> None:
        self.dms = dms
        self._settled = asyncio.Event()
        self.chat: Optional[Transport] = None

    def settle(self, chat: Optional[Transport]) -> None:
        """Encrypted messages are open, or (None) stay closed."""
        self.chat = chat
        self._settled.set()

    def all(self) -> list[Transport]:
        return [self.dms, *([self.chat] if self.chat is not None else [])]

    async def of(self, stack: Stack) -> Optional[Transport]:
        """The transport of a stack, once it is settled that there is one."""
        if stack == "dm":
            return self.dms
        await self._settled.wait()
        return self.chat
