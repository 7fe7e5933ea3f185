"""What is read in an utterance before anything is decided: language, terms, repaired text."""

from dataclasses import dataclass, field
from typing import Any

from bot.knowledge.focus import is_cited
from bot.knowledge.language import LanguageGuess, LanguageReader
from bot.knowledge.match import Match, TermMatcher
from bot.knowledge.text import Token, tokens

TERM_WORD = "termx"


@dataclass(frozen=True)
class Reading:
    """`plain`: the utterance, its spelling repaired; `masked`: its terms replaced by a word."""

    guess: LanguageGuess
    matches: list[Match]
    plain: str
    masked: str
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
    spoken_of = [
        match for match in matches if match.strength != "weak" or is_cited(vars(match), text)
    ]
    return Reading(
        guess,
        matches,
        plain=speller.repair(words, guess.language),
        masked=speller.repair(_mask(words, spoken_of), guess.language),
        words=words,
    )


def _inside(word: Token, matches: list[Match]) -> bool:
    return any(match.start <= word.start < match.end for match in matches)


def _mask(words: list[Token], matches: list[Match]) -> list[Token]:
    masked: list[Token] = []
    last = None
    for word in words:
        match = next((m for m in matches if m.start <= word.start < m.end), None)
        if match is None:
            masked.append(word)
        elif match is not last:
            masked.append(Token(TERM_WORD, TERM_WORD, match.start, match.end, "mark"))
        last = match
    return masked
