"""Texts with bold and italics as Telegram wants them: escaped in one place, cut where it may be.

Lengths are in UTF-16 units, as Telegram counts them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Literal

LONGEST = 4096
Tag = Literal["", "b", "i"]
_CUTS = ("\n\n", "\n", " ")


@dataclass(frozen=True)
class Span:
    """A piece of text of one look."""

    text: str
    tag: Tag = ""


Rich = tuple[Span, ...]


def plain(rich: Iterable[Span]) -> str:
    """The text alone."""
    return "".join(span.text for span in rich)


def to_html(rich: Iterable[Span]) -> str:
    """As Telegram's HTML."""
    return "".join(map(_html, rich))


def _html(span: Span) -> str:
    text = escape(span.text, quote=False)
    return f"<{span.tag}>{text}</{span.tag}>" if span.tag and span.text.strip() else text


def units(text: str) -> int:
    """How long Telegram says that a text is."""
    return len(text) + sum(character > "\uffff" for character in text)


def joined(blocks: Iterable[Rich], between: str = "\n\n") -> Rich:
    """Blocks with something between them."""
    spans: list[Span] = []
    for block in blocks:
        spans.extend((Span(between), *block) if spans else block)
    return tuple(spans)


def split(rich: Rich, longest: int = LONGEST) -> list[Rich]:
    """The text in pieces that each fit one message, cut between paragraphs where possible."""
    text = plain(rich)
    pieces = []
    for start, end in _cuts(text, longest):
        piece = _slice(rich, start, end)
        if plain(piece).strip():
            pieces.append(piece)
    return pieces


def _cuts(text: str, longest: int) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(text):
        fits = start + _fitting(text[start : start + longest], longest)
        end = fits if fits == len(text) else _best_cut(text, start, fits)
        yield start, end
        start = end


def _fitting(text: str, longest: int) -> int:
    """How many characters fit."""
    count = min(len(text), longest)
    while units(text[:count]) > longest:
        count -= max(1, (units(text[:count]) - longest) // 2)
    return count


def _best_cut(text: str, start: int, fits: int) -> int:
    for mark in _CUTS:
        found = text.rfind(mark, start + 1, fits)
        if found > start:
            return found + len(mark) if found + len(mark) <= fits else found
    return fits


def _slice(rich: Rich, start: int, end: int) -> Rich:
    found, at = [], 0
    for span in rich:
        first, last = max(start - at, 0), min(end - at, len(span.text))
        if first < last:
            found.append(Span(span.text[first:last], span.tag))
        at += len(span.text)
    return tuple(found)


def shortened(text: str, most: int) -> str:
    """The text, cut after a word when it is longer than `most` characters."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    return (head[: head.rfind(" ")] if " " in head[most // 2 :] else head).rstrip(" ,;:.") + "…"
