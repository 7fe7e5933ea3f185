"""Second component: what the trained models say of a reading, as ranked candidates."""

from __future__ import annotations

import json
from typing import Any, NamedTuple, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.brain.nlu.attributes import FACETS, RANKING, READING, RIGHT, TEMPLATE, TERM
from bot.brain.nlu.candidates import Candidate, CandidateFinder
from bot.brain.nlu.encoder import SentenceEncoder
from bot.brain.nlu.evidence import Evidence, Line, Models, load_models, save_models, train_models
from bot.brain.nlu.weighing import Practised, Weigher, fit_weigher
from bot.knowledge.load import project_glossary
from bot.settings import read_settings

_WEIGHTS_FILE = "signals.json"


class Trained(NamedTuple):
    """What training leaves."""

    models: Models
    weigher: Weigher


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class CandidateClassifier(GraphComponent):
    """Writes on each message its candidates with their probabilities, and the facets' shares."""

    @classmethod
    def required_components(cls) -> list[type]:
        from bot.brain.nlu.reader import UtteranceReader

        return [UtteranceReader]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CandidateClassifier:
        return cls(model_storage, resource, _encoder(), None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> CandidateClassifier:
        encoder = _encoder()
        with model_storage.read_from(resource) as folder:
            weigher = Weigher(json.loads((folder / _WEIGHTS_FILE).read_text(encoding="utf-8")))
            trained = Trained(load_models(folder, encoder), weigher)
        return cls(model_storage, resource, encoder, trained)

    def __init__(
        self,
        model_storage: ModelStorage,
        resource: Resource,
        encoder: SentenceEncoder,
        trained: Optional[Trained],
    ) -> None:
        self._storage = model_storage
        self._resource = resource
        self._encoder = encoder
        self._trained = trained
        self._finder = CandidateFinder(project_glossary())

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the labelled lines, then weigh what was learnt on the practice lines."""
        examples = [example for example in training_data.training_examples if example.get(TEXT)]
        lines = [_line(example) for example in examples if not example.get(RIGHT)]
        models = train_models(lines, self._encoder)
        practice = [example for example in examples if example.get(RIGHT)]
        evidence = models.weigh([example.get(READING) for example in practice])
        weigher = fit_weigher([
            Practised(self._candidates(example, told), self._right(example))
            for example, told in zip(practice, evidence, strict=True)
        ])  # fmt: skip
        self._trained = Trained(models, weigher)
        with self._storage.write_to(self._resource) as folder:
            save_models(models, folder)
            (folder / _WEIGHTS_FILE).write_text(json.dumps(weigher.weights, indent=1))
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        if self._trained is None:
            raise RuntimeError("the classifier needs a trained model")
        models, weigher = self._trained
        evidence = models.weigh([message.get(READING) for message in messages])
        for message, told in zip(messages, evidence, strict=True):
            message.set(RANKING, weigher.rank(self._candidates(message, told)))
            message.set(FACETS, told.facets)
        return messages

    def _candidates(self, message: Message, evidence: Evidence) -> list[Candidate]:
        return self._finder.find(message.get(TEXT), message.get(READING).matches, evidence)

    def _right(self, example: Message) -> set[str]:
        """The names told, and all topics that share an answer with them."""
        names = set(example.get(RIGHT))
        told = {self._finder.group(name) for name in names}
        terms = {self._finder.same_as[name] for name in names & self._finder.same_as.keys()}
        return names | told | terms | self._finder.sharing(told)


def _encoder() -> SentenceEncoder:
    return SentenceEncoder(read_settings().encoder)


def _line(example: Message) -> Line:
    return Line(
        example.get(READING),
        str(example.get(INTENT_RESPONSE_KEY) or example.get(INTENT)),
        example.get(TERM),
        filled="{" in example.get(TEMPLATE),
    )
