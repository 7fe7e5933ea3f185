"""Last component: turns the ranking and the terms found into the intent that rules act on."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from bot.brain.nlu.attributes import DESCRIBED, RANKING, READING
from bot.brain.nlu.decision import Decision, Thresholds, decide, topic_groups
from bot.brain.nlu.label_model import Ranking
from bot.brain.nlu.reading import Reading
from bot.knowledge.load import project_glossary

_RANKED = 5


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class Resolver(GraphComponent):
    """Sets the intent, and what actions need to know of the utterance (terms among it)."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Resolver:
        told = {name: config[name] for name in vars(Thresholds()) if name in config}
        return cls(Thresholds(**told))

    def __init__(self, thresholds: Thresholds) -> None:
        self._thresholds = thresholds
        glossary = project_glossary()
        self._groups = topic_groups(glossary)
        self._background = glossary.shared.background

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            reading, ranking = message.get(READING), message.get(RANKING)
            if reading is not None and ranking:
                self._resolve(message, reading, ranking)
        return messages

    def _resolve(self, message: Message, reading: Reading, ranking: Ranking) -> None:
        text = message.get(TEXT) or ""
        decision = decide(
            text, ranking, reading.matches, self._groups, self._thresholds, self._background
        )
        message.set(INTENT, _scored(*_split(decision)), add_to_output=True)
        ranked = [_scored(label, score) for label, score in ranking[:_RANKED]]
        message.set(INTENT_RANKING_KEY, ranked, add_to_output=True)
        understood: dict[str, Any] = {**reading.as_dict(), "label": decision.intent}
        understood["candidates"] = list(decision.candidates)
        understood["described"] = message.get(DESCRIBED) or []
        message.set("understood", understood, add_to_output=True)


def _split(decision: Decision) -> tuple[str, float]:
    return decision.intent.partition("/")[0], decision.confidence


def _scored(name: str, score: float) -> dict[str, Any]:
    return {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: round(score, 4)}
