"""What a choice sends back when it is tapped: short enough for any door (64 bytes)."""

import re
from dataclasses import dataclass
from typing import Literal, Optional, get_args

from bot.knowledge.model import LANGUAGES, Facet, Language

Aspect = Literal[Facet, "more", "simpler", "source"]
ASPECTS: tuple[str, ...] = get_args(Aspect)
_ASK = re.compile(r"ask:([a-z0-9-]{1,48}):([a-z]{3,10})")
_LANGUAGE = re.compile(r"lang:([a-z]{2})")


@dataclass(frozen=True)
class Ask:
    """A tapped choice: one aspect of one entry, or (without an entry) another language."""

    entry: Optional[str] = None
    aspect: str = "meaning"
    language: Optional[Language] = None


def ask(entry: str, aspect: str) -> str:
    return f"ask:{entry}:{aspect}"


def speak(language: Language) -> str:
    return f"lang:{language}"


def parse(payload: str) -> Optional[Ask]:
    """The choice behind `payload`, or None when it is not one of ours."""
    if match := _ASK.fullmatch(payload):
        entry, aspect = match.groups()
        return Ask(entry, aspect) if aspect in ASPECTS else None
    if match := _LANGUAGE.fullmatch(payload):
        return next((Ask(language=name) for name in LANGUAGES if name == match[1]), None)
    return None
