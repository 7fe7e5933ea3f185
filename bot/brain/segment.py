"""Splits a message that asks several questions into its questions."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import yaml
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from bot.knowledge.text import Token, form_key, tokens

MOST_QUESTIONS = 3
_WORDS = Path(__file__).with_name("asking.yml")
_SHORTEST = 2
_LONGEST_ASIDE = 4
_ENDS = frozenset("?!")
_PAUSES = frozenset(",;:.!…-")
_UNKNOWN = "_"

# Role → where a phrase of it begins → where its longest one ends, in tokens.
Roles = Mapping[str, Mapping[int, int]]


class Segmenter:
    """Knows the words between which questions stand; `said`: role → phrases (`asking.yml`)."""

    def __init__(self, said: Mapping[str, Sequence[str]]) -> None:
        self._vocab = Vocab()
        keys = {role: [form_key(phrase) for phrase in phrases] for role, phrases in said.items()}
        self._known = {word for phrases in keys.values() for phrase in phrases for word in phrase}
        self._phrases = PhraseMatcher(self._vocab, attr="ORTH")
        for role, phrases in keys.items():
            self._phrases.add(role, [Doc(self._vocab, words=list(phrase)) for phrase in phrases])

    def questions(self, text: str) -> list[str]:
        """The questions of `text` without greetings, at most three; else the whole."""
        words = tokens(text)
        return _Message(text, words, self._roles(words)).questions()

    def _roles(self, words: Sequence[Token]) -> Roles:
        # Other words become one placeholder: spaCy never forgets a string it has seen.
        heard = [word.folded if word.folded in self._known else _UNKNOWN for word in words]
        roles: dict[str, dict[int, int]] = {role: {} for role in ROLES}
        if heard:
            for role, start, end in self._phrases(Doc(self._vocab, words=heard)):
                ends = roles[self._vocab.strings[role]]
                ends[start] = max(end, ends.get(start, end))
        return roles


ROLES = ("greeting", "address", "courtesy", "then", "and", "opens", "asks")


@lru_cache(maxsize=1)
def project_segmenter() -> Segmenter:
    """The one for the words of `asking.yml`."""
    return Segmenter(yaml.load(_WORDS.read_text(encoding="utf-8"), yaml.CSafeLoader))


class _Message:
    """A text, its tokens, and the phrases found among them."""

    def __init__(self, text: str, words: Sequence[Token], roles: Roles) -> None:
        self._text, self._words, self._roles = text, words, roles

    def questions(self) -> list[str]:
        """See `Segmenter.questions`."""
        opening = self._after_opening()
        first = opening if self._asks(opening, len(self._words)) else 0
        whole = self._text[self._words[first].start :] if first else self._text
        pieces = list(self._pieces(first))
        asking = [piece for piece in pieces if self._asks(*piece)]
        told = [piece for piece in pieces if not self._asks(*piece)]
        if len(asking) < _SHORTEST or any(self._length(*piece) > _LONGEST_ASIDE for piece in told):
            return [whole]
        return [self._said(*piece) for piece in asking[:MOST_QUESTIONS]]

    def _after_opening(self) -> int:
        """Where the greetings end: "Bonjour, que veut dire HT ?" is about HT alone."""
        place = 0
        if self._words and self._text[: self._words[0].start].strip():
            return place  # a quotation
        while (after := self._after_one(place)) > place:
            place = after
        return place

    def _after_one(self, place: int) -> int:
        if place in (greeting := self._roles["greeting"]):
            end = self._roles["address"].get(greeting[place], greeting[place])
            return self._after_pauses(end)
        if place in (courtesy := self._roles["courtesy"]):
            end = self._roles["then"].get(courtesy[place], courtesy[place])
            after = self._after_pauses(end)
            return after if after > end else place
        return place

    def _after_pauses(self, place: int) -> int:
        while place < len(self._words) and self._words[place].text in _PAUSES:
            place += 1
        return place

    def _pieces(self, first: int) -> Iterator[tuple[int, int]]:
        """Token ranges between the ends of sentences and before an "and" that opens a question."""
        start, place = self._after_and(first), first + 1
        while place < len(self._words):
            joined = self._roles["and"].get(place)
            if self._is_end(place):
                yield start, place
                start = self._after_and(place)
            elif joined is not None and joined in self._roles["opens"]:
                yield start, place
                start = joined
            place = max(place + 1, start)
        yield start, len(self._words)

    def _after_and(self, place: int) -> int:
        return self._roles["and"].get(place, place)

    def _is_end(self, place: int) -> bool:
        """Whether a sentence ends before the token at `place`."""
        before = self._words[place - 1]
        gap = self._text[before.end : self._words[place].start]
        return "\n" in gap or (before.text in _ENDS and gap[:1].isspace())

    def _asks(self, start: int, end: int) -> bool:
        inside = range(start, end)
        return self._length(start, end) >= _SHORTEST and any(
            place in self._roles["asks"] or self._words[place].text == "?" for place in inside
        )

    def _length(self, start: int, end: int) -> int:
        return len(self._said(start, end).split())

    def _said(self, start: int, end: int) -> str:
        """What stands between two tokens, without the comma that it ends on."""
        while end > start and self._words[end - 1].text in (",", ";"):
            end -= 1
        return (
            self._text[self._words[start].start : self._words[end - 1].end] if end > start else ""
        )
