"""The entry: one term, piece of advice, case, kind of user or question, in two languages."""

import datetime
from typing import Literal, Optional, Union

from pydantic import BaseModel, Extra, Field, conlist

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")

Facet = Literal["meaning", "example", "howto", "difference", "etiquette", "origin", "now", "advice"]

Category = Literal[
    "abbreviations", "abuse-and-safety", "actions", "basics", "business-and-marketing",
    "content-formats", "culture-and-etiquette", "memes", "metrics", "people-and-roles",
    "phrases", "platform-x-era", "tools-and-tech",
]  # fmt: skip


# A choice that is tapped carries the id, within what doors allow.
_ID = Field(regex=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=48)


class Record(BaseModel):
    """A part of an entry file: unknown fields are refused, values are never changed."""

    class Config:
        extra = Extra.forbid
        allow_mutation = False


class Source(Record):
    """Where a fact comes from and the day it was last looked up."""

    title: str = Field(min_length=3)
    url: Optional[str] = Field(None, regex=r"^https?://\S+$")
    checked: datetime.date


class Forms(Record):
    """What people write for a term: the shown name, other names, and hidden misspellings."""

    head: str = Field(min_length=1)
    also: list[str] = []
    hidden: list[str] = []

    def all(self) -> list[str]:
        return [self.head, *self.also, *self.hidden]


class Line(Record):
    """One line in both languages."""

    fr: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def said(self, language: Language) -> str:
        return self.fr if language == "fr" else self.en


class TermWording(Record):
    gloss: Optional[str] = None
    short: str
    example: str
    howto: Optional[str] = None
    etiquette: Optional[str] = None
    then: str
    now: str


class AdviceWording(Record):
    title: str
    short: str
    why: str
    example: str
    then: str
    now: str


Wording = Union[TermWording, AdviceWording]


class TermForms(Record):
    fr: Forms
    en: Forms


class Term(Record):
    """A word or expression of the jargon."""

    id: str = _ID
    category: Category
    status: Literal["current", "renamed", "historical", "retired"]
    since: Optional[int] = Field(None, ge=1950, le=2100)
    forms: TermForms
    weak: list[str] = []
    fr: TermWording
    en: TermWording
    related: list[str] = []
    confusable: dict[str, Line] = {}
    sources: conlist(Source, min_items=1)  # type: ignore[valid-type]
    house: Optional[Line] = None

    kind: Literal["term"] = "term"

    def wording(self, language: Language) -> TermWording:
        return self.fr if language == "fr" else self.en

    def spellings(self, language: Language) -> Forms:
        return self.forms.fr if language == "fr" else self.forms.en

    def name(self, language: Language) -> str:
        return self.spellings(language).head

    def near(self) -> set[str]:
        """The entries that it points to."""
        return {*self.related, *self.confusable}

    def written_forms(self) -> list[str]:
        """Every form of both languages, each once, heads first."""
        return list(dict.fromkeys([*self.forms.fr.all(), *self.forms.en.all()]))


class Advice(Record):
    """Advice, a case, a kind of user, or a question: found by its topic, not by a word."""

    id: str = _ID
    kind: Literal["advice", "case", "audience", "question"]
    answers: list[str] = []
    fr: AdviceWording
    en: AdviceWording
    related: list[str] = []
    sources: conlist(Source, min_items=1)  # type: ignore[valid-type]
    house: Optional[Line] = None

    def wording(self, language: Language) -> AdviceWording:
        return self.fr if language == "fr" else self.en

    def name(self, language: Language) -> str:
        return self.wording(language).title

    def near(self) -> set[str]:
        """The entries that it points to."""
        return {*self.related, *self.answers}


Entry = Union[Term, Advice]
