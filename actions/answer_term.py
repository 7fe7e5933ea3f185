"""Answers a question about one or more terms."""

from collections.abc import Mapping
from typing import Any, Optional

from actions.base import TurnAction
from actions.turn import Turn
from bot.knowledge.focus import named
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

Found = Mapping[str, Any]


def aspect_of(facet: str, turn: Turn) -> str:
    """The aspect that a facet asks for; "and #FF?" asks for the one spoken of before."""
    if facet in ("ask_again", "correct") and turn.last_aspect in ASPECTS.values():
        return turn.last_aspect or "meaning"
    return ASPECTS.get(facet, "meaning")


class AnswerTerm(TurnAction):
    """What a term means, an example of it, how to do it, its manners, its past and present."""

    def name(self) -> str:
        return "action_answer_term"

    def reply(self, turn: Turn) -> Reply:
        aspect = turn.aspect or aspect_of(turn.intent, turn)
        if turn.asked:
            return turn.compose.answer([turn.asked], aspect, turn.intent)
        if chosen := self._chosen(turn):
            return turn.compose.answer([chosen], "meaning", "ask_meaning", turn.confidence)
        if self._follows(turn) or not turn.answers:
            return self._about_last(turn, aspect)
        if aspect == "difference":
            return self._compare(turn)
        if aspect == "meaning" and len(turn.answers) == 1 and (term := self._ambiguous(turn)):
            form, senses = str(term["text"]), list(term["entries"])
            return turn.compose.offer(senses, "clarify.senses", turn.confidence, form)
        return turn.compose.answer(turn.answers[:MOST_TERMS], aspect, turn.intent, turn.confidence)

    @staticmethod
    def _chosen(turn: Turn) -> Optional[str]:
        """The offered entry that a short answer names: "le live-tweet"."""
        if len(turn.text.split()) > MOST_CHOOSING_WORDS:
            return None
        said = (term["entries"][0] for term in turn.terms)
        return next((name for name in said if name in turn.offered), None)

    def _follows(self, turn: Turn) -> bool:
        """Whether the text is about what was spoken of before: it names nothing itself."""
        shared = self.knowledge.glossary.shared
        speaks_of = named(turn.terms, turn.text, shared.background)
        return bool(turn.last_entry and turn.follow_up and not speaks_of)

    def _ambiguous(self, turn: Turn) -> Optional[Found]:
        """The form that stands for the answer, when it stands as well for other senses."""
        offered = list(map(list, self.knowledge.glossary.shared.offered.values()))
        return next(
            (
                term
                for term in turn.terms
                if turn.answers[0] in term["entries"] and list(term["entries"]) in offered
            ),
            None,
        )

    def _compare(self, turn: Turn) -> Reply:
        ids = list(turn.answers)
        found = {entry for term in turn.terms for entry in term["entries"]}
        if turn.last_entry and len(found & set(ids)) == 1:
            (asked,) = found & set(ids)
            ids = [turn.last_entry, asked] if asked != turn.last_entry else [asked]
        if len(ids) == 2:
            return turn.compose.compare(ids[0], ids[1], turn.intent)
        return turn.compose.answer(ids, "difference", turn.intent, turn.confidence)

    def _about_last(self, turn: Turn, aspect: str) -> Reply:
        if turn.last_entry is None or turn.intent == "correct":
            which = "clarify.which_two" if aspect == "difference" else "clarify.which_word"
            return turn.compose.sentence(which, "clarify")
        return turn.compose.answer([turn.last_entry], aspect, turn.intent, turn.confidence)
