"""XChat's message store: what the server keeps without being able to read it."""

from dataclasses import dataclass, field

from tests.fakes.telegram.clock import Clock
from tests.fakes.x import framing
from tests.fakes.x.framing import Head
from tests.fakes.x.ids import Snowflakes
from tests.fakes.x.mail import iso
from tests.fakes.x.problems import Json


@dataclass(frozen=True)
class ChatEvent:
    """`id` is the sequence id, given by the server; `message_id` is signed by the sender."""

    id: str
    message_id: str
    sender: str
    conversation: str
    at: float
    encoded: str
    key_version: str
    signature: Json
    parts: tuple[bytes, bytes] = (b"", b"")  # what was created, and its signature, as they came

    @property
    def is_message(self) -> bool:
        return bool(self.parts[0])

    @property
    def created_at(self) -> str:
        return iso(self.at)

    @property
    def milliseconds(self) -> str:
        return str(int(self.at * 1000))


@dataclass
class Conversation:
    """`id` is `A:B`, the smaller id first, or `g…`."""

    id: str
    members: set[str]
    title: str = ""
    events: list[ChatEvent] = field(default_factory=list)  # oldest first, key changes included
    sent: dict[str, tuple[str, ChatEvent]] = field(default_factory=dict)  # by message id
    typing: list[tuple[str, float]] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)  # until which sequence id, by user

    @property
    def path(self) -> str:
        """The id as paths and listings have it."""
        return self.id.replace(":", "-")

    @property
    def key_changes(self) -> list[ChatEvent]:
        return [event for event in self.events if event.key_version and not event.is_message]

    def key_change(self, version: str) -> ChatEvent | None:
        found = [event for event in self.key_changes if event.key_version == version]
        return found[-1] if found else None

    def trusted_by(self, user: str) -> bool:
        """A request until one has answered it."""
        return any(event.sender == user for event in self.events)


class Chats:
    def __init__(self, clock: Clock, ids: Snowflakes) -> None:
        self._clock = clock
        self._ids = ids
        self.all: dict[str, Conversation] = {}

    def between(self, one: str, other: str) -> Conversation:
        """The conversation of two, made if there is none."""
        name = ":".join(sorted((one, other), key=int))
        return self.all.setdefault(name, Conversation(name, {one, other}))

    def group(self, members: set[str], title: str) -> Conversation:
        name = f"g{self._ids.next()}"
        self.all[name] = Conversation(name, set(members), title)
        return self.all[name]

    def of(self, user: str) -> list[Conversation]:
        """The latest first; only those in which something was said."""
        found = [one for one in self.all.values() if user in one.members and one.events]
        return sorted(found, key=lambda one: int(one.events[-1].id), reverse=True)

    def add_message(
        self, where: Conversation, sender: str, message_id: str, created: bytes, signature: bytes
    ) -> ChatEvent:
        """Wraps what was created into the event that travels."""
        head = self._head(where, sender, message_id)
        encoded = framing.message_event(head, created, signature)
        version = framing.read(created)[framing.CREATED_KEY_VERSION].decode()
        event = self._event(head, encoded, version, signed(signature), (created, signature))
        where.events.append(event)
        return event

    def add_action(
        self, where: Conversation, sender: str, action: Json, key_version: str = ""
    ) -> ChatEvent:
        """A key change, or, without a version, another action that is signed the same way."""
        head = self._head(where, sender, action["message_id"])
        detail = framing.decoded(action["encoded_message_event_detail"])
        signature = action["message_event_signature"]
        encoded = framing.action_event(head, detail, signature)
        event = self._event(head, encoded, key_version, dict(signature))
        where.events.append(event)
        return event

    def _head(self, where: Conversation, sender: str, message_id: str) -> Head:
        milliseconds = str(int(self._clock() * 1000))
        return Head(self._ids.next(), message_id, sender, where.id, milliseconds)

    def _event(
        self,
        head: Head,
        encoded: str,
        version: str,
        signature: Json,
        parts: tuple[bytes, bytes] = (b"", b""),
    ) -> ChatEvent:
        names = (head.sequence_id, head.message_id, head.sender, head.conversation)
        return ChatEvent(*names, self._clock(), encoded, version, signature, parts)


def signed(signature: bytes) -> Json:
    """The signature struct as JSON."""
    found = framing.read(signature)
    return {
        "signature": found[framing.SIGNATURE].decode(),
        "public_key_version": found[framing.KEY_VERSION].decode(),
        "signature_version": found[framing.SIGNATURE_VERSION].decode(),
    }
