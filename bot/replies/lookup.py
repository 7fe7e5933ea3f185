"""Looking words up in the knowledge alone, without the brain."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Optional

from rapidfuzz import fuzz, process

from bot.knowledge.decode import looks_pasted
from bot.knowledge.focus import in_focus
from bot.knowledge.match import Match
from bot.knowledge.model import Language, Term
from bot.knowledge.text import fold
from bot.replies.decoded import tell
from bot.replies.knowledge import Knowledge
from bot.replies.model import Reply

NEAR = 72.0
MOST_OFFERED = 4
_WHOLE, _FOUND, _BEGINNING, _INSIDE = 400.0, 300.0, 250.0, 200.0


class Lookup:
    """Finds entries by what people type of them."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._forms = [
            (fold(form).lstrip("#"), term.id)
            for term in knowledge.glossary.terms()
            if term.category != "phrases"
            for form in term.written_forms()
        ]
        self._written = [form for form, _ in self._forms]

    def answer(self, text: str, language: Language) -> Optional[Reply]:
        """What the knowledge says to `text`, or None when no word of it is known."""
        matches = self._knowledge.matcher.find(text)
        if looks_pasted(text, matches, self._knowledge.glossary.shared.courtesy):
            return self.decode(text, language)
        found = self._about(matches, text)
        if found is None:
            return None
        return self._open(found, language)

    def define(self, text: str, language: Language) -> Reply:
        """The entry named `text`, or those that are nearest to it."""
        if (reply := self.answer(text, language)) is not None:
            return reply
        compose = self._knowledge.composers[language]
        if near := self.suggest(text, MOST_OFFERED):
            return compose.offer(near, "lookup.near", 0.5)
        return compose.small_talk("unknown_word", "suggestions")

    def decode(self, text: str, language: Language) -> Reply:
        """A pasted message, word by word."""
        return tell(self._knowledge.decoder.decode(text), self._knowledge.composers[language])

    def suggest(self, typed: str, most: int) -> list[str]:
        """The entries whose names are nearest to what is being typed, best first."""
        wanted = fold(typed.strip()).lstrip("#@")
        if not wanted:
            return []
        scores: dict[str, float] = {}
        for entry, score in self._scored(wanted, typed, 10 * most):
            scores[entry] = max(scores.get(entry, 0.0), score)
        return sorted(scores, key=lambda entry: (-scores[entry], entry))[:most]

    def _scored(self, wanted: str, typed: str, most: int) -> Iterator[tuple[str, float]]:
        """Entries named so, then those in a sentence, those that begin so, those that look so."""
        for match in self._knowledge.matcher.find(typed):
            if match.strength != "weak":
                yield match.entries[0], _FOUND
        for form, entry in self._forms:
            if form.startswith(wanted):
                yield entry, _WHOLE if form == wanted else _BEGINNING - len(form)
            elif f" {wanted}" in form:
                yield entry, _INSIDE - len(form)
        near = process.extract(
            wanted, self._written, scorer=fuzz.ratio, score_cutoff=NEAR, limit=most
        )
        for _form, score, place in near:
            yield self._forms[place][1], score

    def next_to(self, entry_id: str) -> str:
        """The term after this one in its category, round and round."""
        entry = self._knowledge.glossary[entry_id]
        terms = self._knowledge.glossary.terms()
        if not isinstance(entry, Term):
            return terms[0].id
        family = sorted(term.id for term in terms if term.category == entry.category)
        return family[(family.index(entry_id) + 1) % len(family)]

    def _about(self, matches: Sequence[Match], text: str) -> Optional[Match]:
        by_start = {match.start: match for match in matches}
        focus = in_focus(
            [asdict(match) for match in matches], text, self._knowledge.glossary.shared
        )
        return by_start[focus[0]["start"]] if focus else None

    def _open(self, match: Match, language: Language) -> Reply:
        compose = self._knowledge.composers[language]
        offered = self._knowledge.glossary.shared.offered.values()
        if len(match.entries) > 1 and list(match.entries) in list(offered):
            return compose.offer(match.entries, "clarify.senses", 1.0, match.text)
        return compose.answer([match.entries[0]], "meaning", "look_up")
