"""First component: reads language and terms, and repairs the spelling."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.brain.nlu.attributes import LANGUAGE, READING
from bot.brain.nlu.reading import Reading, read, read_many
from bot.knowledge.language import LanguageReader, read_shorthand
from bot.knowledge.load import project_glossary
from bot.knowledge.match import TermMatcher
from bot.knowledge.text import tokens
from bot.settings import NLU_DATA

_VOCABULARY_FILE = "vocabulary.json"
_LEAST_USES = 2


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class UtteranceReader(GraphComponent):
    """Writes a `Reading` on each message."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> UtteranceReader:
        return cls(model_storage, resource, [])

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> UtteranceReader:
        with model_storage.read_from(resource) as folder:
            stored = (folder / _VOCABULARY_FILE).read_text(encoding="utf-8")
        return cls(model_storage, resource, json.loads(stored))

    def __init__(
        self, model_storage: ModelStorage, resource: Resource, vocabulary: list[str]
    ) -> None:
        self._storage = model_storage
        self._resource = resource
        self._matcher = TermMatcher(project_glossary())
        self._shorthand = read_shorthand(NLU_DATA)
        self._speller = LanguageReader(self._shorthand, vocabulary)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn which words questions are made of, to repair spelling towards them."""
        spread = Counter(
            word.folded
            for example in training_data.training_examples
            if example.get(TEXT)  # Rasa adds examples that only name an intent or an action
            for word in tokens(example.get(TEXT))
            if word.kind == "word"
        )
        vocabulary = sorted(word for word, uses in spread.items() if uses >= _LEAST_USES)
        self._speller = LanguageReader(self._shorthand, vocabulary)
        with self._storage.write_to(self._resource) as folder:
            (folder / _VOCABULARY_FILE).write_text(json.dumps(vocabulary), encoding="utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        messages = training_data.training_examples
        texts = [message.get(TEXT) or "" for message in messages]
        for message, reading in zip(
            messages, read_many(texts, self._speller.vocabulary), strict=True
        ):
            _note(message, reading)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            _note(message, read(message.get(TEXT) or "", self._matcher, self._speller))
        return messages


def _note(message: Message, reading: Reading) -> None:
    message.set(READING, reading)
    message.set(LANGUAGE, message.get(LANGUAGE) or reading.guess.language)
