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

from bot.brain.nlu.attributes import FACETS, RANKING, READING
from bot.brain.nlu.decision import Ranked, Thresholds, decide
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
        self._shared, self._kin = glossary.shared, glossary.kin()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if ranked := message.get(RANKING):
                self._resolve(message, ranked)
        return messages

    def _resolve(self, message: Message, ranked: Ranked) -> None:
        text, reading, facets = message.get(TEXT), message.get(READING), message.get(FACETS)
        decision = decide(
            text, ranked, facets, reading.matches, self._shared, self._kin, self._thresholds
        )
        intent = decision.intent.partition("/")[0]
        message.set(INTENT, _scored(intent, decision.confidence), add_to_output=True)
        shown = [_scored(f"{each.kind}/{each.name}", share) for each, share in ranked[:_RANKED]]
        message.set(INTENT_RANKING_KEY, shown, add_to_output=True)
        understood = {
            **reading.as_dict(),
            "label": decision.intent,
            "answers": list(decision.answers),
            "facet": max(facets, key=facets.__getitem__),
            "follow_up": decision.follow_up,
        }
        message.set("understood", understood, add_to_output=True)


def _scored(name: str, score: float) -> dict[str, Any]:
    return {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: round(score, 4)}
