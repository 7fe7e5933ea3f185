"""The style of an entry: lengths, sentences, ease of reading, punctuation, names of menus."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import yaml

from bot.knowledge.files import Problem
from bot.knowledge.model import LANGUAGES, Entry, Language, Term
from bot.knowledge.readability import longest_sentence, readability
from bot.knowledge.text import form_key

MAX_LENGTH = {
    "title": 48, "gloss": 60, "short": 280, "example": 280,
    "why": 400, "howto": 400, "etiquette": 400, "then": 400, "now": 400,
}  # fmt: skip
PROSE = ("short", "why", "howto", "etiquette", "then", "now")
MAX_SENTENCE_WORDS = {**dict.fromkeys(PROSE, 20), "short": 15}


@dataclass(frozen=True)
class Ease:
    """The least ease of reading: of `short`, where one long word weighs much, and of all prose."""

    short: float
    prose: float


# French counts some ten points more than English for a text that is as plain.
LEAST_EASE: Mapping[Language, Ease] = {"fr": Ease(60, 70), "en": Ease(50, 60)}

_MENUS = Path(__file__).with_name("menus.yml")
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]\ufe0f?")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b|\b(?:19|20)\d0s\b")
_LETTER = re.compile(r"\w")
_OPENING: Mapping[Language, re.Pattern[str]] = {
    "fr": re.compile(r"(?:C'est|Cela se dit) (?:quand|lorsqu)"),
    "en": re.compile(r"(?:It's|It is|This is) when "),
}


def prose_of(entry: Entry, language: Language) -> dict[str, str]:
    """The sentences of an entry by field; not its names, gloss and example."""
    said = entry.wording(language).dict(exclude_none=True)
    return {field: said[field] for field in PROSE if field in said}


class Style:
    """Checks entries one by one."""

    def __init__(self) -> None:
        menus = yaml.load(_MENUS.read_text(encoding="utf-8"), yaml.CSafeLoader)
        self._menus: Mapping[Language, Mapping[str, str]] = {
            "fr": menus,
            "en": {french: english for english, french in menus.items()},
        }
        self._foreign = {name: _quoted(pairs) for name, pairs in self._menus.items()}

    def check(self, path: Path, entry: Entry) -> Iterator[Problem]:
        """What is wrong with the style of `entry`."""
        for language in LANGUAGES:
            for field, text in entry.wording(language).dict(exclude_none=True).items():
                for message in (*_marks(field, text), *self._foreign_menus(text, language)):
                    yield Problem(path, f"{language}.{field}", message)
            slips = chain(*(find(entry, language) for find in (_sentences, _ease, _manner)))
            yield from (Problem(path, field, message) for field, message in slips)

    def _foreign_menus(self, text: str, language: Language) -> Iterator[str]:
        for foreign in self._foreign[language].findall(text):
            if (own := self._menus[language][foreign]) not in text:
                yield f"names a menu in the other language: write {own!r}, not {foreign!r} alone"


def _quoted(names: Iterable[str]) -> re.Pattern[str]:
    return re.compile(f'[«"“] ?({"|".join(map(re.escape, names))}) ?[»"”]')


def _marks(field: str, text: str) -> Iterator[str]:
    if not text.strip():
        yield "is empty: write it or leave the field out"
    if len(text) > MAX_LENGTH[field]:
        yield f"has {len(text)} characters: at most {MAX_LENGTH[field]}"
    if field != "example" and len(_EMOJI.findall(text)) > 1:
        yield "has several emoji: keep one at most, at the end"
    if "’" in text:
        yield "has a curly apostrophe: write a straight one (')"


def _sentences(entry: Entry, language: Language) -> Iterator[tuple[str, str]]:
    for field, text in prose_of(entry, language).items():
        words, sentence = longest_sentence(text)
        if words > MAX_SENTENCE_WORDS[field]:
            most = MAX_SENTENCE_WORDS[field]
            yield (
                f"{language}.{field}",
                f"a sentence has {words} words, at most {most}: cut it in two: {sentence!r}",
            )


def _ease(entry: Entry, language: Language) -> Iterator[tuple[str, str]]:
    prose = prose_of(entry, language)
    least = LEAST_EASE[language]
    cure = "write shorter words and sentences"
    if (ease := readability(prose["short"], language)) < least.short:
        yield f"{language}.short", f"has ease {ease:.0f}, at least {least.short:.0f}: {cure}"
    if (ease := readability(" ".join(prose.values()), language)) < least.prose:
        yield language, f"has ease {ease:.0f} in all, at least {least.prose:.0f}: {cure}"


def _manner(entry: Entry, language: Language) -> Iterator[tuple[str, str]]:
    said = entry.wording(language)
    if _OPENING[language].match(said.short):
        yield f"{language}.short", "begins with the like of « C'est quand »: name the thing first"
    for field in ("then", "now"):
        if not _YEAR.search(getattr(said, field)):
            yield f"{language}.{field}", "has no year: say when this was so, or since when"
    if isinstance(entry, Term) and entry.category != "phrases" and not _shows(entry, said.example):
        yield f"{language}.example", "does not hold the word: use one of its forms in it"


def _shows(term: Term, example: str) -> bool:
    if any(form in example for form in term.written_forms() if not _LETTER.search(form)):
        return True  # a sign such as "#" stands before any word
    words = [word.lstrip("#") for word in form_key(example)]
    for form in term.written_forms():
        key = [word.lstrip("#") for word in form_key(form)]
        if any(words[i : i + len(key)] == key for i in range(len(words))):
            return True
    return False
