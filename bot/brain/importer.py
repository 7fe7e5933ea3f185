"""Turns the glossary and `nlu_data/` into Rasa's training data, at training time.

Nothing generated is committed: adding a term is adding one YAML file. A training line may hold
`{term}` and `{other}`, which are filled with names of terms in the line's language.
"""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Optional, Union

import yaml
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.brain.nlu.attributes import LANGUAGE, TEMPLATE
from bot.knowledge.load import Glossary, project_glossary
from bot.knowledge.model import LANGUAGES, Language
from bot.settings import NLU_DATA

DRAWS_PER_TEMPLATE = 2
SEED = 7


class GlossaryImporter(RasaFileImporter):
    """Rasa's importer for this project; `config.yml` names it."""

    def __init__(
        self,
        config_file: Optional[str] = None,
        domain_path: Optional[str] = None,
        training_data_paths: Optional[Union[list[str], str]] = None,
        **_: Any,
    ) -> None:
        super().__init__(config_file, domain_path, training_data_paths or [str(NLU_DATA)])

    def get_nlu_data(self, language: Optional[str] = None) -> TrainingData:
        """All training lines of both languages, each marked with its language and template."""
        fill = _TemplateFiller(project_glossary())
        messages: list[Message] = []
        for path in sorted(self._nlu_files):
            spoken = _language_of(path)
            for label, template in _lines(path):
                messages.extend(fill(label, template, spoken))
        return TrainingData(messages)


def _lines(path: str) -> Iterator[tuple[str, str]]:
    """The label and the text of each line of a file in Rasa's format.

    Rasa's own reader looks in each line for annotated entities, of which we have none, and merges
    files in quadratic time.
    """
    content = yaml.load(Path(path).read_text(encoding="utf-8"), yaml.CSafeLoader)
    for item in content.get("nlu") or ():
        for line in str(item.get("examples") or "").splitlines():
            if text := line.removeprefix("-").strip():
                yield item["intent"], text


def _language_of(path: str) -> Language:
    folders = set(Path(path).parts)
    return next(name for name in LANGUAGES if name in folders)


class _TemplateFiller:
    def __init__(self, glossary: Glossary) -> None:
        self._names = {
            language: [
                name
                for term in glossary.terms()
                if term.category != "phrases"
                for name in (term.name(language), *term.spellings(language).also)
            ]
            for language in LANGUAGES
        }
        self._random = random.Random(SEED)  # noqa: S311 - draws names, guards nothing

    def __call__(self, label: str, template: str, language: Language) -> list[Message]:
        draws = DRAWS_PER_TEMPLATE if "{" in template else 1
        texts = dict.fromkeys(self._fill(template, language) for _ in range(draws))
        return [_message(text, label, template, language) for text in texts]

    def _fill(self, template: str, language: Language) -> str:
        first, second = self._random.sample(self._names[language], 2)
        return template.replace("{term}", first).replace("{other}", second)


def _message(text: str, label: str, template: str, language: Language) -> Message:
    intent, _, topic = label.partition("/")
    data = {TEXT: text, INTENT: intent, LANGUAGE: language, TEMPLATE: template}
    return Message(data={**data, INTENT_RESPONSE_KEY: label} if topic else data)
