"""What goes through the gateway, whatever the platform."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Optional, Protocol

Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]
Chance = Callable[[], float]  # from 0 to 1


@dataclass(frozen=True)
class Event:
    """Something that happened on a platform; `person` is a pseudonym, `body` is JSON.

    One person's events are handled one after the other.
    """

    platform: str
    id: str
    person: str
    body: str


@dataclass(frozen=True)
class Delivery:
    """One thing to send: `address` is the platform's own, `body` is for the channel to read.

    `unasked`: nobody waits for it, so it gives way to what somebody waits for.
    """

    address: str
    body: dict[str, Any]
    group: bool = False
    unasked: bool = False


@dataclass(frozen=True)
class Exchange:
    """Which question is answered: `place` is the pseudonym of a chat, `question` a message's id."""

    place: str
    question: str
    entries: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What to deliver for an event; `afterwards` runs before the person's next event."""

    deliveries: tuple[Delivery, ...] = ()
    exchange: Optional[Exchange] = None
    afterwards: Optional[Callable[[], Awaitable[None]]] = field(default=None, compare=False)


class Handler(Protocol):
    """What a door does with an event."""

    async def answer(self, event: Event) -> Answer:
        """What to say."""
        ...

    def apology(self, event: Event) -> Answer:
        """What to say when `answer` failed."""
        ...


class Channel(Protocol):
    """How a platform is written to."""

    async def send(self, delivery: Delivery) -> Optional[str]:
        """Send it; the id of the message that now shows it, if one does.

        Raises:
            SendError: it was not sent.
        """
        ...

    def plainer(self, delivery: Delivery, reason: str) -> Optional[Delivery]:
        """A simpler form of what was refused for `reason`, or None when there is none."""
        ...


class SendError(Exception):
    """A platform did not take a delivery."""


class TooFast(SendError):
    """We write too often; `wait` is how many seconds the platform asks for."""

    def __init__(self, wait: float) -> None:
        super().__init__("too fast")
        self.wait = wait


class Unavailable(SendError):
    """The platform fails or cannot be reached: later it may work."""


class Closed(SendError):
    """This person or group does not want to be written to, or is gone."""


class Moved(SendError):
    """The chat lives at another address now."""

    def __init__(self, address: str) -> None:
        super().__init__("moved")
        self.address = address


class Refused(SendError):
    """The platform does not take this delivery in this form; `reason` names no content."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
