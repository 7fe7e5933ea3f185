"""Goes on in the other language, and says the last answer again in it."""

from dataclasses import replace

from actions.base import TurnAction
from actions.turn import Turn
from bot.knowledge.model import Language
from bot.replies.model import Reply


class ChangeLanguage(TurnAction):
    """The label says which language is wanted; a button names it."""

    def name(self) -> str:
        return "action_change_language"

    def reply(self, turn: Turn) -> Reply:
        wanted: Language = "en" if turn.label.endswith("/en") else "fr"
        turn = replace(turn, language=wanted)
        if turn.last_entry is None:
            return turn.compose.sentence("small_talk.language", turn.intent)
        aspect = turn.last_aspect or "meaning"
        return turn.compose.answer([turn.last_entry], aspect, turn.intent)
