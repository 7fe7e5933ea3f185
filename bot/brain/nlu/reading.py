"""What is read in an utterance before anything is decided: language, terms, repaired text."""

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from multiprocessing import get_context
from typing import Any

import numpy as np

from bot.knowledge.language import LanguageGuess, LanguageReader, read_shorthand
from bot.knowledge.load import project_glossary
from bot.knowledge.match import Match, TermMatcher
from bot.knowledge.text import Token, tokens
from bot.settings import NLU_DATA


@dataclass(frozen=True)
class Reading:
    """`plain`: the utterance, its spelling repaired."""

    guess: LanguageGuess
    matches: list[Match]
    plain: str
    words: list[Token] = field(repr=False)

    def as_dict(self) -> dict[str, Any]:
        """What actions need of it, as JSON."""
        return {
            "language": self.guess.language,
            "margin": round(self.guess.margin, 2),
            "terms": [
                {
                    "entries": list(match.entries),
                    "text": match.text,
                    "start": match.start,
                    "end": match.end,
                    "strength": match.strength,
                }
                for match in self.matches
            ],
        }


def read(text: str, matcher: TermMatcher, speller: LanguageReader) -> Reading:
    """Read one utterance."""
    matches = matcher.find(text)
    words = tokens(text)
    outside = [word for word in words if not _inside(word, matches)]
    guess = speller.guess(outside or words)
    return Reading(guess, matches, speller.repair(words, guess.language), words)


def read_many(texts: Sequence[str], vocabulary: Sequence[str]) -> list[Reading]:
    """Read many by as many processes as there are cores; `vocabulary` as of `LanguageReader`."""
    parts = np.array_split(np.arange(len(texts)), os.cpu_count() or 1)
    with ProcessPoolExecutor(len(parts), get_context("spawn")) as processes:
        work = [
            processes.submit(_read_part, [texts[place] for place in part], vocabulary)
            for part in parts
        ]
        return list(chain.from_iterable(done.result() for done in work))


def _read_part(texts: Sequence[str], vocabulary: Sequence[str]) -> list[Reading]:
    matcher = TermMatcher(project_glossary())
    speller = LanguageReader(read_shorthand(NLU_DATA), vocabulary)
    return [read(text, matcher, speller) for text in texts]


def _inside(word: Token, matches: list[Match]) -> bool:
    return any(match.start <= word.start < match.end for match in matches)
