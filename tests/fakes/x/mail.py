"""The legacy message store: conversations of two, groups, events of thirty days."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from tests.fakes.telegram.clock import Clock
from tests.fakes.x.ids import Snowflakes, pair

Kind = Literal["MessageCreate", "ParticipantsJoin", "ParticipantsLeave"]
RETENTION = 30 * 86_400


@dataclass
class DmEvent:
    """`text` is what was written, before links are wrapped and signs escaped."""

    id: str
    kind: Kind
    conversation: str
    sender: str
    at: float
    text: str = ""
    media: list[str] = field(default_factory=list)  # media keys
    posts: list[str] = field(default_factory=list)  # ids of posts shared in the message
    participants: list[str] = field(default_factory=list)  # of a join or a leave
    hidden_from: set[str] = field(default_factory=set)

    @property
    def created_at(self) -> str:
        return iso(self.at)

    @property
    def milliseconds(self) -> str:
        return str(int(self.at * 1000))


def iso(at: float) -> str:
    moment = datetime.datetime.fromtimestamp(at, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


class Mail:
    def __init__(self, clock: Clock, ids: Snowflakes) -> None:
        self._clock = clock
        self._ids = ids
        self.events: list[DmEvent] = []  # oldest first
        self.groups: dict[str, set[str]] = {}
        self._pairs: dict[str, set[str]] = {}

    def add(self, kind: Kind, conversation: str, sender: str, **more: object) -> DmEvent:
        event = DmEvent(self._ids.next(), kind, conversation, sender, self._clock(), **more)  # type: ignore[arg-type]
        self.events.append(event)
        return event

    def group(self, members: Iterable[str]) -> str:
        conversation = self._ids.next()
        self.groups[conversation] = set(members)
        return conversation

    def members(self, conversation: str) -> set[str]:
        if conversation in self.groups:
            return self.groups[conversation]
        if conversation not in self._pairs:
            self._pairs[conversation] = set(conversation.split("-"))
        return self._pairs[conversation]

    def with_(self, one: str, other: str) -> str:
        return pair(one, other)

    def seen_by(self, user: str, conversation: str | None = None) -> list[DmEvent]:
        """Newest first, as the API lists them."""
        oldest = self._clock() - RETENTION
        return [
            event
            for event in reversed(self.events)
            if event.at >= oldest
            and user not in event.hidden_from
            and user in self.members(event.conversation)
            and conversation in (None, event.conversation)
        ]
