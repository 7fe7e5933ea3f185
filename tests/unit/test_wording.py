import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.doors.telegram.desk import WORDING
from bot.doors.x.desk import WORDING as X_WORDING
from bot.doors.x.words import WISHES, Words
from bot.kit.site import WORDING as SITE_WORDING
from bot.replies.knowledge import Knowledge
from bot.replies.wording import FOLDER, load_wordings

FOLDERS = (FOLDER, WORDING, X_WORDING, SITE_WORDING)
RECOGNISED = "words."  # what people write, and not what is said to them
FRENCH_TYPOGRAPHY = re.compile(r"\S[?!;]|[^\s0-9:/]:(?=\s|$)")


def leaves(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from () if f"{path}{key}." == RECOGNISED else leaves(value, f"{path}{key}.")
        elif isinstance(value, list):
            yield from ((f"{path}{key}[{i}]", item) for i, item in enumerate(value))
        else:
            yield f"{path}{key}", value


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_french_and_english_say_the_same_things(folder: Path) -> None:
    french, english = (dict(leaves(wording.tree)) for wording in load_wordings(folder).values())
    assert french.keys() == english.keys()
    holes = re.compile(r"\{(\w+)\}")
    for key in french:
        assert set(holes.findall(french[key])) == set(holes.findall(english[key])), key


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_nothing_is_left_untranslated(folder: Path) -> None:
    french, english = (dict(leaves(wording.tree)) for wording in load_wordings(folder).values())
    same = {key for key in french if french[key] == english[key]}
    assert {key.partition("[")[0] for key in same} <= {
        "suggestions", "quiz_words", "page.bot", "page.try", "labels.sources", "page.log", "date",
    }  # fmt: skip


def test_suggestions_are_entries(knowledge: Knowledge) -> None:
    for wording in load_wordings().values():
        for name in (*wording.list("suggestions"), *wording.list("quiz_words")):
            assert name in knowledge.glossary


@pytest.mark.parametrize(
    ("folder", "key"),
    [(folder, key) for folder in FOLDERS for key, _ in leaves(load_wordings(folder)["fr"].tree)],
    ids=str,
)
def test_french_marks_are_preceded_by_a_space(folder: Path, key: str) -> None:
    text = dict(leaves(load_wordings(folder)["fr"].tree))[key]
    assert not FRENCH_TYPOGRAPHY.search(text.replace("{", "").replace("}", ""))


def test_every_wish_has_words_in_both_languages_and_no_word_two_wishes() -> None:
    wordings = load_wordings(X_WORDING)
    words = Words(wordings)
    for language, say in wordings.items():
        for wish in WISHES:
            for form in say.list(f"words.{wish}"):
                assert (words.wish(form), words.language(form)) == (wish, language), form
                assert words.wish(f"{form.upper()} !!") == wish, form
