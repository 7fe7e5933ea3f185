"""What the door costs, counted as X counts, and a day's budget.

Reads are billed by what is returned, once a UTC day; writes by success; pushed events by event
(docs.x.com/x-api/getting-started/pricing). Sums are in thousandths of a dollar.
"""

from collections.abc import Iterable
from typing import Literal, Optional

import sqlalchemy as sa

from bot.doors.x.inbound import PLATFORM, Names
from bot.gateway.model import Clock
from bot.gateway.tables import SPENDING, Connection, Store

DAY = 86_400
Item = Literal[
    "dm_event", "user", "dm_send", "dm.received", "chat.received", "chat_send", "chat_event"
]
PRICES: dict[Item, int] = {
    "dm_event": 10, "user": 10, "dm_send": 15, "dm.received": 10, "chat.received": 10,
    "chat_send": 15, "chat_event": 10,
}  # fmt: skip
_ADD = sa.text(
    "INSERT INTO spending (platform, day, item, resource, thousandths)"
    " VALUES (:platform, :day, :item, :resource, :thousandths) ON CONFLICT DO NOTHING"
)


class Meter:
    """Counts; what is counted once is not counted again on that day."""

    def __init__(
        self, store: Store, names: Names, clock: Clock, budget: Optional[int] = None
    ) -> None:
        self._store = store
        self._names = names
        self._clock = clock
        self._budget = budget
        self._today = (-1, 0)

    async def start(self) -> None:
        """Read what was spent today before this process began."""
        day = self._day()
        spent = sum(amount for _, _, _, amount in await self._rows(day))
        self._today = (day, spent)

    async def count(self, item: Item, resources: Iterable[str]) -> None:
        """These were returned, sent or pushed."""
        day = self._day()
        rows = [
            {
                "platform": PLATFORM, "day": day, "item": item,
                "resource": self._names.hidden(resource), "thousandths": PRICES[item],
            }
            for resource in dict.fromkeys(resources)
        ]  # fmt: skip
        if not rows:
            return

        def add(connection: Connection) -> int:
            return sum(connection.execute(_ADD, row).rowcount for row in rows)

        spent = await self._store.run(add) * PRICES[item]
        self._today = (day, spent + (self._today[1] if self._today[0] == day else 0))

    def wait(self) -> float:
        """Seconds until the budget allows anything: 0, or until the UTC day is over."""
        day, spent = self._today
        if self._budget is None or day != self._day() or spent < self._budget:
            return 0.0
        return (day + 1) * DAY - self._clock()

    async def days(self) -> list[tuple[int, str, int, int]]:
        """For each UTC day since 1970 and item: how many, and what they cost."""
        return await self._rows(None)

    async def _rows(self, day: Optional[int]) -> list[tuple[int, str, int, int]]:
        columns = (SPENDING.c.day, SPENDING.c.item)
        query = (
            sa.select(*columns, sa.func.count(), sa.func.sum(SPENDING.c.thousandths))
            .where(SPENDING.c.platform == PLATFORM)
            .group_by(*columns)
            .order_by(*columns)
        )
        if day is not None:
            query = query.where(SPENDING.c.day == day)

        def read(connection: Connection) -> list[tuple[int, str, int, int]]:
            return [tuple(row) for row in connection.execute(query)]

        return await self._store.run(read)

    def _day(self) -> int:
        return int(self._clock() // DAY)
