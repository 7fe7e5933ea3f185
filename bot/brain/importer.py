"""Turns the glossary and `nlu_data/` into Rasa's training data, at training time.

Nothing generated is committed: adding a term is adding one YAML file. A training line may hold
`{term}` and `{other}`, which are filled with names of terms in the line's language. A label is an
intent, a topic (`advice/…`), or a facet and the term asked about (`ask_howto/rt`). The lines of
`practice.tsv` carry no label, only the names of what answers them.
"""

import random
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Optional, Union

import yaml
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.brain.nlu.attributes import LANGUAGE, RIGHT, TEMPLATE, TERM
from bot.brain.nlu.evidence import FACETS
from bot.knowledge.load import Glossary, project_glossary
from bot.knowledge.model import LANGUAGES, Entry, Language, Term
from bot.settings import NLU_DATA

PRACTICE = "practice.tsv"
SEED = 7
HELD_BACK = 5
_QUESTIONS = 1
_SHORT_QUESTION = 6
_MARKS = ("{term}", "{other}")
# There are few ways to say these, but any term may stand in them.
_FILLED_TIMES = {"ask_again": 30, "correct": 12}
_SENTENCE_END = re.compile(r"(?<=[.!?:])\s+")
_SHORTEST_SENTENCE = 3


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
        return self._training_data

    @cached_property
    def _training_data(self) -> TrainingData:
        # Rasa asks for it anew with other arguments.
        glossary = project_glossary()
        fill = _TemplateFiller(glossary)
        messages: list[Message] = []
        for path in sorted(self._nlu_files):
            spoken = _language_of(path)
            for label, template in _lines(path):
                times = _FILLED_TIMES.get(label, 1) if any(m in template for m in _MARKS) else 1
                messages.extend(fill(label, template, spoken) for _ in range(times))
        messages.extend(_named_plainly(glossary, messages))
        messages.extend(_told_by_entries(glossary, messages))
        return TrainingData([*messages, *_practice_messages(glossary)])


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


def _named_plainly(glossary: Glossary, messages: Sequence[Message]) -> Iterator[Message]:
    """Each term by its name alone and in a short question: what a new entry is first known by."""
    drawn = random.Random(SEED)  # noqa: S311 - draws questions, guards nothing
    written = {message.get(TEXT).casefold() for message in messages}
    for language in LANGUAGES:
        short = [
            message.get(TEMPLATE)
            for message in messages
            if message.get(INTENT) == "ask_meaning"
            and message.get(LANGUAGE) == language
            and "{term}" in message.get(TEMPLATE)
            and len(message.get(TEMPLATE).split()) <= _SHORT_QUESTION
            and not message.get(RIGHT)
        ]
        for term in glossary.terms():
            if term.id in glossary.shared.courtesy:
                continue  # "bonjour" alone is a greeting
            name = term.name(language)
            asked = [text.replace("{term}", name) for text in drawn.sample(short, _QUESTIONS)]
            for text in [name, *asked]:
                if text.casefold() in written:
                    continue  # Rasa would see one text with two intents
                yield _message(text, f"ask_meaning/{term.id}", text, language)


def _told_by_entries(glossary: Glossary, messages: Sequence[Message]) -> Iterator[Message]:
    """What entries say, sentence by sentence: people describe a thing in the same words."""
    written = {message.get(TEXT).casefold() for message in messages}
    entries: list[Entry] = [*glossary.terms(), *glossary.topics()]
    for entry in entries:
        for language in LANGUAGES:
            for label, text in _told_by(entry, language):
                if text.casefold() not in written:
                    written.add(text.casefold())
                    yield _message(text, label, text, language)


def _told_by(entry: Entry, language: Language) -> Iterator[tuple[str, str]]:
    """Label and sentence."""
    if isinstance(entry, Term):
        term = entry.wording(language)
        told = {
            f"ask_meaning/{entry.id}": f"{term.gloss or ''}. {term.short}",
            f"ask_howto/{entry.id}": term.howto or "",
            f"ask_now/{entry.id}": term.now,
        }
    else:
        advice = entry.wording(language)
        told = {f"advice/{entry.id}": f"{advice.title}. {advice.short} {advice.why}"}
    for label, said in told.items():
        for sentence in _SENTENCE_END.split(said):
            if len(sentence.split()) >= _SHORTEST_SENTENCE:
                yield label, sentence.strip()


def practice_lines(root: Path = NLU_DATA) -> Iterator[tuple[Language, tuple[str, ...], str]]:
    """Language, names of what is right (entries or intents), text, of each practice line."""
    for language in LANGUAGES:
        rows = (root / language / PRACTICE).read_text(encoding="utf-8").splitlines()
        for right, text in (row.split("\t") for row in rows):
            yield language, tuple(right.split("|")), text


def _practice_messages(glossary: Glossary) -> Iterator[Message]:
    for language, right, text in practice_lines():
        intent = _intent_of(right[0], glossary)
        yield Message(data={TEXT: text, INTENT: intent, LANGUAGE: language, RIGHT: right})


def _intent_of(name: str, glossary: Glossary) -> str:
    """The intent of a question that an entry answers, or `name` when it is an intent itself."""
    if name not in glossary:
        return name
    return "ask_meaning" if isinstance(glossary[name], Term) else "advice"


def _language_of(path: str) -> Language:
    folders = set(Path(path).parts)
    return next(name for name in LANGUAGES if name in folders)


class _TemplateFiller:
    """Fills templates with drawn names; one in five is held back to practise on."""

    def __init__(self, glossary: Glossary) -> None:
        self._names = {
            language: [
                (name, term.id)
                for term in glossary.terms()
                if term.category != "phrases"
                for name in (term.name(language), *term.spellings(language).also)
            ]
            for language in LANGUAGES
        }
        self._random = random.Random(SEED)  # noqa: S311 - draws names, guards nothing
        self._filled = 0

    def __call__(self, label: str, template: str, language: Language) -> Message:
        text, named = template, []
        for mark in _MARKS:
            name, entry = self._random.choice(self._names[language])
            if mark in text:
                text = text.replace(mark, name)
                named.append(entry)
        message = _message(text, label, template, language)
        self._filled += bool(named)
        if named and self._filled % HELD_BACK == 0:
            message.set(RIGHT, tuple(named))
        return message


def _message(text: str, label: str, template: str, language: Language) -> Message:
    intent, _, detail = label.partition("/")
    data = {TEXT: text, INTENT: intent, LANGUAGE: language, TEMPLATE: template}
    if intent in FACETS and detail:
        data[TERM] = detail
    elif detail:
        data[INTENT_RESPONSE_KEY] = label
    return Message(data=data)
