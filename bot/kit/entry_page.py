"""What a page shows of one entry, in one language."""

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Optional

from bot.knowledge.load import Glossary
from bot.knowledge.model import Advice, Entry, Language, Term, TermWording
from bot.knowledge.text import fold
from bot.replies.wording import Wording

LICENCE = "https://creativecommons.org/licenses/by-sa/4.0/"


@dataclass(frozen=True)
class Link:
    """A name that leads to the page of another entry, and what is said beside it."""

    name: str
    page: str
    text: str = ""


@dataclass(frozen=True)
class Cited:
    title: str
    url: Optional[str]
    iso_date: str
    date: str


class EntryPage:
    """One entry as its page needs it; links to entries that are not there are left out."""

    def __init__(self, entry: Entry, glossary: Glossary, say: Wording) -> None:
        self.entry = entry
        self.text: Any = entry.wording(say.language)
        self.name = entry.name(say.language)
        self.page = page_of(entry.id)
        self.section = section_of(entry)
        self._glossary = glossary
        self._say = say
        self._language: Language = say.language

    @property
    def gloss(self) -> Optional[str]:
        return self.text.gloss if isinstance(self.text, TermWording) else None

    @property
    def also(self) -> list[str]:
        """The other names that are shown."""
        if isinstance(self.entry, Term):
            return self.entry.spellings(self._language).also
        return []

    @property
    def house(self) -> Optional[str]:
        return self.entry.house.said(self._language) if self.entry.house else None

    @property
    def standing(self) -> Optional[str]:
        """Whether the word is still in use, and since when it has been."""
        if not isinstance(self.entry, Term):
            return None
        status = self._say(f"status.{self.entry.status}")
        if self.entry.since is None:
            return status
        return self._say("status.dated", status=status, year=str(self.entry.since))

    @property
    def searched(self) -> str:
        """All that finds it, folded, one form a line: misspellings and the other language too."""
        forms = self.entry.written_forms() if isinstance(self.entry, Term) else [self.name]
        return "\n".join(dict.fromkeys(filter(None, map(searchable, [self.name, *forms]))))

    @property
    def differences(self) -> list[Link]:
        """What it is taken for, with the difference, whichever of the two entries says it."""
        return list({link.page: link for link in self._differences()}.values())

    def _differences(self) -> Iterator[Link]:
        for other in self._glossary.terms():
            line = other.confusable.get(self.entry.id)
            if line is not None and other.id != self.entry.id:
                yield self._link(other, line.said(self._language))
        if isinstance(self.entry, Term):
            for name, line in self.entry.confusable.items():
                if name in self._glossary:
                    yield self._link(self._glossary[name], line.said(self._language))

    @property
    def see_also(self) -> list[Link]:
        answers = self.entry.answers if isinstance(self.entry, Advice) else []
        names = dict.fromkeys([*answers, *self.entry.related])
        told = {link.page for link in self.differences}
        links = [self._link(self._glossary[name]) for name in names if name in self._glossary]
        return [link for link in links if link.page not in told]

    @property
    def sources(self) -> list[Cited]:
        return [
            Cited(each.title, each.url, each.checked.isoformat(), self._date(each.checked))
            for each in self.entry.sources
        ]

    @property
    def linked_data(self) -> Optional[Mapping[str, Any]]:
        """The word for machines, as schema.org has it; advice is no defined term."""
        if not isinstance(self.entry, Term):
            return None
        return {
            "@context": "https://schema.org",
            "@type": "DefinedTerm",
            "name": self.name,
            **({"alternateName": self.also} if self.also else {}),
            "description": self.text.short,
            "termCode": self.entry.id,
            "inLanguage": self._language,
            "url": self.page,
            "inDefinedTermSet": linked_set(self._say),
        }

    def _link(self, entry: Entry, text: str = "") -> Link:
        return Link(entry.name(self._language), page_of(entry.id), text)

    def _date(self, day: datetime.date) -> str:
        month = self._say.list("months")[day.month - 1]
        number = self._say("first") if day.day == 1 else str(day.day)
        return self._say("date", day=number, month=month, year=str(day.year))


def linked_set(say: Wording) -> Mapping[str, Any]:
    """The whole glossary for machines."""
    return {
        "@type": "DefinedTermSet",
        "name": say("title"),
        "description": say("intro"),
        "inLanguage": say.language,
        "license": LICENCE,
        "url": "index.html",
    }


def page_of(entry_id: str) -> str:
    """The name of its page: never that of the list, which a house's own entry could take."""
    return f"{entry_id}-.html" if entry_id == "index" else f"{entry_id}.html"


def section_of(entry: Entry) -> str:
    """Where the list shows it: its category, or its kind."""
    return entry.category if isinstance(entry, Term) else entry.kind


def searchable(form: str) -> str:
    """`form` as the search of the list compares it: `site.js` does the same to what is typed."""
    folded = fold(form)
    return " ".join(re.findall(r"[^\W_]+", folded)) or folded.strip()
