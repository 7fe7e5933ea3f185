"""Reads one file of the glossary, and says what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Union

import yaml
from pydantic import ValidationError

from bot.knowledge.model import Advice, Entry, Term

Shape = Union[type[Term], type[Advice]]
Content = Mapping[str, Any]


@dataclass(frozen=True)
class Problem:
    """Something wrong in the glossary: which file, which field, and what to write instead."""

    path: Path
    field: str
    message: str
    is_warning: bool = False

    def __str__(self) -> str:
        return f"{self.path}: {self.field}: {self.message}"


class GlossaryError(Exception):
    """The glossary cannot be used; carries every problem found."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def read_content(path: Path) -> Content:
    """The fields of the file at `path` as they are written.

    Raises:
        GlossaryError: it cannot be read, is not YAML, or is not a mapping.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise _refusal(path, f"cannot be read as UTF-8 text: {error}") from error
    except yaml.YAMLError as error:
        raise _refusal(path, f"is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(content, dict):
        raise _refusal(path, "must be a mapping that begins with `id: …`")
    return content


def parse(path: Path, content: Content, shape: Shape) -> Entry:
    """The entry that `content` is, read from the file at `path`.

    Raises:
        GlossaryError: it does not have an entry's shape, or another id than the file's name.
    """
    try:
        entry = shape.parse_obj(content)
    except ValidationError as error:
        raise GlossaryError([_explain(path, detail) for detail in error.errors()]) from error
    if entry.id != path.stem:
        cure = f"is {entry.id!r}: write the file's own name, {path.stem!r}"
        raise GlossaryError([Problem(path, "id", cure)])
    return entry


def _refusal(path: Path, message: str) -> GlossaryError:
    return GlossaryError([Problem(path, "file", message)])


_ADVICE = {
    "value_error.missing": "is missing: write it",
    "value_error.extra": "is not a field of an entry: remove it, "
    "or see docs/contributing-entries.md",
    "value_error.str.regex": "has a wrong form: an id is made of lower-case words and hyphens, "
    "a url begins with https://",
    "value_error.date": "write a date such as 2026-11-23",
    "value_error.any_str.max_length": "is too long: an id has at most 48 characters",
}


def _explain(path: Path, detail: Any) -> Problem:
    where = ".".join(map(str, detail["loc"]))
    return Problem(path, where, _ADVICE.get(detail["type"], detail["msg"]))
