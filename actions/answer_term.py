"""Answers a question about one or more terms."""

from collections.abc import Mapping
from typing import Any, Optional

from actions.base import TurnAction
from actions.turn import Turn
from bot.knowledge.focus import in_focus, in_pair, named
from bot.replies.model import Reply

ASPECTS = {
    "ask_meaning": "meaning",
    "ask_example": "example",
    "ask_howto": "howto",
    "ask_difference": "difference",
    "ask_etiquette": "etiquette",
    "ask_origin": "origin",
    "ask_now": "now",
}
MOST_TERMS = 3
MOST_CHOOSING_WORDS = 4
FEWEST_DESCRIBING_WORDS = 6

Found = Mapping[str, Any]


class AnswerTerm(TurnAction):
    """What a term means, an example of it, how to do it, its manners, its past and present."""

    def name(self) -> str:
        return "action_answer_term"

    def reply(self, turn: Turn) -> Reply:
        aspect = turn.aspect or self._aspect(turn)
        if turn.asked:
            return turn.compose.answer([turn.asked], aspect, turn.intent)
        if chosen := self._chosen(turn):
            return turn.compose.answer([chosen], "meaning", "ask_meaning", turn.confidence)
        if aspect == "difference":
            return self._compare(turn)
        terms = self._terms(turn)
        if not terms:
            return self._about_last(turn, aspect)
        if aspect == "meaning" and len(terms) == 1 and (senses := self._senses(terms[0])):
            form = str(terms[0]["text"])
            return turn.compose.offer(senses, "clarify.senses", turn.confidence, form)
        return turn.compose.answer(_ids(terms)[:MOST_TERMS], aspect, turn.intent, turn.confidence)

    @staticmethod
    def _chosen(turn: Turn) -> Optional[str]:
        """The offered entry that a short answer names: "le live-tweet"."""
        if len(turn.text.split()) > MOST_CHOOSING_WORDS:
            return None
        said = (term["entries"][0] for term in turn.terms)
        return next((name for name in said if name in turn.offered), None)

    def _aspect(self, turn: Turn) -> str:
        if turn.intent in ("ask_again", "correct") and turn.last_aspect in ASPECTS.values():
            return turn.last_aspect or "meaning"
        return ASPECTS.get(turn.intent, "meaning")

    def _terms(self, turn: Turn) -> list[Found]:
        """The terms asked about; in a follow-up, only those that are really named."""
        shared = self.knowledge.glossary.shared
        follows = turn.last_entry is not None and not named(
            turn.terms, turn.text, shared.background
        )
        if follows and (turn.intent != "ask_meaning" or not self._sure(turn)):
            return []
        return in_focus(turn.terms, turn.text, shared)

    @staticmethod
    def _sure(turn: Turn) -> bool:
        return any(term["strength"] == "sure" for term in turn.terms)

    def _senses(self, term: Found) -> Optional[list[str]]:
        offered = self.knowledge.glossary.shared.offered.values()
        return list(term["entries"]) if list(term["entries"]) in map(list, offered) else None

    def _compare(self, turn: Turn) -> Reply:
        ids = in_pair(turn.terms, turn.text, self.knowledge.glossary.shared)
        if len(ids) < 2 and turn.last_entry and turn.last_entry not in ids:
            ids = [turn.last_entry, *ids]
        if len(ids) == 2:
            return turn.compose.compare(ids[0], ids[1], turn.intent)
        if ids:
            return turn.compose.answer(ids, "difference", turn.intent, turn.confidence)
        return turn.compose.sentence("clarify.which_two", "clarify")

    def _about_last(self, turn: Turn, aspect: str) -> Reply:
        if turn.last_entry is not None and turn.intent != "correct":
            return turn.compose.answer([turn.last_entry], aspect, turn.intent, turn.confidence)
        if turn.described and len(turn.text.split()) >= FEWEST_DESCRIBING_WORDS:
            return turn.compose.hesitate(turn.described, turn.confidence)
        return turn.compose.sentence("clarify.which_word", "clarify")


def _ids(terms: list[Found]) -> list[str]:
    return list(dict.fromkeys(term["entries"][0] for term in terms))
