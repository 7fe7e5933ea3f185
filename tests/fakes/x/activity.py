"""The X Activity API: subscriptions, and the envelopes that go to streams and webhooks."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from tests.fakes.telegram.clock import Clock
from tests.fakes.x.ids import Snowflakes
from tests.fakes.x.mail import iso
from tests.fakes.x.money import PRICES, Money
from tests.fakes.x.problems import Json

EVENT_TYPES = [
    *("dm.sent", "dm.received", "dm.indicate_typing", "dm.read", "chat.received", "chat.sent"),
    *("chat.conversation.join", "chat.conversation_join", "oauth.revoke"),
    *("chat.conversation.member_added", "chat.conversation.member_removed"),
    *("chat.conversation.admin_added", "chat.conversation.admin_removed"),
    *("chat.update.group_name", "chat.update.restrictions", "profile.update.bio"),
]
Shape = Literal["spec", "object", "list"]
MOST = 1_500


@dataclass
class Subscription:
    id: str
    event_type: str
    filter: Json
    created_at: float
    updated_at: float
    tag: str = ""
    webhook_id: str = ""

    def shown(self) -> Json:
        shown: Json = {"subscription_id": self.id, "event_type": self.event_type}
        shown |= {"filter": self.filter, "created_at": iso(self.created_at)}
        shown["updated_at"] = iso(self.updated_at)
        more = {"tag": self.tag, "webhook_id": self.webhook_id}
        return shown | {name: value for name, value in more.items() if value}


@dataclass(frozen=True)
class Envelope:
    """One event as delivered; `resources` are what is billed."""

    at: float
    body: Json
    event_type: str
    resources: tuple[str, ...]

    @property
    def uuid(self) -> str:
        return str(self.body["data"]["event_uuid"])


Sink = Callable[[Envelope], bool]


@dataclass
class Activity:
    """`miss` and `duplicate` count the events to come that are lost, or delivered twice."""

    clock: Clock
    ids: Snowflakes
    money: Money
    shape: Shape = "spec"
    miss: int = 0
    duplicate: int = 0
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    sent: list[Envelope] = field(default_factory=list)
    to_stream: Sink = field(default=lambda _: False)
    to_webhook: Callable[[str, Envelope], bool] = field(default=lambda _, __: False)

    def __post_init__(self) -> None:
        self._signs = itertools.cycle(("", "-"))  # a real event_uuid may be negative

    def subscribe(
        self, event_type: str, where: Json, tag: str = "", webhook_id: str = ""
    ) -> Subscription:
        now = self.clock()
        made = Subscription(self.ids.next(), event_type, where, now, now, tag, webhook_id)
        self.subscriptions[made.id] = made
        return made

    def publish(self, event_type: str, user: str, payload: Json, *resources: str) -> None:
        """Something happened to `user`: everybody who subscribed is told."""
        for one in list(self.subscriptions.values()):
            if _same(one.event_type, event_type) and one.filter.get("user_id", user) == user:
                self._tell(one, event_type, payload, resources)

    def _tell(
        self, one: Subscription, event_type: str, payload: Json, resources: tuple[str, ...]
    ) -> None:
        uuid = f"{next(self._signs)}{self.ids.next()}"
        data = {"event_uuid": uuid, "filter": one.filter, "event_type": event_type}
        data |= {"tag": one.tag} if one.tag else {}
        body = {"data": data | {"payload": payload}}
        envelope = Envelope(self.clock(), body, event_type, resources)
        self.sent.append(envelope)
        if self.miss:
            self.miss -= 1
            return
        self.deliver(envelope, one.webhook_id)
        if self.duplicate:
            self.duplicate -= 1
            self.deliver(envelope, one.webhook_id)

    def deliver(self, envelope: Envelope, webhook_id: str = "") -> None:
        """To every open stream and to the webhook; what reaches nobody costs nothing.

        A test may call it with an envelope that was delivered before.
        """
        reached = self.to_stream(envelope)
        if webhook_id:
            reached = self.to_webhook(webhook_id, envelope) or reached
        if reached:
            self.charge(envelope)

    def charge(self, envelope: Envelope) -> None:
        """Once per event and day: `dm.sent`, typing and the like are free."""
        for resource in envelope.resources:
            if envelope.event_type in PRICES:
                self.money.read(envelope.event_type, resource)

    def since(self, moment: float, until: float | None = None) -> list[Envelope]:
        end = self.clock() if until is None else until
        return [envelope for envelope in self.sent if moment <= envelope.at <= end]


def _same(one: str, other: str) -> bool:
    """`chat.conversation_join` is another spelling of `chat.conversation.join`."""
    return one.replace("_", ".") == other.replace("_", ".")
