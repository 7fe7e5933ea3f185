"""Every action, made with the same knowledge."""

from actions.answer_term import AnswerTerm
from actions.answer_topic import AnswerTopic, Clarify
from actions.base import TurnAction
from actions.change_language import ChangeLanguage
from actions.decode import Decode
from actions.pick import Pick
from actions.rephrase import Rephrase
from actions.small_talk import SmallTalk
from bot.replies.knowledge import Knowledge

ACTIONS: tuple[type[TurnAction], ...] = (
    AnswerTerm, AnswerTopic, ChangeLanguage, Clarify, Decode, Pick, Rephrase, SmallTalk,
)  # fmt: skip


def all_actions(knowledge: Knowledge) -> list[TurnAction]:
    """One of each, for the in-process endpoint."""
    return [action(knowledge) for action in ACTIONS]
