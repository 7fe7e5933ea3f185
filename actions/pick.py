"""Takes a choice among the entries that were offered: by number, by place, by yes or no."""

import re

from actions.base import TurnAction
from actions.turn import Turn
from bot.knowledge.text import fold
from bot.replies.model import Reply

_PLACES = (
    re.compile(r"\b(?:1|un|une|1er|1ere|premiere?|first|one)\b"),
    re.compile(r"\b(?:2|deux|2e|2eme|deuxieme|seconde?|second|two)\b"),
    re.compile(r"\b(?:3|trois|3e|3eme|troisieme|third|three)\b"),
    re.compile(r"\b(?:4|quatre|4e|4eme|quatrieme|fourth|four)\b"),
)
_LAST = re.compile(r"\b(?:derniere?|last|autre|other)\b")


class Pick(TurnAction):
    """Answers from the chosen entry."""

    def name(self) -> str:
        return "action_pick"

    def reply(self, turn: Turn) -> Reply:
        if not turn.offered:
            talk = turn.intent if turn.intent in ("affirm", "deny") else "nothing_yet"
            return turn.compose.small_talk(talk, confidence=turn.confidence)
        if turn.intent == "deny":
            return turn.compose.small_talk("deny", confidence=turn.confidence)
        if turn.intent == "affirm":
            return self._answer(turn, turn.offered[0])
        chosen = place(turn.text, len(turn.offered))
        if chosen is None:
            return turn.compose.sentence("clarify.not_offered", "clarify")
        return self._answer(turn, turn.offered[chosen])

    def _answer(self, turn: Turn, entry_id: str) -> Reply:
        kind = self.knowledge.glossary[entry_id].kind
        aspect = "meaning" if kind == "term" else "advice"
        return turn.compose.answer([entry_id], aspect, turn.intent, turn.confidence)


def place(text: str, count: int) -> int | None:
    """Which of `count` choices `text` names by its place, counted from 0."""
    folded = fold(text)
    if _LAST.search(folded):
        return count - 1
    named = (i for i, pattern in enumerate(_PLACES[:count]) if pattern.search(folded))
    return next(named, None)
