import datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bot.brain.interface import Message
from bot.doors.telegram.markup import plain as telegram_text
from bot.doors.telegram.render import rich_reply
from bot.knowledge.files import GlossaryError
from bot.knowledge.lint import errors, lint
from bot.knowledge.load import load_glossary
from bot.knowledge.model import LANGUAGES, Language, Term
from bot.replies.knowledge import Knowledge, knowledge_of
from bot.replies.lookup import Lookup
from bot.replies.model import Reply
from bot.replies.plain import plain
from bot.web.app import web_app
from bot.web.guard import LOOPBACK
from tests.house import OWN, OWN_ID, RULE, copy_glossary, furnish

TODAY = datetime.date(2026, 12, 1)
NAMED = {
    "fr": "Règle de la maison : Chez nous, deux hashtags au plus.",
    "en": "House rule: Here we use two hashtags at most.",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    glossary = copy_glossary(tmp_path_factory.mktemp("house") / "glossary")
    furnish(glossary)
    return glossary


@pytest.fixture(scope="module")
def at_home(root: Path) -> Knowledge:
    return knowledge_of(load_glossary(root))


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """A small glossary of ours with an empty house."""
    for name in ("terms", "house"):
        (tmp_path / name).mkdir()
    entry = OWN.partition("house:")[0] + "sources: [{title: A book, checked: 2026-11-23}]\n"
    (tmp_path / "terms" / "desk.yml").write_text(f"id: desk\n{entry}", "utf-8")
    return tmp_path


def test_the_examples_of_the_readme_are_sound(root: Path) -> None:
    house = [str(problem) for problem in lint(root, TODAY) if problem.path.parent.name == "house"]
    assert house == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_rule_stands_under_the_definition_in_every_door(
    at_home: Knowledge, language: Language
) -> None:
    compose = at_home.composers[language]
    reply = compose.answer(["hashtag"], "meaning", "ask_meaning")
    definition = at_home.glossary["hashtag"].wording(language).short
    assert f"{definition}\n{NAMED[language]}\n" in plain(reply, compose.say)
    assert NAMED[language] in telegram_text(rich_reply(reply, compose.say)).splitlines()
    assert Reply.from_dict(reply.as_dict()) == reply


def test_the_web_page_shows_the_rule(at_home: Knowledge) -> None:
    class Brain:
        async def reply(self, message: Message) -> list[Reply]:
            return [at_home.composers["fr"].answer(["hashtag"], "meaning", "ask_meaning")]

        async def forget(self, person: str) -> None: ...

        async def recall(self, person: str) -> list[str]:
            return []

        async def close(self) -> None: ...

    wordings = {name: compose.say for name, compose in at_home.composers.items()}
    with TestClient(web_app(Brain(), wordings, b"key", LOOPBACK)) as client:
        page = client.post("/chat/turn", data={"text": "hashtag"}).text
    assert '<span class="name">Règle de la maison</span> Chez nous, deux hashtags' in page


@pytest.mark.parametrize("aspect", ["now", "origin", "source", "difference"])
def test_the_rule_is_not_told_where_it_has_no_place(at_home: Knowledge, aspect: str) -> None:
    compose = at_home.composers["fr"]
    reply = compose.answer(["hashtag"], aspect, "ask_now")
    assert "Règle de la maison" not in plain(reply, compose.say)


def test_texts_are_replaced_and_lists_are_added_to(root: Path, tmp_path: Path) -> None:
    house = load_glossary(root)["hashtag"]
    ours = load_glossary(copy_glossary(tmp_path / "glossary"))["hashtag"]
    assert isinstance(house, Term)
    assert isinstance(ours, Term)
    assert house.fr.example.startswith("Fournil Martin")
    assert house.fr.short == ours.fr.short
    assert house.forms.fr.also == [*ours.forms.fr.also, "étiquette du fournil"]


@pytest.mark.parametrize("typed", ["cellule social", "la celulle social", "social desk"])
def test_a_word_of_the_house_is_looked_up_at_once(at_home: Knowledge, typed: str) -> None:
    assert Lookup(at_home).define(typed, "fr").entries[:1] == (OWN_ID,)
    assert OWN_ID in Lookup(at_home).suggest(typed, 3)


def test_the_sense_of_the_house_comes_before_ours(ours: Path) -> None:
    (ours / "house" / "our-desk.yml").write_text(OWN, "utf-8")
    glossary = load_glossary(ours)
    assert glossary.shared.preferred["cellule social"] == ["our-desk", "desk"]
    assert errors(lint(ours, TODAY)) == []


def test_a_rule_alone_does_not_change_whose_sense_comes_first(root: Path) -> None:
    before = load_glossary(root).shared
    assert before.preferred["thread"] == ["thread", "threads-meta"]
    rule = root / "house" / "threads-meta.yml"
    rule.write_text(RULE, "utf-8")
    try:
        assert load_glossary(root).shared == before
    finally:
        rule.unlink()


@pytest.mark.parametrize(
    ("name", "content", "field", "says"),
    [
        ("desc.yml", RULE, "file", "did you mean desk.yml?"),
        ("xyz.yml", RULE, "file", "no entry is called 'xyz': name the file after the entry"),
        ("desk.yml", "house: {fr: Deux au plus.}", "house.en", "is missing: write it"),
        ("desk.yml", "house: {fr: Deux au plus., en: ''}", "house.en", "at least 1 char"),
        ("desk.yml", "regle: {fr: a, en: b}", "regle", "is not a field of an entry"),
        ("desk.yml", "", "file", "must be a mapping"),
        ("desk.yml", "house: [", "file", "is not YAML"),
        ("desk.yml", f"id: other\n{RULE}", "id", "write the file's own name, 'desk'"),
        ("desk.yaml", RULE, "file", "rename it to end in .yml"),
        ("own.yml", "forms: {fr: {head: Fournil}}", "forms.en", "is missing: write it"),
        ("own.yml", "kind: advice", "fr", "is missing: write it"),
        ("Notre Mot.yml", OWN, "id", "lower-case words"),
        (f"{'a' * 49}.yml", OWN, "id", "at most 48 characters"),
    ],
)
def test_each_fault_of_a_house_names_file_field_and_cure(
    ours: Path, name: str, content: str, field: str, says: str
) -> None:
    path = ours / "house" / name
    path.write_text(content, "utf-8")
    with pytest.raises(GlossaryError) as caught:
        load_glossary(ours)
    told = [problem for problem in caught.value.problems if problem.field == field]
    assert [problem.path for problem in told] == [path]
    assert says in told[0].message
    assert set(caught.value.problems) <= set(lint(ours, TODAY))


def test_the_style_of_a_house_is_its_own_affair(ours: Path) -> None:
    long = f"Un mot {'de plus ' * 8}pour voir."
    (ours / "house" / "desk.yml").write_text(f"fr: {{short: '{long}'}}", "utf-8")
    (problem,) = lint(ours, TODAY)
    assert (problem.field, problem.is_warning) == ("fr.short", True)


def test_a_rule_in_a_file_of_ours_is_refused(ours: Path) -> None:
    path = ours / "terms" / "desk.yml"
    path.write_text(path.read_text("utf-8") + RULE, "utf-8")
    (problem,) = errors(lint(ours, TODAY))
    assert (problem.field, problem.message) == (
        "house", "belongs in a file of glossary/house/: move it there",
    )  # fmt: skip
