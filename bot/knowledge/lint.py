"""Checks the glossary beyond its shape: references, forms, dates, and the style of each entry."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from bot.knowledge.files import Problem
from bot.knowledge.house import is_house
from bot.knowledge.load import FORMS, form_owners, read_entries, read_shared_forms
from bot.knowledge.model import LANGUAGES, Advice, Entry, Term
from bot.knowledge.style import Style
from bot.knowledge.text import form_key

GOOD_FOR = datetime.timedelta(days=365)


def lint(root: Path, today: datetime.date) -> list[Problem]:
    """Every problem of the glossary under `root`, in the order of the files.

    `today` tells which sources were last checked more than a year ago.
    """
    entries, problems = read_entries(root)
    ids = {entry.id for _, entry in entries}
    style = Style()
    for path, entry in entries:
        problems.extend(_references(path, entry, ids))
        problems.extend(_same_fields(path, entry))
        problems.extend(_sources(path, entry, today))
        problems.extend(_manners(style, path, entry))
        if isinstance(entry, Term):
            problems.extend(_term(path, entry))
    problems.extend(_shared_forms(root, entries))
    return problems


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Those for which a glossary is refused; the others are advice to its writers."""
    return [problem for problem in problems if not problem.is_warning]


def _manners(style: Style, path: Path, entry: Entry) -> Iterator[Problem]:
    """A house writes as it likes: what we would refuse in an entry of ours is only advice to it."""
    if is_house(path):
        yield from (replace(slip, is_warning=True) for slip in style.check(path, entry))
        return
    yield from style.check(path, entry)
    if entry.house is not None:
        yield Problem(path, "house", "belongs in a file of glossary/house/: move it there")


def _references(path: Path, entry: Entry, ids: set[str]) -> Iterator[Problem]:
    named = {"related": entry.related}
    if isinstance(entry, Term):
        named["confusable"] = list(entry.confusable)
    else:
        named["answers"] = entry.answers
    for field, references in named.items():
        for reference in references:
            if reference == entry.id:
                yield Problem(path, field, "names itself: remove it")
            elif references.count(reference) > 1:
                yield Problem(path, field, f"names {reference!r} twice: keep it once")
            elif reference not in ids:
                yield Problem(path, field, f"no entry is called {reference!r}: write one's id")


def _same_fields(path: Path, entry: Entry) -> Iterator[Problem]:
    french, english = (set(entry.wording(name).dict(exclude_none=True)) for name in LANGUAGES)
    for language, missing in (("fr", english - french), ("en", french - english)):
        for field in sorted(missing):
            yield Problem(
                path, f"{language}.{field}",
                "is missing while the other language has it: write it, or drop both",
            )  # fmt: skip


def _sources(path: Path, entry: Entry, today: datetime.date) -> Iterator[Problem]:
    for number, source in enumerate(entry.sources):
        field = f"sources.{number}.checked"
        if source.checked > today:
            yield Problem(path, field, f"{source.checked} is to come: write the day you looked")
    newest = max(source.checked for source in entry.sources)
    if today - newest > GOOD_FOR:
        yield Problem(
            path, "sources", f"last checked on {newest}, over a year ago: look again, then date it",
            is_warning=True,
        )  # fmt: skip


def _term(path: Path, term: Term) -> Iterator[Problem]:
    written = {form_key(form) for form in term.written_forms()}
    for form in term.weak:
        if form_key(form) not in written:
            yield Problem(path, "weak", f"{form!r} is not among the forms: add it there first")
    for language in LANGUAGES:
        spellings = term.spellings(language)
        for form in spellings.all():
            if not form_key(form):
                yield Problem(path, f"forms.{language}", f"{form!r} holds nothing to find")
        if term.category != "phrases" and term.wording(language).gloss is None:
            yield Problem(path, f"{language}.gloss", "is missing: write it")


def _shared_forms(root: Path, entries: list[tuple[Path, Entry]]) -> Iterator[Problem]:
    owners = form_owners(entries)
    listed = read_shared_forms(root, entries).all()
    for form, holders in owners.items():
        if len(holders) > 1 and set(listed.get(form, ())) != set(holders):
            yield Problem(
                next(iter(holders.values())), "forms",
                f"{form!r} belongs to {', '.join(sorted(holders))}: "
                f"keep it in one, or list these ids for it in {FORMS}",
            )  # fmt: skip
    for form, ids in listed.items():
        if set(ids) != set(owners.get(form, ())):
            yield Problem(root / FORMS, form, "does not name the entries that have this form")


def summary(entries: list[tuple[Path, Entry]]) -> str:
    """One line that counts what was checked."""
    topics = sum(isinstance(entry, Advice) for _, entry in entries)
    return f"{len(entries)} entries ({len(entries) - topics} terms, {topics} topics), fr and en"
