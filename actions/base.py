"""What every action shares: the knowledge, and what is known of the turn."""

from functools import lru_cache
from typing import Any, Optional

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.turn import Turn, read_turn
from bot.replies.knowledge import Knowledge, open_knowledge
from bot.replies.model import Reply


@lru_cache(maxsize=1)
def shared_knowledge() -> Knowledge:
    """For `rasa run actions`, which makes actions without arguments."""
    return open_knowledge()


class TurnAction(Action):
    """Reads the turn, asks the subclass for a reply, sends it and remembers what it spoke of."""

    def __init__(self, knowledge: Optional[Knowledge] = None) -> None:
        self._given = knowledge

    @property
    def knowledge(self) -> Knowledge:
        return self._given or shared_knowledge()

    def name(self) -> str:
        raise NotImplementedError

    def reply(self, turn: Turn) -> Reply:
        """The reply to one turn."""
        raise NotImplementedError

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        turn = read_turn(tracker, self.knowledge)
        reply = self.reply(turn)
        dispatcher.utter_message(json_message=reply.as_dict())
        remembered = turn.remember(reply)
        return [SlotSet(name, value) for name, value in remembered.items()]
