"""Reads the legacy messages that are newer than the last one that was seen."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Optional

from bot.doors.x.dms import Dms
from bot.doors.x.inbound import Inbound
from bot.gateway.keepsakes import Keepsakes

CURSOR = "dm cursor"
FIRST_PAGE, NEXT_PAGES = 10, 100

Take = Callable[[Sequence[Inbound]], Awaitable[None]]


class DmReader:
    """Small pages, as each event costs money: back to the cursor, then taken oldest first."""

    def __init__(self, dms: Dms, keepsakes: Keepsakes, take: Take) -> None:
        self._dms = dms
        self._keepsakes = keepsakes
        self._take = take

    async def step(self) -> None:
        """Take all that is newer than the cursor, then move the cursor.

        Raises:
            Problem: X does not give it.
            SQLAlchemyError: it could not be kept.
        """
        kept = await self._keepsakes.get(CURSOR)
        if kept is None:
            await self._begin()
            return
        found = await self._newer_than(int(kept))
        if found:
            found.sort(key=lambda message: int(message.id))
            await self._take(found)
            await self._keepsakes.put(CURSOR, found[-1].id)

    async def _begin(self) -> None:
        """The backlog of before the first start is not answered."""
        page = await self._dms.page(1)
        await self._keepsakes.put(CURSOR, max(page.ids, key=int, default="0"))

    async def _newer_than(self, cursor: int) -> list[Inbound]:
        found: dict[str, Inbound] = {}
        size = FIRST_PAGE
        after: Optional[str] = None
        while True:
            page = await self._dms.page(size, after)
            found.update((each.id, each) for each in page.messages if int(each.id) > cursor)
            reached = any(int(identity) <= cursor for identity in page.ids)
            if page.next is None or reached:
                return list(found.values())
            size, after = NEXT_PAGES, page.next
