"""A channel-neutral reply as a Telegram message."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.doors.telegram.buttons import Row
from bot.doors.telegram.markup import Rich, Span, joined
from bot.replies.model import Part, Reply
from bot.replies.wording import Wording


@dataclass(frozen=True)
class Page:
    """One message to show: its text and the buttons under it."""

    text: Rich
    rows: tuple[tuple[dict[str, str], ...], ...] = ()


def page(text: Rich, rows: list[Row]) -> Page:
    return Page(text, tuple(map(tuple, rows)))


def sentence(text: str) -> Rich:
    """A text of one look."""
    return (Span(text),)


def rich_reply(reply: Reply, say: Wording) -> Rich:
    """The parts of a reply."""
    return joined(_part(part, say) for part in reply.parts)


def _part(part: Part, say: Wording) -> Rich:
    return joined(_blocks(part, say))


def _blocks(part: Part, say: Wording) -> Iterator[Rich]:
    if part.title:
        yield (Span(part.title, "b"), Span(f"\n{part.text}"))
    else:
        yield (Span(part.text),)
    colon = " : " if say.language == "fr" else ": "
    for name in ("house", "example", "etiquette", "then"):
        if said := getattr(part, name):
            label = Span(f"{say('labels.' + name)}{colon}", "b")
            yield (label, Span(said, "i" if name == "example" else ""))
    if part.sources:
        listed = "".join(f"\n• {source}" for source in part.sources)
        yield (Span(f"{say('labels.sources')}{colon}".rstrip(), "b"), Span(listed))
