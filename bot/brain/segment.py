"""Splits a message that asks several questions into its questions."""

import re

from bot.knowledge.text import fold

MOST_QUESTIONS = 3
_END = re.compile(r"(?<=[?!])\s+(?=\S)|\n+")
_AND_ASKS = re.compile(
    r"[,;]?\s+(?:et|puis|aussi|and|also)\s+(?=(?:c'?\s?est quoi|c koi|comment|pourquoi|combien|"
    r"qu'est|quelle?s?\s|que veut|est-ce|faut-il|what|how|why|is it|should|do i|can i)\b)"
)
_ASKS = re.compile(
    r"\?|\b(?:quoi|koi|comment|pourquoi|combien|quel|quelle|que veut|est-ce|faut|puis-je|dois|"
    r"what|how|why|who|when|where|which|should|can|does|is|mean)\b"
)
_LEADING_AND = re.compile(r"^(?:et|puis|aussi|and|also)\b[,\s]*", re.IGNORECASE)
_SHORTEST = 2
_OPENING = re.compile(
    r"(?:(?:bonjour|bonsoir|salut|coucou|hello|hi|hey|good (?:morning|afternoon|evening))\b"
    r"(?: (?:a tous|a vous|tout le monde|madame|monsieur|there|everyone|all))?[\s,;:.!…-]+|"
    # Without a comma these may belong to what is asked: "ok boomer, c'est quoi ?"
    r"(?:bjr|slt|cc|d'accord|ok|okay|merci|thanks|alors|bon|euh|oh|ah|well|right)\b"
    r"(?: (?:alors|then|et))?\s?[,;:.!…-]+\s*)+"
)


def questions(text: str) -> list[str]:
    """The questions of `text` without greetings, at most three; the whole when it asks but one."""
    text = _without_opening(text)
    pieces = [piece for part in _END.split(text) for piece in _split_and(part)]
    asking = [piece.strip() for piece in pieces if piece and _is_question(piece)]
    statements = any(
        not _is_question(piece) and len(piece.split()) > 4 for piece in pieces if piece
    )
    if len(asking) < 2 or statements:
        return [text]
    return [_LEADING_AND.sub("", piece) for piece in asking[:MOST_QUESTIONS]]


def _without_opening(text: str) -> str:
    """What is asked after a greeting: "Bonjour, que veut dire HT ?" is about HT alone."""
    folded = fold(text)
    opening = _OPENING.match(folded) if len(folded) == len(text) else None
    if opening and _is_question(text[opening.end() :]):
        return text[opening.end() :]
    return text


def _split_and(part: str) -> list[str]:
    folded = fold(part)
    if len(folded) != len(part):
        return [part]
    pieces, start = [], 0
    for match in _AND_ASKS.finditer(folded):
        pieces.append(part[start : match.start()])
        start = match.end()
    return [*pieces, part[start:]]


def _is_question(piece: str) -> bool:
    return len(piece.split()) >= _SHORTEST and _ASKS.search(fold(piece)) is not None
