"""Says the last answer again: simpler, longer, shorter, or with its sources."""

from actions.base import TurnAction
from actions.turn import Turn
from bot.knowledge.focus import named
from bot.replies.model import Reply

ASPECTS = {"simpler": "simpler", "shorter": "simpler", "more": "more", "source": "source"}


class Rephrase(TurnAction):
    """Needs something said before; says so kindly when nothing was."""

    def name(self) -> str:
        return "action_rephrase"

    def reply(self, turn: Turn) -> Reply:
        spoken_of = named(turn.terms, turn.text, self.knowledge.glossary.shared.background)
        firm = [term["entries"][0] for term in spoken_of if term["strength"] != "weak"]
        entry = turn.asked or next(iter(firm), None) or turn.last_entry
        if entry is None:
            return turn.compose.sentence("small_talk.nothing_yet", turn.intent)
        aspect = turn.aspect or ASPECTS[turn.intent]
        return turn.compose.answer([entry], aspect, turn.intent, turn.confidence)
