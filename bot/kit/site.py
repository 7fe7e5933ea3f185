"""The glossary as a site of plain files: a list and one page an entry, in each language."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from bot.kit.entry_page import LICENCE, EntryPage, linked_set
from bot.knowledge.load import Glossary
from bot.knowledge.model import LANGUAGES, Language
from bot.knowledge.text import fold
from bot.replies.wording import Wording, load_wordings
from bot.settings import ROOT

WORDING = Path(__file__).parent
_OURS = WORDING / "static"
_OF_THE_CHAT = ROOT / "bot" / "web" / "static"
_STATIC = (
    _OURS / "site.css", _OURS / "site.js",
    _OF_THE_CHAT / "palette.css", _OF_THE_CHAT / "cuicui.svg",
)  # fmt: skip


def site_files(glossary: Glossary) -> dict[str, str]:
    """The whole site: path inside it, text. The same glossary gives the same site."""
    templates = _templates()
    say = load_wordings(WORDING)
    files = {path.name: path.read_text("utf-8") for path in _STATIC}
    files["index.html"] = templates.get_template("languages.html").render(
        wordings=say, licence=LICENCE
    )
    for language in LANGUAGES:
        pages = _Pages(glossary, say[language], templates)
        files.update({f"{language}/{name}": text for name, text in pages.all()})
    return files


def unbroken(value: Any) -> Any:
    """A text whose French marks stay on the line of their word; anything else as it is."""
    if type(value) is not str:
        return value
    return re.sub(r" (?=[?!:;»])|(?<=«) ", "\N{NO-BREAK SPACE}", value)


def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(WORDING / "templates"),
        autoescape=select_autoescape(),
        finalize=unbroken,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    return templates


class _Pages:
    """The pages of one language."""

    def __init__(self, glossary: Glossary, say: Wording, templates: Environment) -> None:
        self._glossary = glossary
        self._say = say
        self._templates = templates
        self._shared = {
            "say": say,
            "words": load_wordings()[say.language],
            "language": say.language,
            "other": _other(say.language),
            "licence": LICENCE,
        }

    def all(self) -> Iterator[tuple[str, str]]:
        """The name and the text of each."""
        pages = [
            EntryPage(entry, self._glossary, self._say) for entry in self._glossary.entries.values()
        ]
        yield "index.html", self._list(pages)
        for page in pages:
            yield page.page, self._render("entry.html", it=page, page=page.page)

    def _list(self, pages: list[EntryPage]) -> str:
        ordered = sorted(pages, key=lambda page: (fold(page.name).lstrip('#@«" '), page.page))
        named: Mapping[str, str] = self._say.tree["sections"]
        sections = [
            (section, title, [page for page in ordered if page.section == section])
            for section, title in named.items()
        ]
        return self._render(
            "list.html",
            sections=[section for section in sections if section[2]],
            linked={"@context": "https://schema.org", **linked_set(self._say)},
            page="index.html",
        )

    def _render(self, template: str, **values: Any) -> str:
        return self._templates.get_template(template).render(**self._shared, **values)


def _other(language: Language) -> Language:
    return next(name for name in LANGUAGES if name != language)
