"""Explains a pasted message word by word."""

from actions.base import TurnAction
from actions.turn import Turn
from bot.knowledge.decode import pasted_part
from bot.replies.decoded import tell
from bot.replies.model import Reply


class Decode(TurnAction):
    """Decodes what was pasted; asks for it when nothing was."""

    def name(self) -> str:
        return "action_decode"

    def reply(self, turn: Turn) -> Reply:
        start, end = pasted_part(turn.text)
        decoding = self.knowledge.decoder.decode(turn.text[start:end])
        background = self.knowledge.glossary.shared.background
        told = [match for match in decoding.matches if match.entries[0] not in background]
        if not told and not decoding.sentence and (start, end) == (0, len(turn.text)):
            return turn.compose.sentence("decode.ask", turn.intent)
        return tell(decoding, turn.compose, turn.confidence)
