"""How far a written form tells what a text is about: "comment" seldom means the reply."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Optional

from bot.knowledge.match import Match
from bot.knowledge.text import fold

# So many lines, of which every other is about the term, are imagined beside those seen.
_IMAGINED = 2.0


@dataclass(frozen=True)
class Forms:
    """`told`: form and entry → logarithm of the share of lines with the form that are about it."""

    told: Mapping[str, float]

    def named(self, matches: Sequence[Match]) -> dict[str, float]:
        """Entry → the same, of the most telling form by which `matches` name it."""
        named: dict[str, float] = {}
        for match in matches:
            for entry in match.entries:
                told = self.told.get(_key(match, entry), _share(0, 0))
                named[entry] = max(named.get(entry, told), told)
        return named


def fit_forms(lines: Iterable[tuple[Sequence[Match], Optional[str]]]) -> Forms:
    """Learn from the matches of each line and the term that it is about (none for other lines)."""
    seen: Counter[str] = Counter()
    meant: Counter[str] = Counter()
    for matches, term in lines:
        about = term.split("+") if term else []
        for key, entry in {(_key(match, e), e) for match in matches for e in match.entries}:
            seen[key] += 1
            meant[key] += entry in about
    return Forms({key: _share(meant[key], seen[key]) for key in sorted(seen)})


def _share(meant: int, seen: int) -> float:
    return log((meant + _IMAGINED / 2) / (seen + _IMAGINED))


def _key(match: Match, entry: str) -> str:
    return f"{fold(match.text)}\t{entry}"
