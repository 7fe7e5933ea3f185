"""All that X knows; it outlives the bot's restarts."""

import contextlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram.clock import Clock, ManualClock
from tests.fakes.telegram.signals import Signal
from tests.fakes.x import envelopes
from tests.fakes.x.accounts import Account
from tests.fakes.x.activity import Activity
from tests.fakes.x.chats import ChatEvent, Chats, Conversation
from tests.fakes.x.faults import Faults
from tests.fakes.x.ids import Snowflakes
from tests.fakes.x.keys import Keys
from tests.fakes.x.limits import Limits
from tests.fakes.x.mail import DmEvent, Mail, iso
from tests.fakes.x.money import Money
from tests.fakes.x.people import FakeUser
from tests.fakes.x.problems import Json
from tests.fakes.x.record import Record, Said
from tests.fakes.x.shapes import Schema
from tests.fakes.x.stream import Streams
from tests.fakes.x.tokens import Client, Tokens
from tests.fakes.x.webhook import Webhooks

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
    heartbeat: float = 20.0  # seconds between two signs of life on the stream
    backfill: bool = True

    def __post_init__(self) -> None:
        self.bot = Account(BOT_ID, "Cuicui", "cuicui_test_bot", automated=True)
        self.accounts: dict[str, Account] = {self.bot.id: self.bot}
        self.users: dict[str, FakeUser] = {}
        self.lost: set[str] = set()  # accounts that `includes` does not resolve
        self.media: dict[str, str] = {}  # uploaded media: id to category
        self.ids = Snowflakes(self.clock)
        self.mail = Mail(self.clock, self.ids)
        self.chats = Chats(self.clock, self.ids)
        self.keys = Keys()
        self.tokens = Tokens(self.clock, self.client, self.bot.id)
        self.limits = Limits(self.clock, self.limits_on)
        self.money = Money(self.clock, APP_ACCOUNT, self.budget)
        self.streams = Streams(self.heartbeat, self.backfill)
        self.webhooks = Webhooks(self.clock, self.ids, self.client.consumer_secret)
        self.activity = Activity(self.clock, self.ids, self.money)
        self.activity.to_stream, self.activity.to_webhook = self.streams.send, self.webhooks.send
        self._batch: list[DmEvent] | None = None
        self.faults = Faults()
        self.record = Record()
        self.changed = Signal()
        self._numbers = itertools.count(2_200_000_001)

    def user(self, name: str = "Ann", xchat: bool = False, **more: Any) -> FakeUser:
        """Somebody new, who has not written to the bot yet."""
        number = str(next(self._numbers))
        account = Account(number, name, f"{name.lower()}{number[-4:]}", **more)
        self.accounts[number] = account
        self.users[number] = FakeUser(self, account)
        return self.users[number].enrol() if xchat else self.users[number]

    def iso(self) -> str:
        return iso(self.clock())

    def post(self, conversation: str, sender: str, text: str, **more: Any) -> DmEvent:
        """A legacy message is in the conversation."""
        event = self.mail.add("MessageCreate", conversation, sender, text=text, **more)
        others = frozenset(self.mail.members(conversation) - {sender})
        self._note(Said(event.id, "legacy", conversation, sender, others, text, event.at))
        if self._batch is not None:
            self._batch.append(event)
        elif self.bot.id in self.mail.members(conversation):
            self._publish([event])
        return event

    @contextlib.contextmanager
    def batch(self) -> Iterator[None]:
        """What people write to the bot within the block is pushed as one delivery."""
        self._batch = []
        yield
        events, self._batch = self._batch, None
        self._publish([event for event in events if event.sender != self.bot.id])

    def _publish(self, events: list[DmEvent]) -> None:
        kind = "dm.sent" if events[0].sender == self.bot.id else "dm.received"
        payload = envelopes.direct_messages(self, events)
        self.activity.publish(kind, self.bot.id, payload, *[event.id for event in events])

    def deliver(self, where: Conversation, event: ChatEvent) -> None:
        """An event of XChat reaches everybody in the conversation."""
        clear = [self.users[one].peer.receive(where, event) for one in self._readers(where)]
        content: Json = next((one["content"] for one in clear if one), {})
        text = content.get("text", content.get("new_text"))
        if text is not None:
            self._note(_said(where, event, text, content))
        if self.bot.id in where.members:
            self._publish_chat(where, event)
        self.changed.notify()

    def _publish_chat(self, where: Conversation, event: ChatEvent) -> None:
        """A change of keys is not told by itself, only with the messages under its key."""
        kind = "chat.sent" if event.sender == self.bot.id else "chat.received"
        if not event.key_version:
            kind = "chat.conversation.join"
        if event.is_message or not event.key_version:
            payload = envelopes.chat_message(self, where, event, self.bot.id)
            self.activity.publish(kind, self.bot.id, payload, event.message_id)

    def revoke(self) -> None:
        """The bot's account takes the app's access back."""
        self.tokens.revoke_all()
        payload = envelopes.revoked(self.bot.id, APP_ACCOUNT, self.iso())
        self.activity.publish("oauth.revoke", self.bot.id, payload)

    def _readers(self, where: Conversation) -> list[str]:
        return sorted(one for one in where.members & self.users.keys() if self.users[one].enrolled)

    def smuggle(self, where: Conversation, sender: str, event: ChatEvent) -> ChatEvent:
        """The server itself lies: a signed message under another sender or elsewhere."""
        put = self.chats.add_message(where, sender, event.message_id, *event.parts)
        self.deliver(where, put)
        return put

    def _note(self, said: Said) -> None:
        self.record.said.append(said)
        self.changed.notify()


def _said(where: Conversation, event: ChatEvent, text: str, content: Json) -> Said:
    offered = (content.get("quick_reply") or {}).get("request") or {}
    edits = content.get("target_message_id", "")
    others = frozenset(where.members - {event.sender})
    head = (where.id, event.sender, others, text, event.at)
    return Said(event.id, "xchat", *head, edits=edits, quick_reply=offered)
