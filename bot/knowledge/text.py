"""Tokens and folding: how a written form and a person's text are made comparable."""

import re
import unicodedata
from dataclasses import dataclass

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "’": "'", "ʼ": "'", "`": "'"})

_TOKEN = re.compile(
    r"""
    (?P<url>(?:https?://|www\.)\S+)
  | (?P<name>@\w{1,20})
  | (?P<tag>\#\w+)
  | (?P<smiley>(?<!\w)[:;=8xX]['’]?-?[()DPpO/|\\*](?:[()]*)(?!\w)|<3)
  | (?P<word>\w/\w(?!\w)|\d+(?:[.,]\d+)*|[^\W_]+(?:\+(?!\w))?(?:['’](?=\w))?)
  | (?P<mark>[\#@](?!\w)|[^\w\s])
    """,
    re.VERBOSE,
)


_IGNORED = frozenset('-–—_«»“”"\ufe0f\u200d')


@dataclass(frozen=True)
class Token:
    """A piece of text: `text` as written, `folded` for comparison, `start`/`end` in characters."""

    text: str
    folded: str
    start: int
    end: int
    kind: str


def fold(text: str) -> str:
    """Lower case, without accents, ligatures undone, straight apostrophes."""
    if text.isascii():
        return text.lower().replace("`", "'")
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_LIGATURES)


def tokens(text: str) -> list[Token]:
    """The tokens of `text`, in order; white space, hyphens and quotation marks are no tokens."""
    found = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "mark"
        if match.group() in _IGNORED:
            continue
        found.append(Token(match.group(), fold(match.group()), match.start(), match.end(), kind))
    return found


def form_key(form: str) -> tuple[str, ...]:
    """A written form as the folded words that must follow each other in a text."""
    return tuple(token.folded for token in tokens(form))
