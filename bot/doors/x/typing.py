"""Shows that an answer is being prepared, where X lets a robot show it: in XChat."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Protocol, runtime_checkable

from bot.doors.x.inbound import Inbound
from bot.doors.x.problems import Problem
from bot.doors.x.transports import Transports

EVERY, AT_MOST = 3.0, 120.0

_log = logging.getLogger(__name__)


@runtime_checkable
class Types(Protocol):
    """A transport that can show it."""

    async def show_typing(self, to: str) -> None:
        """Show it once.

        Raises:
            Problem: it was not shown.
        """
        ...


class Typing:
    """Shows it again and again until the answer is there; an answer never waits for it."""

    def __init__(self, transports: Transports) -> None:
        self._transports = transports

    @asynccontextmanager
    async def shown(self, message: Inbound) -> AsyncIterator[None]:
        transport = self._transports.chat
        if message.stack != "chat" or not isinstance(transport, Types):
            yield
            return
        showing = asyncio.create_task(self._show(transport, message.sender))
        try:
            yield
        finally:
            showing.cancel()
            await asyncio.gather(showing, return_exceptions=True)

    async def _show(self, chat: Types, to: str) -> None:
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._again_and_again(chat, to), AT_MOST)

    async def _again_and_again(self, chat: Types, to: str) -> None:
        while True:
            try:
                await chat.show_typing(to)
            except Problem as error:
                _log.debug("typing was not shown: %s", type(error).__name__)
            await asyncio.sleep(EVERY)
