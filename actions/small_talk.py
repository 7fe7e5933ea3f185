"""Answers what is not about Twitter's words: greetings, thanks, refusals."""

from actions.base import TurnAction
from actions.turn import Turn
from bot.replies.model import Reply

OFFERS = {
    "greet": "suggestions",
    "help": "suggestions",
    "out_of_scope": "suggestions",
    "quiz": "quiz_words",
}


class SmallTalk(TurnAction):
    """One written sentence an intent."""

    def name(self) -> str:
        return "action_small_talk"

    def reply(self, turn: Turn) -> Reply:
        return turn.compose.small_talk(turn.intent, OFFERS.get(turn.intent, ""), turn.confidence)
