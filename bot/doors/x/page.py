"""A turn of the brain as one message: X lets a robot write rarely."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.knowledge.model import Language
from bot.replies.knowledge import Knowledge
from bot.replies.model import Choice, Reply
from bot.replies.plain import plain

MOST_CHOICES = 9


@dataclass(frozen=True)
class Page:
    """What is said in one message, and what may be chosen from it."""

    language: Language
    text: str
    choices: tuple[Choice, ...] = ()


def joined(replies: Sequence[Reply], knowledge: Knowledge) -> Page:
    """All replies of a turn; the same choice is offered once."""
    texts = [plain(each, knowledge.composers[each.language].say, choices=False) for each in replies]
    offered = {choice.payload: choice for reply in replies for choice in reply.choices}
    choices = tuple(offered.values())[:MOST_CHOICES]
    return Page(replies[0].language, "\n\n".join(filter(None, texts)), choices)


def numbered(text: str, choices: Sequence[Choice], most: int) -> str:
    """The text with its choices as numbered lines, within `most` characters."""
    lines = "\n".join(f"{i}. {choice.label}" for i, choice in enumerate(choices, start=1))
    room = most - len(lines) - 2
    return f"{shortened(text, room)}\n\n{lines}" if lines else shortened(text, most)


def shortened(text: str, most: int) -> str:
    """The text cut at a space, with "…" where something is missing."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    return f"{cut[: cut.rfind(' ')] if ' ' in cut else cut}…"
