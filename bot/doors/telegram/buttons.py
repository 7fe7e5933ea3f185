"""Buttons under a message; what they send back says all that is needed to answer.

A button's data begins with the language of the answer, so that an old message keeps its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

from bot.knowledge.model import LANGUAGES, Language
from bot.replies import payload
from bot.replies.model import Choice, Reply

LONGEST_DATA = 64
LONGEST_LABEL = 48
_SHORT_LABEL = 18

Row = list[dict[str, str]]


class ButtonError(ValueError):
    """A button says more than Telegram carries."""


@dataclass(frozen=True)
class Tap:
    """What a tapped button wants: `action` with its `argument`."""

    language: Language
    action: str
    argument: str = ""


def read_tap(data: str) -> Optional[Tap]:
    """The tap behind a button's data, or None when it is not one of ours."""
    code, mark, rest = data.partition(":")
    language = next((name for name in LANGUAGES if name == code), None)
    action, _, argument = rest.partition(":")
    return Tap(language, action, argument) if language and mark and action else None


def button(label: str, language: Language, action: str) -> dict[str, str]:
    """A button.

    Raises:
        ButtonError: its data is over 64 bytes.
    """
    data = f"{language}:{action}"
    if len(data.encode()) > LONGEST_DATA:
        raise ButtonError(f"the data of a button is {len(data.encode())} bytes long")
    short = label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1].rstrip() + "…"
    return {"text": short, "data": data}


def of_reply(reply: Reply, next_label: str = "") -> list[Row]:
    """The choices of a reply, two in a row where they are short."""
    buttons = [_choice(choice, reply) for choice in reply.choices]
    if next_label and reply.facet is not None and reply.entries:
        buttons.append(button(next_label, reply.language, f"next:{reply.entries[0]}"))
    return rows(buttons)


def _choice(choice: Choice, reply: Reply) -> dict[str, str]:
    tapped = payload.parse(choice.payload)
    if tapped is None or tapped.language is None:
        return button(choice.label, reply.language, choice.payload)
    if reply.facet is None or not reply.entries:
        return button(choice.label, tapped.language, choice.payload)
    same = f"switch:{reply.entries[0]}:{reply.facet}"
    return button(choice.label, tapped.language, same)


def rows(buttons: Sequence[dict[str, str]]) -> list[Row]:
    """Short ones two by two."""
    laid: list[Row] = []
    for each in buttons:
        short = len(each["text"]) <= _SHORT_LABEL
        if short and laid and len(laid[-1]) == 1 and len(laid[-1][0]["text"]) <= _SHORT_LABEL:
            laid[-1].append(each)
        else:
            laid.append([each])
    return laid
