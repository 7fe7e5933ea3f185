"""Second component: ranks every label (intents, and topics such as `advice/question-…`)."""

from __future__ import annotations

from typing import Any, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.brain.nlu.attributes import DESCRIBED, RANKING, READING
from bot.brain.nlu.features import SentenceEncoder
from bot.brain.nlu.label_model import LabelModel, load_model, save_model, train_model
from bot.knowledge.load import project_glossary


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LabelClassifier(GraphComponent):
    """Writes on each message the labels with their probabilities, and the terms described."""

    @classmethod
    def required_components(cls) -> list[type]:
        from bot.brain.nlu.reader import UtteranceReader

        return [UtteranceReader]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`strength`: inverse of the L2 penalty; `out_of_scope_weight`: what such a line counts."""
        return {"strength": 2.0, "out_of_scope_weight": 4.0}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LabelClassifier:
        return cls(config, model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LabelClassifier:
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, load_model(folder))

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: Optional[LabelModel],
    ) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._model = model
        self._encoder = SentenceEncoder()

    def train(self, training_data: TrainingData) -> Resource:
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        self._model = train_model(
            [example.get(READING) for example in examples],
            [full_label(example) for example in examples],
            self._encoder,
            project_glossary(),
            strength=self._config["strength"],
            out_of_scope_weight=self._config["out_of_scope_weight"],
        )
        with self._storage.write_to(self._resource) as folder:
            save_model(self._model, folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            reading = message.get(READING)
            if self._model is None or reading is None:
                raise RuntimeError("the classifier needs a trained model and a reading")
            ranking, described = self._model.rank(reading, self._encoder)
            message.set(RANKING, ranking)
            message.set(DESCRIBED, described)
        return messages


def full_label(example: Message) -> str:
    """The intent, with its topic when it has one."""
    return str(example.get(INTENT_RESPONSE_KEY) or example.get(INTENT))
