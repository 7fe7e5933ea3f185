"""The sentences that are not entries, read from `fr.yml` and `en.yml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.knowledge.model import LANGUAGES, Language

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Wording:
    """One language's sentences; a key is a dotted path such as "choices.example"."""

    language: Language
    tree: Mapping[str, Any]

    def __call__(self, key: str, **values: str) -> str:
        """The sentence at `key` with its holes filled.

        Raises:
            KeyError: no such sentence, or a hole has no value.
        """
        found = self._at(key)
        return str(found).format(**values) if values else str(found)

    def list(self, key: str) -> tuple[str, ...]:
        """The sentences or names listed at `key`."""
        return tuple(self._at(key))

    def _at(self, key: str) -> Any:
        found: Any = self.tree
        for step in key.split("."):
            found = found[step]
        return found


def load_wordings(folder: Path = FOLDER) -> dict[Language, Wording]:
    """Both languages' sentences, from the files of `folder`."""
    return {
        language: Wording(
            language,
            yaml.load((folder / f"{language}.yml").read_text(encoding="utf-8"), yaml.CSafeLoader),
        )
        for language in LANGUAGES
    }
