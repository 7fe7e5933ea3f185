"""A reply, the same for every door."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Optional

from bot.knowledge.model import Language


@dataclass(frozen=True)
class Part:
    """One block of a reply; every field but the text may be absent.

    `house` is a rule of the people who run this copy, shown as theirs under the text.
    """

    text: str
    title: Optional[str] = None
    example: Optional[str] = None
    etiquette: Optional[str] = None
    then: Optional[str] = None
    sources: tuple[str, ...] = ()
    house: Optional[str] = None


@dataclass(frozen=True)
class Choice:
    """Something to tap: what it says, and what comes back when it is chosen."""

    label: str
    payload: str


@dataclass(frozen=True)
class Reply:
    """`entries` are the ids answered from, or offered when `intent` is "clarify"."""

    language: Language
    intent: str
    parts: tuple[Part, ...]
    entries: tuple[str, ...] = ()
    facet: Optional[str] = None
    choices: tuple[Choice, ...] = ()
    confidence: float = 1.0

    def as_dict(self) -> dict[str, Any]:
        """The reply as JSON data."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Reply":
        """The reverse of `as_dict`.

        Raises:
            KeyError, TypeError: the data are not a reply's.
        """
        parts = tuple(Part(**{**part, "sources": tuple(part["sources"])}) for part in data["parts"])
        choices = tuple(Choice(**choice) for choice in data["choices"])
        entries = tuple(data["entries"])
        return cls(**{**data, "entries": entries, "parts": parts, "choices": choices})
