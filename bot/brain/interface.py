"""What a door knows of the brain."""

from dataclasses import dataclass
from typing import Optional, Protocol

from bot.knowledge.model import Language
from bot.replies.model import Reply

# What a brain keeps of a conversation: its last turns, and not after so many quiet days.
KEPT_TURNS, KEPT_DAYS = 3, 30


class BrainError(Exception):
    """The brain could not answer; the door says so kindly."""


@dataclass(frozen=True)
class Message:
    """What a person sent: a text, or the payload of a choice they tapped.

    `person` is a pseudonym; `language` is what the door knows of their language, if anything.
    """

    person: str
    text: str = ""
    payload: Optional[str] = None
    language: Optional[Language] = None


class Brain(Protocol):
    """Answers messages; one person's messages are answered in the order of the calls."""

    async def reply(self, message: Message) -> list[Reply]:
        """The replies to one message, never empty.

        Raises:
            BrainError: no answer can be had now.
        """
        ...

    async def forget(self, person: str) -> None:
        """Erase what is kept of a person.

        Raises:
            BrainError: it cannot be done now.
        """
        ...

    async def recall(self, person: str) -> list[str]:
        """What is kept of the words of a person, oldest first.

        Raises:
            BrainError: it cannot be told now.
        """
        ...

    async def close(self) -> None:
        """Let go of what the brain holds open."""
        ...
