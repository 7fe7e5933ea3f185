"""Checks the glossary beyond its shape: lengths, sentences, references, shared forms."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from bot.knowledge.load import FORMS, Problem, read_entries, read_shared_forms
from bot.knowledge.model import LANGUAGES, Advice, Entry, Term, Wording
from bot.knowledge.text import form_key

MAX_LENGTH = {
    "title": 48, "gloss": 60, "short": 280, "example": 280,
    "why": 400, "howto": 400, "etiquette": 400, "then": 400, "now": 400,
}  # fmt: skip
MAX_SENTENCE_WORDS = 15
_SENTENCE_END = re.compile(r"[.!?…]+(?=\s|$)|\s:\s|\s;\s")
_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]\ufe0f?")
_OLD_APOSTROPHE = "’"


def lint(root: Path) -> list[Problem]:
    """Every problem of the glossary under `root`, in the order of the files."""
    entries, problems = read_entries(root)
    ids = {entry.id for _, entry in entries}
    for path, entry in entries:
        problems.extend(_identity(path, entry))
        problems.extend(_references(path, entry, ids))
        for language in LANGUAGES:
            problems.extend(_wording(path, language, entry.wording(language)))
        if isinstance(entry, Term):
            problems.extend(_term(path, entry))
    problems.extend(_shared_forms(root, entries))
    return problems


def _identity(path: Path, entry: Entry) -> Iterator[Problem]:
    if entry.id != path.stem:
        yield Problem(path, "id", f"is {entry.id!r}: write the file's own name, {path.stem!r}")


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
            elif reference not in ids:
                yield Problem(path, field, f"no entry is called {reference!r}: write one's id")


def _wording(path: Path, language: str, wording: Wording) -> Iterator[Problem]:
    for name, text in wording.dict(exclude_none=True).items():
        field = f"{language}.{name}"
        if not text.strip():
            yield Problem(path, field, "is empty: write it or leave the field out")
        if len(text) > MAX_LENGTH[name]:
            yield Problem(path, field, f"has {len(text)} characters: at most {MAX_LENGTH[name]}")
        if name != "example" and len(_EMOJI.findall(text)) > 1:
            yield Problem(path, field, "has several emoji: keep one at most, at the end")
        if _OLD_APOSTROPHE in text:
            yield Problem(path, field, "has a curly apostrophe: write a straight one (')")
    for sentence in _SENTENCE_END.split(wording.short):
        words = len(_WORD.findall(sentence))
        if words > MAX_SENTENCE_WORDS:
            yield Problem(
                path, f"{language}.short",
                f"a sentence has {words} words, at most {MAX_SENTENCE_WORDS}: {sentence.strip()!r}",
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
    owners: dict[str, dict[str, Path]] = defaultdict(dict)
    for path, entry in entries:
        if isinstance(entry, Term):
            for form in entry.written_forms():
                owners[" ".join(form_key(form))][entry.id] = path
    listed = read_shared_forms(root).all()
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
