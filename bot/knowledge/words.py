"""How often words are used in each language (wordfreq, CC BY-SA 4.0).

Words are folded; known are those that a language uses more than once in a million.
"""

from collections.abc import Mapping
from functools import lru_cache

import wordfreq

from bot.knowledge.model import LANGUAGES, Language
from bot.knowledge.text import fold


@lru_cache(maxsize=len(LANGUAGES))
def frequencies(language: Language) -> Mapping[str, float]:
    """Word → occurrences per word of text."""
    folded: dict[str, float] = {}
    for word, frequency in _listed(language).items():
        folded[fold(word)] = folded.get(fold(word), 0.0) + frequency
    return folded


@lru_cache(maxsize=len(LANGUAGES))
def accented(language: Language) -> Mapping[str, str]:
    """Word → its most frequent spelling, where that spelling has accents."""
    best: dict[str, str] = {}
    for word in _listed(language):
        best.setdefault(fold(word), word)
    return {folded: word for folded, word in best.items() if folded != word}


def is_everyday(word: str) -> bool:
    """Whether French or English knows the word."""
    return any(word in frequencies(language) for language in LANGUAGES)


def _listed(language: Language) -> Mapping[str, float]:
    """Spelling → frequency, most frequent first."""
    listed: Mapping[str, float] = wordfreq.get_frequency_dict(language, wordlist="small")
    # wordfreq would hold on to every list that it ever read: ten megabytes that nobody reads again.
    wordfreq.get_frequency_dict.cache_clear()
    wordfreq.get_frequency_list.cache_clear()
    return listed
