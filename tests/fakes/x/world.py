"""All that X knows; it outlives the bot's restarts."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram.clock import Clock, ManualClock
from tests.fakes.telegram.signals import Signal
from tests.fakes.x.accounts import Account
from tests.fakes.x.faults import Faults
from tests.fakes.x.ids import Snowflakes
from tests.fakes.x.limits import Limits
from tests.fakes.x.mail import DmEvent, Mail
from tests.fakes.x.money import Money
from tests.fakes.x.people import FakeUser
from tests.fakes.x.record import Record, Said
from tests.fakes.x.shapes import Schema
from tests.fakes.x.tokens import Client, Tokens

BOT_ID = "1783000000000000001"
APP_ACCOUNT = "1783000000000000999"


@dataclass
class World:
    """`budget` is the credit bought, in thousandths of a dollar; None never runs out."""

    clock: Clock = field(default_factory=ManualClock)
    schema: Schema = "newer"
    escape: bool = True
    limits_on: bool = True
    budget: int | None = None
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        self.bot = Account(BOT_ID, "Cuicui", "cuicui_test_bot", automated=True)
        self.accounts: dict[str, Account] = {self.bot.id: self.bot}
        self.users: dict[str, FakeUser] = {}
        self.lost: set[str] = set()  # accounts that `includes` does not resolve
        self.media: dict[str, str] = {}  # uploaded media: id to category
        self.ids = Snowflakes(self.clock)
        self.mail = Mail(self.clock, self.ids)
        self.tokens = Tokens(self.clock, self.client, self.bot.id)
        self.limits = Limits(self.clock, self.limits_on)
        self.money = Money(self.clock, APP_ACCOUNT, self.budget)
        self.faults = Faults()
        self.record = Record()
        self.changed = Signal()
        self._numbers = itertools.count(2_200_000_001)

    def user(self, name: str = "Ann", **more: Any) -> FakeUser:
        """Somebody new, who has not written to the bot yet."""
        number = str(next(self._numbers))
        account = Account(number, name, f"{name.lower()}{number[-4:]}", **more)
        self.accounts[number] = account
        self.users[number] = FakeUser(self, account)
        return self.users[number]

    def post(self, conversation: str, sender: str, text: str, **more: Any) -> DmEvent:
        """A legacy message is in the conversation."""
        event = self.mail.add("MessageCreate", conversation, sender, text=text, **more)
        self._note(event)
        return event

    def _note(self, event: DmEvent) -> None:
        others = frozenset(self.mail.members(event.conversation) - {event.sender})
        said = Said(
            event.id, "legacy", event.conversation, event.sender, others, event.text, event.at
        )
        self.record.said.append(said)
        self.changed.notify()
