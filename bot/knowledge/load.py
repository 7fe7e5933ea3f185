"""Reads the glossary from its files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Optional

import yaml
from pydantic import BaseModel, ValidationError

from bot.knowledge.model import Advice, Entry, Term
from bot.knowledge.text import form_key
from bot.settings import GLOSSARY

FOLDERS: Mapping[str, type[BaseModel]] = {"terms": Term, "advice": Advice}
FORMS = "forms.yml"


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


@dataclass(frozen=True)
class SharedForms:
    """Folded forms of several entries, most likely sense first; terms that set the scene."""

    offered: Mapping[str, list[str]] = field(default_factory=dict)
    preferred: Mapping[str, list[str]] = field(default_factory=dict)
    scene: frozenset[str] = frozenset()
    courtesy: frozenset[str] = frozenset()

    @property
    def background(self) -> frozenset[str]:
        """Terms that are rarely what a sentence is about."""
        return self.scene | self.courtesy

    def all(self) -> dict[str, list[str]]:
        return {**self.preferred, **self.offered}


@dataclass(frozen=True)
class Glossary:
    """All entries by id, and what is said of forms that several of them share."""

    entries: Mapping[str, Entry]
    shared: SharedForms = SharedForms()

    def __getitem__(self, entry_id: str) -> Entry:
        return self.entries[entry_id]

    def __contains__(self, entry_id: object) -> bool:
        return entry_id in self.entries

    def terms(self) -> list[Term]:
        return [entry for entry in self.entries.values() if isinstance(entry, Term)]

    def topics(self) -> list[Advice]:
        return [entry for entry in self.entries.values() if isinstance(entry, Advice)]


def load_glossary(root: Path) -> Glossary:
    """Read `root` (the folder `glossary/`).

    Raises:
        GlossaryError: a file is unreadable, is not YAML, or does not have an entry's shape.
    """
    entries, problems = read_entries(root)
    if problems:
        raise GlossaryError(problems)
    if not entries:
        raise GlossaryError([Problem(root, "folder", "no entry here: is this the glossary?")])
    return Glossary({entry.id: entry for _, entry in entries}, read_shared_forms(root))


@lru_cache(maxsize=1)
def project_glossary() -> Glossary:
    """The project's own glossary, read once: several components of one process need it.

    Raises:
        GlossaryError: see `load_glossary`.
    """
    return load_glossary(GLOSSARY)


def read_entries(root: Path) -> tuple[list[tuple[Path, Entry]], list[Problem]]:
    """Every entry that can be read, with its path, and a problem for each that cannot."""
    entries: list[tuple[Path, Entry]] = []
    problems: list[Problem] = []
    for path, shape in entry_files(root):
        outcome = _read(path, shape)
        if isinstance(outcome, list):
            problems.extend(outcome)
        else:
            entries.append((path, outcome))
    return entries, problems


def entry_files(root: Path) -> Iterator[tuple[Path, type[BaseModel]]]:
    """Each entry file under `root` with the model it must fit, in a stable order."""
    for folder, shape in FOLDERS.items():
        for path in sorted((root / folder).glob("*.yml")):
            yield path, shape


def read_shared_forms(root: Path) -> SharedForms:
    """What `forms.yml` under `root` says; nothing when there is no such file."""
    path = root / FORMS
    if not path.exists():
        return SharedForms()
    written = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader) or {}
    return SharedForms(
        _by_key(written.get("offered")),
        _by_key(written.get("preferred")),
        frozenset(written.get("scene") or ()),
        frozenset(written.get("courtesy") or ()),
    )


def _by_key(listed: Optional[Mapping[str, list[str]]]) -> dict[str, list[str]]:
    return {" ".join(form_key(str(form))): list(ids) for form, ids in (listed or {}).items()}


def _read(path: Path, shape: type[BaseModel]) -> Any:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        return [Problem(path, "file", f"cannot be read as UTF-8 text: {error}")]
    except yaml.YAMLError as error:
        return [Problem(path, "file", f"is not YAML: {' '.join(str(error).split())}")]
    if not isinstance(content, dict):
        return [Problem(path, "file", "must be a mapping that begins with `id: …`")]
    try:
        return shape.parse_obj(content)
    except ValidationError as error:
        return [_explain(path, detail) for detail in error.errors()]


_ADVICE = {
    "value_error.missing": "is missing: write it",
    "value_error.extra": "is not a field of an entry: remove it, or see docs/entry-format.md",
    "value_error.date": "write a date such as 2026-11-23",
}


def _explain(path: Path, detail: Any) -> Problem:
    where = ".".join(map(str, detail["loc"]))
    return Problem(path, where, _ADVICE.get(detail["type"], detail["msg"]))
