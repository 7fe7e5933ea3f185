"""Explains a pasted tweet: which terms stand in it, in reading order."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from bot.knowledge.language import LanguageGuess, LanguageReader
from bot.knowledge.load import Glossary
from bot.knowledge.match import Match, TermMatcher
from bot.knowledge.text import fold, form_key, tokens

_QUOTED = re.compile(r"«\s*(.+?)\s*»|“(.+?)”|\"(.+?)\"", re.DOTALL)
_REQUEST = re.compile(
    r"^.{0,80}?\b(?:tweet|message|post|phrase|texte|sens|dire|traduis|traduire|decode|decoder|"
    r"dechiffrer?|explique[rz]?|explain|mean|means|translate|this|ceci|comprendre|understand)\b"
    r"[^:\n]{0,40}[:\n]\s*(?=\S)"
)
_QUESTION = re.compile(
    r"\?|\b(?:c'?est quoi|c koi|quoi|koi|kwa|comment|pourquoi|qu'est|veut dire|signifie|definition|"
    r"difference|what|how|why|meaning|means?|who|when|should|puis-je|dois|faut)\b"
)
_OPENS_LIKE_A_TWEET = re.compile(r"^(?:rt|mt)\s+@|^@\w+\s", re.IGNORECASE)
_SAME_SENTENCE = 88.0
_ENOUGH_TERMS = 2


@dataclass(frozen=True)
class Decoding:
    """The matches of a tweet, and the entry of the whole sentence when there is one."""

    guess: LanguageGuess
    matches: list[Match]
    sentence: str = ""


class Decoder:
    """Explains pasted texts with a glossary."""

    def __init__(
        self, glossary: Glossary, matcher: TermMatcher, language_reader: LanguageReader
    ) -> None:
        self._matcher = matcher
        self._language_reader = language_reader
        self._sentences = {
            fold(form): term.id
            for term in glossary.terms()
            if term.category == "phrases"
            for form in term.written_forms()
        }

    def decode(self, text: str) -> Decoding:
        """Every term of `text` that is there for sure, in reading order."""
        matches = [match for match in self._matcher.find(text) if match.strength != "weak"]
        guess = self._language_reader.guess(tokens(text))
        return Decoding(guess, matches, self.sentence(text))

    def sentence(self, text: str) -> str:
        """The id of the entry that is this whole sentence, or nothing."""
        nearest = process.extractOne(
            fold(text), list(self._sentences), scorer=fuzz.ratio, score_cutoff=_SAME_SENTENCE
        )
        return self._sentences[nearest[0]] if nearest else ""


def pasted_part(text: str) -> tuple[int, int]:
    """Where the pasted message stands in `text`: between quotation marks, after "… :", or all."""
    if quoted := _QUOTED.search(text):
        group = next(i for i in (1, 2, 3) if quoted[i] is not None)
        if len(form_key(quoted[group])) > 2:
            return quoted.span(group)
    request = _REQUEST.match(fold(text)) if len(fold(text)) == len(text) else None
    return (request.end(), len(text)) if request else (0, len(text))


def looks_pasted(text: str, matches: Sequence[Match], courtesy: Collection[str] = ()) -> bool:
    """Whether `text` is rather a message to explain than a question about a word."""
    matches = [match for match in matches if match.entries[0] not in courtesy]
    firm = {match.entries[0] for match in matches if match.strength == "sure"}
    start, end = pasted_part(text)
    if (start, end) != (0, len(text)):
        inside = {m.entries[0] for m in matches if m.strength == "sure" and m.start >= start}
        return len(inside) >= _ENOUGH_TERMS
    if _OPENS_LIKE_A_TWEET.match(text.strip()) and len(form_key(text)) > 3:
        return True
    words = len([token for token in tokens(text) if token.kind == "word"])
    asks = _QUESTION.search(fold(text)) is not None
    return len(firm) >= _ENOUGH_TERMS and words > 4 and not asks
