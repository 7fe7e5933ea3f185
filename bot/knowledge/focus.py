"""Which of the terms in a question it is about."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from bot.knowledge.load import SharedForms
from bot.knowledge.text import fold

_CUE = re.compile(
    r"c'?est (?:quoi|koi)|c ?koi|ckoi|cest quoi|quoi|koi|veut dire|veu dire|signifie|definition|"
    r"definir|explique\w*|sens de|appelle|entend par|what(?:'s| is| are| does|s)|mean(?:s|ing)?|"
    r"define|explain|stand(?:s)? for|difference|exemple|example|comment|how|utilis\w+|sert"
)
_JOINED = re.compile(
    r"(?:[\s,'’\"«»()/&+?-]|"
    r"\b(?:et|ou|and|or|vs|versus|puis|le|la|les|l|un|une|a|the|de|du|between|entre)\b)*"
)
# What stands before a word that is named as a word: "un like", "le fil", « post », "veut dire lol".
_CITES = re.compile(
    r"(?:\b(?:un|une|le|la|les|des|du|de|et|ou|an?|the|of|and|or|vs|word|mot|bouton|button|term|"
    r"terme|dire|signifie|ecrit|repondu|mis|wrote|says?|said|put|faire|is|to|entre|between)|"
    r"l'|d'|[«\"'“(:])\s*$"
)

Found = Mapping[str, Any]


def named(terms: Sequence[Found], text: str, background: Collection[str]) -> list[Found]:
    """The terms that the sentence names: neither scenery, nor everyday words in passing."""
    return [
        term
        for term in terms
        if term["entries"][0] not in background
        and (term["strength"] != "weak" or is_cited(term, text))
    ]


def is_cited(term: Found, text: str) -> bool:
    """Whether a word is spoken of as a word: after an article or a quote, or alone."""
    before, after = fold(text[: term["start"]]), text[term["end"] :]
    alone = not before.strip() and not any(character.isalnum() for character in after)
    return alone or _CITES.search(before) is not None


def in_focus(terms: Sequence[Found], text: str, shared: SharedForms) -> list[Found]:
    """The terms asked about: the surest kind that is there, nearest to the question."""
    pool = next(filter(None, _by_sureness(terms, text, shared)), [])
    if len(pool) <= 1:
        return pool
    nearest = min(range(len(pool)), key=lambda i: _distance(pool[i], text))
    return _neighbours(pool, nearest, text)


def _by_sureness(terms: Sequence[Found], text: str, shared: SharedForms) -> Iterator[list[Found]]:
    front = [term for term in terms if term["entries"][0] not in shared.background]
    courtesy = [
        term for term in terms if term["entries"][0] in shared.courtesy and is_cited(term, text)
    ]
    yield [term for term in front if term["strength"] == "sure"]
    yield [term for term in courtesy if term["strength"] == "sure"]
    yield [term for term in front if term["strength"] == "weak" and is_cited(term, text)]
    yield [term for term in front if term["strength"] == "fuzzy"]
    yield [term for term in terms if term["strength"] == "sure"]
    yield front
    yield list(terms)


def in_pair(terms: Sequence[Found], text: str, shared: SharedForms) -> list[str]:
    """The entries of the two terms that are compared: those that stand nearest to each other."""
    told = [
        term
        for term in terms
        if term["entries"][0] not in shared.courtesy
        and (term["strength"] == "sure" or is_cited(term, text))
    ]
    pairs = [
        (left, right) for left, right in pairwise(told) if left["entries"][0] != right["entries"][0]
    ]
    if not pairs:
        return list(dict.fromkeys(term["entries"][0] for term in told or terms))[:2]
    left, right = min(pairs, key=lambda pair: pair[1]["start"] - pair[0]["end"])
    return [left["entries"][0], right["entries"][0]]


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
