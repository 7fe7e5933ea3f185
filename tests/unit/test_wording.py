import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.doors.telegram.desk import WORDING
from bot.replies.knowledge import Knowledge
from bot.replies.wording import FOLDER, load_wordings

FOLDERS = (FOLDER, WORDING)
FRENCH_TYPOGRAPHY = re.compile(r"\S[?!;]|[^\s0-9:/]:(?=\s|$)")


def leaves(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{path}{key}.")
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
        "suggestions", "quiz_words", "page.bot", "page.try", "labels.sources", "page.log",
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
