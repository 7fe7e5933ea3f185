"""Which of the terms in a question it is about."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from bot.knowledge.text import fold

_CUE = re.compile(
    r"c'?est (?:quoi|koi)|c ?koi|ckoi|cest quoi|quoi|koi|veut dire|veu dire|signifie|definition|"
    r"definir|explique\w*|sens de|appelle|entend par|what(?:'s| is| are| does|s)|mean(?:s|ing)?|"
    r"define|explain|stand(?:s)? for|difference|exemple|example|comment|how|utilis\w+|sert"
)
_JOINED = re.compile(
    r"(?:[\s,'’\"«»()/&+?-]|\b(?:et|ou|and|or|vs|versus|puis|le|la|les|l|un|une|a|the|de|du)\b)*"
)

Found = Mapping[str, Any]


def in_focus(terms: Sequence[Found], text: str, background: Collection[str]) -> list[Found]:
    """The terms asked about: not those that set the scene, and the nearest to the question."""
    front = [term for term in terms if term["entries"][0] not in background]
    candidates = front or list(terms)
    firm = [term for term in candidates if term["strength"] != "weak"]
    if len(firm or candidates) <= 1:
        return firm or candidates
    pool = firm or candidates
    nearest = min(range(len(pool)), key=lambda i: _distance(pool[i], text))
    return _neighbours(pool, nearest, text)


def _distance(term: Found, text: str) -> int:
    folded = fold(text)
    cues = [match.span() for match in _CUE.finditer(folded)] or [(0, 0)]
    begin, finish = int(term["start"]), int(term["end"])
    gaps = (begin - end if begin >= end else start - finish for start, end in cues)
    return min(abs(gap) for gap in gaps)


def _neighbours(terms: Sequence[Found], centre: int, text: str) -> list[Found]:
    first = last = centre
    while first > 0 and _joins(terms[first - 1], terms[first], text):
        first -= 1
    while last + 1 < len(terms) and _joins(terms[last], terms[last + 1], text):
        last += 1
    return list(terms[first : last + 1])


def _joins(left: Found, right: Found, text: str) -> bool:
    return _JOINED.fullmatch(fold(text[left["end"] : right["start"]])) is not None
