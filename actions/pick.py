"""Takes a choice among the entries that were offered: by number, by place, by yes or no."""

import re
from typing import Optional

from actions.base import TurnAction
from actions.turn import Turn
from bot.knowledge.text import fold
from bot.replies.model import Reply

_ORDINALS = (
    r"1ere?|1er|premiere?|first",
    r"2e|2eme|2nde?|deuxieme|seconde?|second",
    r"3e|3eme|troisieme|third",
    r"4e|4eme|quatrieme|fourth",
)
_NUMBERS = (r"1|une?|one", r"2|deux|two", r"3|trois|three", r"4|quatre|four")
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


def place(text: str, count: int) -> Optional[int]:
    """Which of `count` choices `text` names by its place, counted from 0.

    Ordinals come first: "the second one" is no "one".
    """
    folded = fold(text)
    if _LAST.search(folded):
        return count - 1
    for names in (_ORDINALS, _NUMBERS):
        for i, name in enumerate(names[:count]):
            if re.search(rf"\b(?:{name})\b", folded):
                return i
    return None
