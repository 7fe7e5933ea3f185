"""Finds the terms of the glossary in a text: written right, written wrong, or by everyday words."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Optional

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.knowledge.load import Glossary
from bot.knowledge.model import Term
from bot.knowledge.text import Token, form_key, tokens
from bot.knowledge.words import is_everyday

Strength = Literal["sure", "weak", "fuzzy"]

LONGEST_TEXT = 10_000
_LEADING = frozenset(
    """je j' tu te me on il un une des le la les l' du de d' en mon ma mes vais va faire fait
    a an the to i you my your in""".split()  # noqa: SIM905 - a list of words reads best as words
)
_SHORTEST_FUZZY = 4
_REMEMBERED = 8192
_LONGEST_FUZZY_WINDOW = 3


@dataclass(frozen=True)
class Match:
    """A term found: its possible entries (most likely first) and where it stands in the text.

    `strength` is "sure" when a form is written right, "weak" when the form is also an everyday
    word, "fuzzy" when it is only near a form.
    """

    entries: tuple[str, ...]
    text: str
    start: int
    end: int
    strength: Strength


class TermMatcher:
    """Holds the forms of a glossary, ready to be looked for."""

    def __init__(self, glossary: Glossary) -> None:
        self._owners: dict[tuple[str, ...], list[str]] = defaultdict(list)
        self._weak: set[tuple[str, ...]] = set()
        for term in glossary.terms():
            if term.category == "phrases":
                continue
            weak = set(map(form_key, term.weak))
            self._weak |= weak
            for key in _shortest_keys(term, weak):
                self._owners[key].append(term.id)
        for form, senses in glossary.shared.all().items():
            self._owners[form_key(form)] = senses
        self._vocabulary = {word for key in self._owners for word in key}
        self._longest = max(map(len, self._owners), default=0)
        self._squashed = {
            "".join(key).lstrip("#@"): key
            for key in self._owners
            if len("".join(key)) >= _SHORTEST_FUZZY and key not in self._weak
        }
        self._choices: dict[str, list[str]] = defaultdict(list)
        for squashed in self._squashed:
            self._choices[squashed[:1]].append(squashed)
        self._nearest = lru_cache(maxsize=_REMEMBERED)(self._find_nearest)

    def find(self, text: str) -> list[Match]:
        """The terms in the first 10,000 characters of `text`, in order, none overlapping."""
        words = tokens(text[:LONGEST_TEXT])
        taken = [False] * len(words)
        matches = []
        for first, last, key in self._exact(words):
            taken[first:last] = [True] * (last - first)
            strength = self._strength_of(key, words[first:last])
            matches.append(self._match(text, words[first:last], key, strength))
        for first, last, key in self._fuzzy(words, taken):
            taken[first:last] = [True] * (last - first)
            matches.append(self._match(text, words[first:last], key, "fuzzy"))
        return sorted(matches, key=lambda match: match.start)

    def _exact(self, words: list[Token]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        """The forms that stand in `words`, long ones first, none overlapping."""
        known = list(map(self._known_spelling, words))
        free = [True] * len(words)
        for size in range(min(self._longest, len(words)), 0, -1):
            for first in range(len(words) - size + 1):
                key = tuple(known[first : first + size])
                if key in self._owners and all(free[first : first + size]):
                    free[first : first + size] = [False] * size
                    yield first, first + size, key

    def _known_spelling(self, word: Token) -> str:
        """The word as forms write it; "" when none of them holds it."""
        candidates = (word.folded, word.folded.lstrip("#")) if word.kind != "url" else ()
        return next((c for c in candidates if c in self._vocabulary), "")

    def _strength_of(self, key: tuple[str, ...], words: list[Token]) -> Strength:
        if key not in self._weak or words[0].kind == "tag":
            return "sure"
        written = "".join(word.text for word in words)
        shouted = len(written) <= 4 and written.isupper() and len(written) > 1
        return "sure" if shouted else "weak"

    def _fuzzy(
        self, words: list[Token], taken: list[bool]
    ) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        free = list(taken)
        for size in range(_LONGEST_FUZZY_WINDOW, 0, -1):
            for first in range(len(words) - size + 1):
                window = words[first : first + size]
                if any(free[first : first + size]) or not self._is_odd(window):
                    continue
                key = self._nearest("".join(word.folded.lstrip("#") for word in window))
                if key is not None:
                    free[first : first + size] = [True] * size
                    yield first, first + size, key

    def _is_odd(self, window: list[Token]) -> bool:
        if any(word.kind not in ("word", "tag") for word in window):
            return False
        odd = [not is_everyday(word.folded.lstrip("#")) for word in window]
        return odd[0] if len(window) == 1 else any(odd)

    def _find_nearest(self, written: str) -> Optional[tuple[str, ...]]:
        if len(written) < _SHORTEST_FUZZY or written.isdigit():
            return None
        if written in self._squashed:
            return self._squashed[written]
        edits = 1 if len(written) < 9 else 2
        # People seldom get the first letter wrong, and words that differ there are other words.
        choices = self._choices.get(written[:1], [])
        found = process.extractOne(written, choices, scorer=OSA.distance, score_cutoff=edits)
        return self._squashed[str(found[0])] if found else None

    def _match(
        self, text: str, words: list[Token], key: tuple[str, ...], strength: Strength
    ) -> Match:
        start, end = words[0].start, words[-1].end
        return Match(tuple(self._owners[key]), text[start:end], start, end, strength)


def _shortest_keys(term: Term, weak: set[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The keys of a term, without those that only put words before a shorter one ("je RT")."""
    keys = dict.fromkeys(map(form_key, term.written_forms()))
    firm = set(keys) - weak
    return [key for key in keys if not any(tail in firm for tail in _tails(key))]


def _tails(key: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for i, word in enumerate(key[:-1], start=1):
        if word not in _LEADING:
            return
        yield key[i:]


def distinct(matches: Iterable[Match]) -> list[Match]:
    """The first match of each first entry, in order."""
    seen: dict[str, Match] = {}
    for match in matches:
        seen.setdefault(match.entries[0], match)
    return list(seen.values())
