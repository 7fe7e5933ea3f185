import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.knowledge.files import Problem
from bot.knowledge.lint import errors, lint
from bot.knowledge.report import HEADER, report
from bot.knowledge.style import MAX_SENTENCE_WORDS, Style, prose_of
from bot.replies.knowledge import Knowledge

TODAY = datetime.date(2026, 12, 1)
LONG = " ".join(["mot"] * (MAX_SENTENCE_WORDS["now"] + 1)) + "."
HARD = "Institutionnalisation internationale indiscutablement incompréhensible."
HARD_ENGLISH = "Institutional internationalisation is incontrovertibly incomprehensible."


ENTRY = """
id: rt
category: abbreviations
status: current
since: 2007
forms:
  fr: {head: RT}
  en: {head: RT}
fr:
  gloss: faire passer un message
  short: Un RT fait passer le message de quelqu'un à vos abonnés.
  example: "RT @lepain : trois baguettes pour deux !"
  howto: Touchez les deux flèches.
  then: En 2007, on tapait « RT » à la main.
  now: En 2026, on le dit encore.
en:
  gloss: passing a message on
  short: An RT passes a message on to your followers.
  example: "RT @bakery: three loaves for two!"
  howto: Tap the two arrows.
  then: In 2007 people typed RT by hand.
  now: In 2026 people still say it.
sources: [{title: A book, checked: 2026-11-23}]
"""


@pytest.fixture
def rt() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(ENTRY)
    return content


def checked(tmp_path: Path, content: dict[str, Any]) -> list[Problem]:
    place = tmp_path / "terms" / "rt.yml"
    place.parent.mkdir(exist_ok=True)
    place.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    return lint(tmp_path, TODAY)


def test_a_good_entry_has_no_remark(tmp_path: Path, rt: dict[str, Any]) -> None:
    assert checked(tmp_path, rt) == []


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("fr.now", f"En 2026. {LONG}", "at most 20: cut it in two: 'mot mot"),
        ("fr.now", "Rien n'a bougé.", "has no year"),
        ("en.then", "It was the same.", "has no year"),
        ("fr.short", HARD, "at least 60: write shorter words"),
        ("en.short", HARD_ENGLISH, "at least 50: write shorter words"),
        ("fr.short", "C'est quand on relaie un message.", "name the thing first"),
        ("en.short", "It is when you pass a message on.", "name the thing first"),
        ("fr.example", "Bonjour tout le monde !", "does not hold the word"),
        ("fr.howto", "Touchez « Settings », puis validez.", "write 'Paramètres', not 'Settings'"),
        ("en.howto", 'Tap "Paramètres", then confirm.', "write 'Settings', not 'Paramètres'"),
    ],
)
def test_each_slip_of_style_is_told_with_its_cure(
    tmp_path: Path, rt: dict[str, Any], field: str, text: str, says: str
) -> None:
    language, name = field.split(".")
    rt[language][name] = text
    (problem,) = (one for one in checked(tmp_path, rt) if one.field == field)
    assert (says in problem.message, problem.is_warning) == (True, False)


def test_a_hard_text_is_told_even_when_its_short_answer_is_easy(
    tmp_path: Path, rt: dict[str, Any]
) -> None:
    rt["fr"]["howto"] = f"{HARD} {HARD}"
    (problem,) = checked(tmp_path, rt)
    assert (problem.field, "in all, at least 70" in problem.message) == ("fr", True)


def test_a_menu_may_be_named_in_both_languages(tmp_path: Path, rt: dict[str, Any]) -> None:
    rt["fr"]["howto"] = "Touchez « Paramètres » (en anglais « Settings »), puis validez."
    assert checked(tmp_path, rt) == []


@pytest.mark.parametrize(("language", "other"), [("fr", "en"), ("en", "fr")])
def test_both_languages_have_the_same_fields(
    tmp_path: Path, rt: dict[str, Any], language: str, other: str
) -> None:
    del rt[language]["howto"]
    (problem,) = errors(checked(tmp_path, rt))
    assert (problem.field, problem.is_warning) == (f"{language}.howto", False)


def test_sources_older_than_a_year_are_a_warning(tmp_path: Path, rt: dict[str, Any]) -> None:
    for source in rt["sources"]:
        source["checked"] = TODAY - datetime.timedelta(days=366)
    (problem,) = checked(tmp_path, rt)
    assert problem.is_warning
    assert "look again" in problem.message
    rt["sources"][0]["checked"] = TODAY - datetime.timedelta(days=365)
    assert checked(tmp_path, rt) == []


def test_a_source_cannot_be_checked_tomorrow(tmp_path: Path, rt: dict[str, Any]) -> None:
    rt["sources"][0]["checked"] = TODAY + datetime.timedelta(days=1)
    (problem,) = checked(tmp_path, rt)
    assert (problem.field, problem.is_warning) == ("sources.0.checked", False)


def test_an_entry_is_not_named_twice(tmp_path: Path, rt: dict[str, Any]) -> None:
    rt["related"] = ["repost", "repost"]
    assert {problem.message for problem in checked(tmp_path, rt)} == {
        "names 'repost' twice: keep it once"
    }


def test_the_report_has_a_line_for_each_entry(knowledge: Knowledge) -> None:
    header, *lines = report(knowledge.glossary.entries.values())
    assert header == HEADER
    assert [line.split("|")[2].split()[0] for line in lines] == list(knowledge.glossary.entries)


def test_what_style_refuses_the_report_shows_near_its_bound(knowledge: Knowledge) -> None:
    style = Style()
    for entry, line in zip(
        knowledge.glossary.entries.values(),
        list(report(knowledge.glossary.entries.values()))[1:],
        strict=True,
    ):
        told = {p.field for p in style.check(Path(), entry) if "a sentence has" in p.message}
        assert {f"{field}:words" for field in told} <= set(line.split())
        assert set(prose_of(entry, "fr")) == set(prose_of(entry, "en"))
