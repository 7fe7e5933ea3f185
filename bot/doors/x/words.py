"""Words that are wishes, in both languages at once: no model is asked about them."""

from collections.abc import Mapping
from typing import Literal, Optional, get_args

from bot.knowledge.model import Language
from bot.knowledge.text import tokens
from bot.replies.wording import Wording

Wish = Literal["stop", "start", "forget", "privacy", "export"]
WISHES: tuple[Wish, ...] = get_args(Wish)
LONGEST_TEXT = 200


class Words:
    """Recognises a message that is nothing but a wish."""

    def __init__(self, wordings: Mapping[Language, Wording]) -> None:
        self._wishes: dict[tuple[str, ...], Wish] = {}
        self._courtesy: set[str] = set()
        self._languages: dict[tuple[str, ...], Language] = {}
        for say in wordings.values():
            self._courtesy.update(say.list("words.courtesy"))
            for wish in WISHES:
                forms = [_key(form) for form in say.list(f"words.{wish}")]
                self._wishes.update(dict.fromkeys(forms, wish))
                self._languages.update(dict.fromkeys(forms, say.language))

    def wish(self, text: str) -> Optional[Wish]:
        """What the whole message asks for, with or without courtesies, or None."""
        return next((self._wishes[key] for key in self._keys(text) if key in self._wishes), None)

    def language(self, text: str) -> Optional[Language]:
        """The language of a wish."""
        found = (self._languages[key] for key in self._keys(text) if key in self._languages)
        return next(found, None)

    def _keys(self, text: str) -> tuple[tuple[str, ...], ...]:
        if len(text) > LONGEST_TEXT:
            return ()
        key = _key(text)
        return key, tuple(word for word in key if word not in self._courtesy)


def _key(text: str) -> tuple[str, ...]:
    found = (token for token in tokens(text.replace("-", " ")) if token.kind == "word")
    return tuple(word for token in found if (word := token.folded.rstrip("'")))
