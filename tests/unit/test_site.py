"""The site, as the files that it is made of."""

import json
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from posixpath import dirname, join, normpath
from typing import Any
from urllib.parse import unquote

import pytest

from bot.kit.site import site_files
from bot.knowledge.load import load_glossary
from bot.knowledge.model import LANGUAGES
from bot.replies.knowledge import Knowledge
from tests.house import copy_glossary, furnish

HOSTILE = """</script><script>alert(1)</script>"'><img src=x onerror=alert(2)>&{{ 7*7 }}"""
Files = Mapping[str, str]


class Page(HTMLParser):
    """What a page links to, names, and tells machines."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.linked: list[dict[str, Any]] = []
        self.text = ""
        self._in_data = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.links += [value for name, value in attrs if name in ("href", "src") and value]
        self.ids += [value for name, value in attrs if name == "id" and value]
        self._in_data = ("type", "application/ld+json") in attrs

    def handle_data(self, data: str) -> None:
        if self._in_data:
            self.linked.append(json.loads(data))
        else:
            self.text += data.replace("\N{NO-BREAK SPACE}", " ")

    def handle_endtag(self, tag: str) -> None:
        self._in_data = False


@pytest.fixture(scope="module")
def files(knowledge: Knowledge) -> Files:
    return site_files(knowledge.glossary)


@pytest.fixture(scope="module")
def pages(files: Files) -> Mapping[str, Page]:
    return read(files)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The site of a house with the README's examples, and with files that wish us ill."""
    root = copy_glossary(tmp_path_factory.mktemp("house") / "glossary")
    place = furnish(root)
    line = json.dumps({"fr": HOSTILE, "en": HOSTILE})
    text = json.dumps({"gloss": HOSTILE, "short": HOSTILE, "example": HOSTILE})
    forms = json.dumps({name: {"head": HOSTILE, "also": [HOSTILE + "2"]} for name in LANGUAGES})
    (place / "rt.yml").write_text(
        f"house: {line}\nfr: {text}\nen: {text}\nforms: {forms}\nrelated: [nowhere-at-all]\n"
        f"sources: [{{title: {json.dumps(HOSTILE)}, url: 'https://a/\"><b>', checked: 2026-11-01}}]"
    )
    own = (place / "cellule-social.yml").read_text("utf-8")
    (place / "index.yml").write_text(own, "utf-8")
    return site_files(load_glossary(root))


def read(files: Files) -> dict[str, Page]:
    return {name: Page(text) for name, text in files.items() if name.endswith(".html")}


def broken(files: Files, pages: Mapping[str, Page]) -> Iterator[tuple[str, str]]:
    for name, page in pages.items():
        for link in page.links:
            if link.startswith(("https://", "http://")):
                continue
            path, _, anchor = unquote(link).partition("#")
            target = normpath(join(dirname(name), path)) if path else name
            if target not in files or (anchor and anchor not in pages[target].ids):
                yield name, link


def test_each_entry_has_its_page_in_each_language(knowledge: Knowledge, files: Files) -> None:
    for language in LANGUAGES:
        listed = Page(files[f"{language}/index.html"]).links
        for entry in knowledge.glossary.entries.values():
            assert f"{language}/{entry.id}.html" in files
            assert f"{entry.id}.html" in listed


def test_every_link_leads_somewhere(files: Files, pages: Mapping[str, Page], house: Files) -> None:
    assert list(broken(files, pages)) == []
    assert list(broken(house, read(house))) == []


def test_no_link_needs_a_server(pages: Mapping[str, Page]) -> None:
    for name, page in pages.items():
        assert not [link for link in page.links if link.startswith("/")], name


def test_a_page_says_all_that_its_entry_says(
    knowledge: Knowledge, pages: Mapping[str, Page]
) -> None:
    for language in LANGUAGES:
        for entry in knowledge.glossary.entries.values():
            told = pages[f"{language}/{entry.id}.html"].text
            for field, text in entry.wording(language).dict().items():
                assert text is None or text in told, (entry.id, field)
            for source in entry.sources:
                assert source.title in told, entry.id


def test_a_page_tells_words_apart_whichever_of_them_says_the_difference(
    knowledge: Knowledge, pages: Mapping[str, Page]
) -> None:
    for term in knowledge.glossary.terms():
        for other, line in term.confusable.items():
            assert line.en in pages[f"en/{term.id}.html"].text, (term.id, other)
            assert f"{term.id}.html" in pages[f"en/{other}.html"].links, (term.id, other)


def test_the_date_of_a_source_is_said_in_the_language_of_the_page(
    pages: Mapping[str, Page],
) -> None:
    assert "vérifié le 23 novembre 2026" in pages["fr/rt.html"].text
    assert "checked on 23 November 2026" in pages["en/rt.html"].text
    assert ("datetime", "2026-11-23") in pages["fr/rt.html"].attributes


def test_a_page_has_one_first_title_its_language_and_no_id_twice(
    pages: Mapping[str, Page],
) -> None:
    for name, page in pages.items():
        assert page.tags.count("h1") == 1, name
        assert len(page.ids) == len(set(page.ids)), name
        assert page.attributes[0] == ("lang", "en" if name.startswith("en/") else "fr"), name


def test_the_licence_is_said_on_every_page(pages: Mapping[str, Page]) -> None:
    for name, page in pages.items():
        assert "CC BY-SA 4.0" in page.text, name


def test_machines_read_each_word_and_the_set_it_belongs_to(
    knowledge: Knowledge, pages: Mapping[str, Page]
) -> None:
    for language in LANGUAGES:
        (whole,) = pages[f"{language}/index.html"].linked
        for term in knowledge.glossary.terms():
            (word,) = pages[f"{language}/{term.id}.html"].linked
            assert word["@context"] == "https://schema.org"
            assert word["@type"] == "DefinedTerm"
            assert word["name"] == term.name(language)
            assert word["description"] == term.wording(language).short
            assert word["inLanguage"] == language
            assert word["inDefinedTermSet"].items() <= whole.items()
    assert whole["@type"] == "DefinedTermSet"


def test_advice_is_not_called_a_defined_term(
    knowledge: Knowledge, pages: Mapping[str, Page]
) -> None:
    for topic in knowledge.glossary.topics():
        assert pages[f"fr/{topic.id}.html"].linked == []


def test_hostile_text_of_a_house_is_shown_and_never_run(house: Files) -> None:
    scripts = {"fr/rt.html": 1, "en/rt.html": 1, "fr/mt.html": 1, "fr/index.html": 2}
    for name, ours in scripts.items():
        page = Page(house[name])
        assert HOSTILE in page.text, name
        assert page.tags.count("script") == ours, name
        assert "onerror" not in dict(page.attributes), name
        assert "b" not in page.tags, name
    (word,) = Page(house["fr/rt.html"]).linked
    assert word["name"] == word["description"] == HOSTILE


def test_the_rule_of_a_house_is_shown(house: Files) -> None:
    assert "Règle de la maison" in Page(house["fr/hashtag.html"]).text
    assert "Chez nous, deux hashtags au plus." in Page(house["fr/hashtag.html"]).text
    assert "Here we use two hashtags at most." in Page(house["en/hashtag.html"]).text


def test_an_entry_called_index_does_not_take_the_place_of_the_list(house: Files) -> None:
    assert "cellule social" in Page(house["fr/index-.html"]).text
    assert "index-.html" in Page(house["fr/index.html"]).links


def test_the_same_glossary_gives_the_same_site(knowledge: Knowledge, files: Files) -> None:
    assert site_files(knowledge.glossary) == files


def test_french_marks_stay_with_their_word(files: Files) -> None:
    for name, text in files.items():
        if name.startswith("fr/") and name.endswith(".html"):
            body = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
            assert not re.search(r"« | [?!;»]", body), name
