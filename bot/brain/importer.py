"""Turns the glossary and `nlu_data/` into Rasa's training data, at training time.

Nothing generated is committed: adding a term is adding one YAML file. A training line may hold
`{term}` and `{other}`, which are filled with names of terms in the line's language.
"""

import random
from pathlib import Path
from typing import Any, Optional, Union

from rasa.shared.importers import utils
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.brain.nlu.attributes import LANGUAGE, TEMPLATE
from bot.knowledge.load import Glossary, load_glossary
from bot.knowledge.model import LANGUAGES, Language
from bot.settings import GLOSSARY, NLU_DATA

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
        fill = _TemplateFiller(load_glossary(GLOSSARY))
        messages: list[Message] = []
        for name in LANGUAGES:
            files = [path for path in self._nlu_files if _language_of(path) == name]
            for message in utils.training_data_from_paths(files, name).training_examples:
                messages.extend(fill(message, name))
        return TrainingData(messages)


def _language_of(path: str) -> Optional[str]:
    folders = set(Path(path).parts)
    return next((name for name in LANGUAGES if name in folders), None)


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

    def __call__(self, message: Message, language: Language) -> list[Message]:
        template = message.get(TEXT)
        draws = DRAWS_PER_TEMPLATE if "{" in template else 1
        texts = dict.fromkeys(self._fill(template, language) for _ in range(draws))
        return [self._copy(message, text, template, language) for text in texts]

    def _fill(self, template: str, language: Language) -> str:
        first, second = self._random.sample(self._names[language], 2)
        return template.replace("{term}", first).replace("{other}", second)

    @staticmethod
    def _copy(message: Message, text: str, template: str, language: Language) -> Message:
        data = {TEXT: text, INTENT: message.get(INTENT), LANGUAGE: language, TEMPLATE: template}
        if message.get(INTENT_RESPONSE_KEY):
            data[INTENT_RESPONSE_KEY] = message.get(INTENT_RESPONSE_KEY)
        return Message(data=data)
