"""The brain in this process: Rasa's Agent, our actions, our stores."""

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Optional

import sqlalchemy as sa
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.engine.exceptions import GraphComponentException
from rasa.exceptions import ModelNotFound
from rasa.shared.core.events import UserUttered
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT

from actions.catalogue import all_actions
from bot.brain.in_process_actions import InProcessActions
from bot.brain.interface import BrainError, Message
from bot.brain.locks import KeyedLocks
from bot.brain.segment import project_segmenter
from bot.brain.tracker_store import ForgettingTrackerStore
from bot.brain.train import ModelError
from bot.brain.without_tensorflow import refuse_neural
from bot.replies import payload
from bot.replies.compose import Composer
from bot.replies.knowledge import Knowledge
from bot.replies.model import Reply

LONGEST_MESSAGE = 4000
PATIENCE = 20.0
_FIRST_QUESTION = "c koi un hachtague ?"  # in shorthand and misspelt: it needs every word list

_log = logging.getLogger(__name__)


class LocalBrain:
    """Answers in this process; made by `load_local_brain`."""

    def __init__(self, agent: Agent, store: ForgettingTrackerStore, knowledge: Knowledge) -> None:
        self._agent = agent
        self._store = store
        self._knowledge = knowledge
        self._turns = KeyedLocks()
        self._segmenter = project_segmenter()

    async def reply(self, message: Message) -> list[Reply]:
        """See `Brain.reply`."""
        compose = self._knowledge.composers[message.language or "fr"]
        refusal = _refuse(message, compose)
        if refusal is not None:
            return [refusal]
        async with self._turns.lock(message.person):
            replies = [
                reply for turn in self._user_messages(message) for reply in await self._handle(turn)
            ]
        if any(reply.intent == "forget" for reply in replies):
            await self.forget(message.person)
        return replies or [compose.small_talk("failure")]

    async def forget(self, person: str) -> None:
        """See `Brain.forget`."""
        await self._store.forget(person)

    async def recall(self, person: str) -> list[str]:
        """See `Brain.recall`."""
        tracker = await self._store.retrieve(person)
        events = tracker.events if tracker is not None else ()
        return [event.text for event in events if isinstance(event, UserUttered) and event.text]

    async def close(self) -> None:
        """See `Brain.close`."""
        self._store.close()

    async def warm_up(self) -> None:
        """Read a question, so that nobody waits for what is only loaded at the first one."""
        await self._agent.parse_message(_FIRST_QUESTION)

    def _user_messages(self, message: Message) -> list[UserMessage]:
        tapped = payload.parse(message.payload) if message.payload else None
        if tapped is not None and (
            tapped.entry is None or tapped.entry in self._knowledge.glossary
        ):
            parsed = self._tapped(tapped)
            return [_user_message(message, parsed[TEXT], parsed)]
        # Rasa takes a leading slash for a command with entities: only our choices may do that.
        text = message.text.strip().lstrip("/")
        return [_user_message(message, part) for part in self._segmenter.questions(text)]

    def _tapped(self, tapped: payload.Ask) -> dict[str, Any]:
        understood: dict[str, Any] = {"asked": tapped.entry, "aspect": tapped.aspect}
        if tapped.language is not None:
            intent = "change_language"
            understood["label"] = f"{intent}/{tapped.language}"
        elif tapped.aspect in ("more", "simpler", "source"):
            intent = tapped.aspect
        elif tapped.entry and self._knowledge.glossary[tapped.entry].kind != "term":
            intent = "advice"
        else:
            intent = "ask_meaning" if tapped.aspect == "advice" else f"ask_{tapped.aspect}"
        return {
            TEXT: "",
            INTENT: {"name": intent, "confidence": 1.0},
            ENTITIES: [],
            "understood": understood,
        }

    async def _handle(self, user_message: UserMessage) -> list[Reply]:
        try:
            said = await asyncio.wait_for(self._agent.handle_message(user_message), PATIENCE)
        except (sa.exc.SQLAlchemyError, asyncio.TimeoutError) as error:
            raise BrainError(type(error).__name__) from error
        return [Reply.from_dict(each["custom"]) for each in said or () if "custom" in each]


def _user_message(
    message: Message, text: str, parsed: Optional[dict[str, Any]] = None
) -> UserMessage:
    metadata = {"language": message.language} if message.language else None
    return UserMessage(
        text,
        CollectingOutputChannel(),
        message.person,
        parse_data=parsed,
        metadata=metadata,
    )


def _refuse(message: Message, compose: Composer) -> Optional[Reply]:
    if message.payload:
        return None
    text = message.text.strip()
    if not text.strip("/ "):
        return compose.small_talk("empty")
    if len(text) > LONGEST_MESSAGE:
        limit = str(LONGEST_MESSAGE)
        return compose.sentence("small_talk.too_long", "out_of_scope", limit=limit)
    return None


def load_local_brain(
    model: Path, store: ForgettingTrackerStore, knowledge: Knowledge
) -> LocalBrain:
    """Load the model file `model`.

    Raises:
        ModelError: there is no usable model there, or it was trained by other code.
        NeuralComponentError: the model needs TensorFlow.
    """
    try:
        agent = Agent.load(
            model,
            action_endpoint=InProcessActions(all_actions(knowledge)),
            lock_store=KeyedLocks(),
            tracker_store=store,
        )
    except (GraphComponentException, ModelNotFound) as error:
        raise ModelError("the model does not fit this version: run `make train`") from error
    if agent.processor is None or agent.model_id is None:
        raise BrainError("the model was loaded without a processor")
    refuse_neural(_components(agent))
    # Rasa wraps a store so that it answers from memory when the database fails, and loses that.
    agent.tracker_store = agent.processor.tracker_store = store
    store.domain = agent.domain
    return LocalBrain(agent, store, knowledge)


def _components(agent: Agent) -> Sequence[str]:
    schema = agent.processor.model_metadata.predict_schema if agent.processor else None
    return [node.uses.__name__ for node in schema.nodes.values()] if schema else []
