"""What the requests cost (docs.x.com/x-api/getting-started/pricing), in thousandths of a dollar.

Reads are billed by resource returned, once per resource and UTC day; writes by request that
succeeded; pushed events by event delivered. Whether the user objects of `includes` are billed is
not said: they are free here. Nor is a price told for XChat's history and sending: they cost what
legacy messages cost; keys, typing and read marks are free.
"""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from tests.fakes.telegram.clock import Clock
from tests.fakes.x.problems import credits_depleted

Item = Literal[
    "dm_event", "chat_event", "user", "dm_send", "dm_delete", "dm.received", "chat.received"
]

PRICES: dict[Item, int] = {
    "dm_event": 10,
    "chat_event": 10,  # inferred: history of XChat as DM events
    "user": 10,
    "dm_send": 15,
    "dm_delete": 10,
    "dm.received": 10,
    "chat.received": 10,
}
_DAY = 86_400


@dataclass(frozen=True)
class Charge:
    at: float
    item: Item
    resource: str
    amount: int  # thousandths of a dollar


class Money:
    """`budget` is the credit bought, in thousandths of a dollar; None never runs out."""

    def __init__(self, clock: Clock, account: str, budget: int | None = None) -> None:
        self._clock = clock
        self.account = account
        self._seen: set[tuple[int, Item, str]] = set()
        self.budget = budget
        self.charges: list[Charge] = []

    @property
    def thousandths(self) -> int:
        return sum(charge.amount for charge in self.charges)

    @property
    def dollars(self) -> Decimal:
        return Decimal(self.thousandths) / 1000

    def by_item(self) -> dict[str, int]:
        """How often each thing was charged."""
        return dict(Counter(charge.item for charge in self.charges))

    def check(self) -> None:
        """402 once the credit is used up; the request that uses it up still passes."""
        if self.budget is not None and self.thousandths >= self.budget:
            raise credits_depleted(self.account)

    def read(self, item: Item, resource: str) -> None:
        """Charges a resource unless it was charged on this UTC day."""
        key = (int(self._clock() // _DAY), item, resource)
        if key not in self._seen:
            self._seen.add(key)
            self._charge(item, resource)

    def write(self, item: Item, resource: str) -> None:
        self._charge(item, resource)

    def _charge(self, item: Item, resource: str) -> None:
        self.charges.append(Charge(self._clock(), item, resource, PRICES[item]))
