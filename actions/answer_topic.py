"""Answers a question of practice: advice, a case, a kind of user, a common question."""

from actions.answer_term import aspect_of
from actions.base import TurnAction
from actions.turn import Turn
from bot.knowledge.focus import in_pair
from bot.replies.model import Reply


class AnswerTopic(TurnAction):
    """Gives the entry of the topic that was recognised."""

    def name(self) -> str:
        return "action_answer_topic"

    def reply(self, turn: Turn) -> Reply:
        if turn.asked:
            return turn.compose.answer([turn.asked], turn.aspect or "advice", turn.intent)
        (topic,) = turn.answers[:1]
        pair = in_pair(turn.terms, turn.text, self.knowledge.glossary.shared)
        answers = getattr(self.knowledge.glossary[topic], "answers", [])
        if len(answers) == 2 == len(pair) and not {*pair} <= {*answers, "repost"}:
            return turn.compose.compare(pair[0], pair[1], "ask_difference")
        return turn.compose.answer([topic], "advice", turn.intent, turn.confidence)


class Clarify(TurnAction):
    """Answers from the nearest entry and offers the next ones by name.

    In a conversation, what may be about the entry spoken of is taken for that.
    """

    def name(self) -> str:
        return "action_clarify"

    def reply(self, turn: Turn) -> Reply:
        if turn.follow_up and turn.last_entry:
            aspect = aspect_of(turn.follow_up, turn)
            return turn.compose.answer([turn.last_entry], aspect, turn.follow_up, turn.confidence)
        return turn.compose.hesitate(turn.answers, aspect_of(turn.facet, turn), turn.confidence)
