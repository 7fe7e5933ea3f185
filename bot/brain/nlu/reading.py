"""What is read in an utterance before anything is decided: language, terms, repaired text."""

from dataclasses import dataclass, field
from typing import Any

from bot.knowledge.language import LanguageGuess, LanguageReader
from bot.knowledge.match import Match, TermMatcher
from bot.knowledge.text import Token, tokens


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


def _inside(word: Token, matches: list[Match]) -> bool:
    return any(match.start <= word.start < match.end for match in matches)
