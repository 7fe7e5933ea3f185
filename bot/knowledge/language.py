"""Which language a text is in, and the same text with its spelling repaired.

Both rest on how often words are used (`words.py`) and on the abbreviations that people type in each
language (`nlu_data/<language>/shorthand.tsv`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import log10
from pathlib import Path
from typing import Optional

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.knowledge.model import LANGUAGES, Language
from bot.knowledge.text import Token, fold
from bot.knowledge.words import accented, frequencies

SHORTHAND = "shorthand.tsv"
_SHORTHAND_WEIGHT = 3.0
_MAX_WORD_WEIGHT = 3.0
_SHORTEST_REPAIR = 4
_REMEMBERED = 8192


@dataclass(frozen=True)
class LanguageGuess:
    """`margin` grows with the evidence; 0 says that the text gives none."""

    language: Language
    margin: float


def read_shorthand(root: Path) -> dict[Language, dict[str, str]]:
    """Language → folded abbreviation → what it stands for, from `root`/<language>/shorthand.tsv."""
    return {language: _read_table(root / language / SHORTHAND) for language in LANGUAGES}


def _read_table(path: Path) -> dict[str, str]:
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return {fold(row[0]): row[1] for row in rows if len(row) == 2 and not row[0].startswith("#")}


class LanguageReader:
    """Guesses the language of a text and repairs its spelling."""

    def __init__(
        self,
        shorthand: Mapping[Language, Mapping[str, str]],
        vocabulary: Iterable[str] = (),
    ) -> None:
        """`vocabulary`: folded words worth repairing towards (those that questions are made of)."""
        self._shorthand = shorthand
        self.vocabulary = sorted(word for word in set(vocabulary) if len(word) >= _SHORTEST_REPAIR)
        self._known = set(self.vocabulary)
        self._nearest = lru_cache(maxsize=_REMEMBERED)(self._find_nearest)

    def guess(self, words: Iterable[Token]) -> LanguageGuess:
        """The likelier language of `words`; French when nothing tells."""
        french = sum(self._leaning(word.folded) for word in words if word.kind in ("word", "tag"))
        return LanguageGuess("fr" if french >= 0 else "en", abs(french))

    def _leaning(self, word: str) -> float:
        bare = word.rstrip("'").lstrip("#")
        french, english = (self._weight(bare, language) for language in LANGUAGES)
        if word.endswith("'") and bare in ("c", "l", "d", "j", "qu", "n", "s", "m", "t", "y"):
            return _MAX_WORD_WEIGHT
        return max(-_MAX_WORD_WEIGHT, min(_MAX_WORD_WEIGHT, french - english))

    def _weight(self, word: str, language: Language) -> float:
        if word in self._shorthand[language]:
            return _SHORTHAND_WEIGHT
        return max(0.0, log10(frequencies(language).get(word, 1e-7) / 1e-7))

    def repair(self, words: Iterable[Token], language: Language) -> str:
        """The words of `words` spelled as a dictionary would, in lower case, marks kept."""
        repaired = (self._repair_word(word, language) for word in words)
        return " ".join(repaired).replace("' ", "'")

    def _repair_word(self, word: Token, language: Language) -> str:
        if word.kind not in ("word", "tag"):
            return word.folded
        written = word.folded
        expansion = self._shorthand[language].get(written)
        if expansion is not None:
            return expansion
        if written not in frequencies(language) and written not in self._known:
            written = self._nearest(written) or written
        return accented(language).get(written, written)

    def _find_nearest(self, written: str) -> Optional[str]:
        if len(written) < _SHORTEST_REPAIR or not written.isalpha():
            return None
        edits = 1 if len(written) < 8 else 2
        found = process.extractOne(
            written, self.vocabulary, scorer=OSA.distance, score_cutoff=edits
        )
        return str(found[0]) if found else None
