"""The glossary entry by entry, for those who review it: figures, and what is near a bound."""

from collections.abc import Iterable, Iterator

from bot.knowledge.model import LANGUAGES, Entry, Language
from bot.knowledge.readability import longest_sentence, readability
from bot.knowledge.style import LEAST_EASE, MAX_LENGTH, MAX_SENTENCE_WORDS, prose_of

HEADER = "fr: short all words signs | en: short all words signs | entry, and what is near a bound"
_NEAR_EASE = 5.0
_NEAR_WORDS = 1
_NEAR_LENGTH = 15


def report(entries: Iterable[Entry]) -> Iterator[str]:
    """One line an entry: for each language the ease of `short` and of all prose, the words of
    the longest sentence of `short`, its characters; the fields within reach of a bound, or over it.
    """
    yield HEADER
    for entry in entries:
        figures = " | ".join(_figures(entry, language) for language in LANGUAGES)
        near = [f"{name}.{field}" for name in LANGUAGES for field in _near(entry, name)]
        yield f"{figures} | {' '.join((entry.id, *near))}"


def _figures(entry: Entry, language: Language) -> str:
    prose = prose_of(entry, language)
    short = prose["short"]
    ease, whole = readability(short, language), readability(" ".join(prose.values()), language)
    return f"{ease:9.0f} {whole:3.0f} {longest_sentence(short)[0]:5} {len(short):5}"


def _near(entry: Entry, language: Language) -> Iterator[str]:
    prose = prose_of(entry, language)
    least = LEAST_EASE[language]
    if readability(prose["short"], language) < least.short + _NEAR_EASE:
        yield "short:ease"
    if readability(" ".join(prose.values()), language) < least.prose + _NEAR_EASE:
        yield "all:ease"
    for field, text in prose.items():
        if longest_sentence(text)[0] > MAX_SENTENCE_WORDS[field] - _NEAR_WORDS:
            yield f"{field}:words"
        if len(text) > MAX_LENGTH[field] - _NEAR_LENGTH:
            yield f"{field}:signs"
