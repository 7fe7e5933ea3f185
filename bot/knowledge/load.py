"""Reads the glossary from its files."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Optional

import yaml

from bot.knowledge.files import Content, GlossaryError, Problem, Shape, parse, read_content
from bot.knowledge.house import house_files, is_house, laid_over, shape_of
from bot.knowledge.model import Advice, Entry, Term
from bot.knowledge.text import form_key
from bot.settings import GLOSSARY

FOLDERS: Mapping[str, Shape] = {"terms": Term, "advice": Advice}
FORMS = "forms.yml"


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

    def kin(self) -> dict[str, set[str]]:
        """Each entry, and those that it points to or that point to it."""
        kin = {name: entry.near() for name, entry in self.entries.items()}
        for name, entry in self.entries.items():
            for other in entry.near():
                kin.setdefault(other, set()).add(name)
        return kin


def load_glossary(root: Path) -> Glossary:
    """Read `root` (the folder `glossary/`), what its house adds laid over it.

    Raises:
        GlossaryError: a file is unreadable, is not YAML, or does not have an entry's shape.
    """
    entries, problems = read_entries(root)
    if problems:
        raise GlossaryError(problems)
    if not entries:
        raise GlossaryError([Problem(root, "folder", "no entry here: is this the glossary?")])
    shared = read_shared_forms(root, entries)
    return Glossary({entry.id: entry for _, entry in entries}, shared)


@lru_cache(maxsize=1)
def project_glossary() -> Glossary:
    """The project's own glossary, read once: several components of one process need it.

    Raises:
        GlossaryError: see `load_glossary`.
    """
    return load_glossary(GLOSSARY)


def read_entries(root: Path) -> tuple[list[tuple[Path, Entry]], list[Problem]]:
    """Every entry that can be read, with its path, and a problem for each that cannot.

    An entry that the house changed has the path of the house's file.
    """
    entries: list[tuple[Path, Entry]] = []
    problems: list[Problem] = []
    for reading in (_our_entries(root), _house_entries(root)):
        for outcome in reading:
            if isinstance(outcome, GlossaryError):
                problems.extend(outcome.problems)
            else:
                entries.append(outcome)
    return list({entry.id: (path, entry) for path, entry in entries}.values()), problems


_Outcome = tuple[Path, Entry] | GlossaryError


def _our_entries(root: Path) -> Iterator[_Outcome]:
    for path, shape in entry_files(root):
        try:
            yield path, parse(path, read_content(path), shape)
        except GlossaryError as error:
            yield error


def _house_entries(root: Path) -> Iterator[_Outcome]:
    ours = {path.stem: (path, shape) for path, shape in entry_files(root)}
    try:
        files = house_files(root)
    except GlossaryError as error:
        yield error
        return
    for path in files:
        try:
            yield path, _house_entry(path, ours)
        except GlossaryError as error:
            yield error


def _house_entry(path: Path, ours: Mapping[str, tuple[Path, Shape]]) -> Entry:
    content = read_content(path)
    if path.stem not in ours:
        own: Content = {"id": path.stem, **content}
        return parse(path, own, shape_of(path, content, ours))
    base, shape = ours[path.stem]
    return parse(path, laid_over(read_content(base), content), shape)


def entry_files(root: Path) -> Iterator[tuple[Path, Shape]]:
    """Each entry file of ours under `root` with the model it must fit, in a stable order."""
    for folder, shape in FOLDERS.items():
        for path in sorted((root / folder).glob("*.yml")):
            yield path, shape


def read_shared_forms(root: Path, entries: Collection[tuple[Path, Entry]]) -> SharedForms:
    """What `forms.yml` under `root` says; an entry of the house's own comes first in its forms."""
    path = root / FORMS
    written = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader) if path.exists() else {}
    shared = SharedForms(
        _by_key(written.get("offered")),
        _by_key(written.get("preferred")),
        frozenset(written.get("scene") or ()),
        frozenset(written.get("courtesy") or ()),
    )
    ours = {path.stem for path, _ in entry_files(root)}
    added = {entry.id for path, entry in entries if is_house(path)} - ours
    return _before_others(added, shared, form_owners(entries)) if added else shared


def form_owners(entries: Iterable[tuple[Path, Entry]]) -> dict[str, dict[str, Path]]:
    """Each written form, folded, with the ids and paths of the terms that have it."""
    owners: dict[str, dict[str, Path]] = defaultdict(dict)
    for path, entry in entries:
        if isinstance(entry, Term):
            for form in entry.written_forms():
                owners[" ".join(form_key(form))][entry.id] = path
    return owners


def _before_others(
    added: Collection[str], shared: SharedForms, owners: Mapping[str, Mapping[str, Path]]
) -> SharedForms:
    offered, preferred = dict(shared.offered), dict(shared.preferred)
    for form, holders in owners.items():
        first = [name for name in holders if name in added]
        if first and len(holders) > 1:
            listed = offered if form in offered else preferred
            listed[form] = first + [name for name in listed.get(form, holders) if name not in first]
    return replace(shared, offered=offered, preferred=preferred)


def _by_key(listed: Optional[Mapping[str, list[str]]]) -> dict[str, list[str]]:
    return {" ".join(form_key(str(form))): list(ids) for form, ids in (listed or {}).items()}
