"""Composes the explanation of a decoded tweet."""

from dataclasses import replace

from bot.knowledge.decode import Decoding
from bot.knowledge.match import Match, distinct
from bot.knowledge.model import Term
from bot.replies.compose import Composer
from bot.replies.model import Choice, Part, Reply

MOST_WORDS = 20
MOST_CHOICES = 4


def tell(decoding: Decoding, compose: Composer, confidence: float = 1.0) -> Reply:
    """The whole sentence when it is known, then each term with what it stands for."""
    matches = distinct(decoding.matches)[:MOST_WORDS]
    if not matches and not decoding.sentence:
        return compose.sentence("decode.nothing", "decode")
    parts = []
    if decoding.sentence:
        parts.append(compose.part(compose.glossary[decoding.sentence], "sentence"))
    if matches:
        lines = "\n".join(_line(match, compose) for match in matches)
        parts.append(Part(lines, title=compose.say("labels.word_by_word")))
    sentence = [decoding.sentence] if decoding.sentence else []
    entries = [match.entries[0] for match in matches]
    choices = [_choice(match, compose) for match in matches[:MOST_CHOICES]]
    return Reply(
        compose.language,
        "decode",
        parts=tuple(parts),
        entries=(*sentence, *entries),
        facet="meaning",
        choices=tuple(choices),
        confidence=confidence,
    )


def _choice(match: Match, compose: Composer) -> Choice:
    """The entry of a word, under the word as the message has it."""
    return replace(compose.choice(compose.glossary[match.entries[0]]), label=match.text)


def _line(match: Match, compose: Composer) -> str:
    glosses = [
        entry.wording(compose.language).gloss or entry.wording(compose.language).short
        for entry in (compose.glossary[name] for name in match.entries[:2])
        if isinstance(entry, Term)
    ]
    return compose.say("decode.item", text=match.text, gloss=" / ".join(glosses))
