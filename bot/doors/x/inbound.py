"""What comes in and what goes out, whichever of the two stacks of X carries it."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Optional, Protocol

from bot.gateway.model import Event
from bot.privacy.keys import pseudonym
from bot.replies.model import Choice

PLATFORM = "x"
Stack = Literal["dm", "chat"]
Body = dict[str, Any]


@dataclass(frozen=True)
class Inbound:
    """A message; `at` is in seconds since 1970, `thread` is the other person's id or a group's.

    `choice` is the payload of a tapped button, `conversation` is what XChat calls the thread,
    `media`: there is something besides text, `automated`: X says that a robot wrote it.
    """

    id: str
    sender: str
    text: str
    at: float
    thread: str
    stack: Stack = "dm"
    conversation: str = ""
    choice: Optional[str] = None
    media: bool = False
    automated: bool = False

    @property
    def group(self) -> bool:
        return self.thread != self.sender


@dataclass(frozen=True)
class Sending:
    """`key` names a delivery, `last` is our last message to the person.

    `check` is called in the last moment before it leaves, after all waiting.
    """

    key: str
    last: str
    check: Callable[[], Awaitable[None]]


class Transport(Protocol):
    """One way to write to people."""

    async def write(self, to: str, text: str, choices: Sequence[Choice], after: str) -> Body:
        """The message as it will be sent, again and again the same, until it is taken.

        `after` is the id of the message that it answers.
        """
        ...

    async def send(self, to: str, body: Body, sending: Sending) -> str:
        """Send what `write` gave; the id of the message.

        Raises:
            SendError: it was not sent, or nobody knows whether it was.
        """
        ...

    async def forget(self, to: str) -> None:
        """Keep nothing of having written to this person."""
        ...


class Names:
    """Gives persons their pseudonyms; nothing links them to those of other platforms."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def person(self, identity: str) -> str:
        return pseudonym(self._key, PLATFORM, identity)

    def hidden(self, identity: str) -> str:
        """An id of the platform that is to be recognised and not read."""
        return pseudonym(self._key, f"{PLATFORM} id", identity)

    def event(self, inbound: Inbound) -> Event:
        """The event that a message is.

        A sender chooses the ids of XChat: they count together with who sent them.
        """
        identity = inbound.id if inbound.stack == "dm" else f"{inbound.sender}:{inbound.id}"
        name = f"{inbound.stack} {self.hidden(identity)}"
        return Event(PLATFORM, name, self.person(inbound.sender), json.dumps(asdict(inbound)))


def opened(event: Event) -> Inbound:
    """The message behind an event."""
    return Inbound(**json.loads(event.body))
