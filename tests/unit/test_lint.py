import datetime
from collections.abc import Callable
from pathlib import Path
from shutil import copyfile

import pytest

from bot.knowledge.files import GlossaryError
from bot.knowledge.lint import errors, lint
from bot.knowledge.load import load_glossary
from bot.settings import GLOSSARY

ENTRY = GLOSSARY / "terms" / "rt.yml"
TODAY = datetime.date(2026, 12, 1)
Change = Callable[[str], str]


def test_the_glossary_is_sound() -> None:
    assert [str(problem) for problem in errors(lint(GLOSSARY, datetime.date.today()))] == []


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A small glossary of three entries of ours: what they refer to is not there."""
    for name in ("forms.yml", "terms/rt.yml", "terms/hashtag.yml", "advice/advice-atelier.yml"):
        place = tmp_path / "glossary" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        copyfile(GLOSSARY / name, place)
    return tmp_path / "glossary"


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        (lambda text: text.replace("id: rt", "id: retweet"), "id", "file's own name"),
        (lambda text: text + "colour: blue\n", "colour", "not a field"),
        (lambda text: text.replace("since: 2007", "since: long ago"), "since", "integer"),
        (lambda text: text.replace("status: current", "status: alive"), "status", "permitted"),
        (lambda text: text + "\nrelated: [no-such-entry]\n", "related", "no-such-entry"),
        (lambda text: text.replace("weak: []", "weak: [banana]"), "weak", "banana"),
        (lambda text: "[", "file", "is not YAML"),
        (lambda text: "- a list", "file", "mapping"),
        (lambda text: text.replace("  short: >-", "  shirt: >-", 1), "fr.short", "missing"),
    ],
)
def test_each_fault_names_file_field_and_cure(
    copy: Path, change: Change, field: str, says: str
) -> None:
    path = copy / "terms" / "rt.yml"
    before = path.read_text("utf-8")
    if "\nrelated:" in change(before) and "no-such-entry" in change(before):
        before = "\n".join(line for line in before.split("\n") if not line.startswith("related:"))
    path.write_text(change(before), "utf-8")
    problems = [problem for problem in lint(copy, TODAY) if problem.path == path]
    assert any(problem.field == field and says in problem.message for problem in problems)


def test_long_sentences_and_long_texts_are_refused(copy: Path) -> None:
    path = copy / "terms" / "rt.yml"
    before = path.read_text("utf-8")
    long = "mot " * 80
    path.write_text(before.replace("  short: >-\n", f"  short: >-\n    {long}\n", 1), "utf-8")
    messages = [problem.message for problem in lint(copy, TODAY) if problem.field == "fr.short"]
    assert any("characters: at most 280" in message for message in messages)
    assert any("words, at most 15" in message for message in messages)


def test_a_form_in_two_entries_must_be_meant(copy: Path) -> None:
    path = copy / "terms" / "hashtag.yml"
    text = path.read_text("utf-8").replace("    hidden: [", "    hidden: [RT, ", 1)
    path.write_text(text, "utf-8")
    assert any("belongs to hashtag, rt" in problem.message for problem in lint(copy, TODAY))


def test_a_file_that_is_not_text_is_named(copy: Path) -> None:
    (copy / "terms" / "rt.yml").write_bytes(b"\xff\xfe\x00")
    assert any("UTF-8" in problem.message for problem in lint(copy, TODAY))


def test_an_unsound_glossary_is_not_loaded(copy: Path) -> None:
    (copy / "terms" / "rt.yml").write_text("id: rt\n", "utf-8")
    with pytest.raises(GlossaryError, match=r"rt\.yml: category: is missing"):
        load_glossary(copy)


def test_an_empty_folder_is_not_a_glossary(tmp_path: Path) -> None:
    with pytest.raises(GlossaryError, match="is this the glossary"):
        load_glossary(tmp_path)
