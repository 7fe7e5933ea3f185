"""The guide for writers keeps the rules that it teaches."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.knowledge.files import Problem
from bot.knowledge.lint import lint
from bot.knowledge.style import MAX_LENGTH
from bot.settings import GLOSSARY, ROOT

GUIDE = (ROOT / "docs" / "contributing-entries.md").read_text("utf-8")
ROWS = re.findall(r"^\| `(fr|en)\.(\w+)` \| (.+) \| (.+) \|$", GUIDE, re.MULTILINE)
FIELDS = {f"{language}.{field}" for language, field, _, _ in ROWS}


def remarks(root: Path, column: int) -> list[Problem]:
    content: dict[str, Any] = yaml.safe_load((GLOSSARY / "terms" / "mute.yml").read_text("utf-8"))
    content |= {"related": [], "confusable": {}, "fr": {}, "en": {}}
    for row in ROWS:
        content[row[0]][row[1]] = row[column]
    (root / "terms").mkdir()
    (root / "terms" / "mute.yml").write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    return lint(root, max(source["checked"] for source in content["sources"]))


def test_the_good_example_is_sound(tmp_path: Path) -> None:
    assert [str(problem) for problem in remarks(tmp_path, 3)] == []


def test_lint_remarks_on_the_bad_example_field_by_field(tmp_path: Path) -> None:
    assert {problem.field for problem in remarks(tmp_path, 2)} >= FIELDS


@pytest.mark.parametrize("field", ["title", "gloss", "short", "howto"])
def test_the_guide_tells_the_bounds_that_lint_keeps(field: str) -> None:
    (lengths,) = (line for line in GUIDE.splitlines() if line.startswith("| `title`"))
    assert str(MAX_LENGTH[field]) in lengths
