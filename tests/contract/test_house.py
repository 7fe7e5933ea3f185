"""A house heard through the commands, in a project of its own."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from shutil import copyfile, copytree
from typing import Any

import pytest

from bot.brain import importer
from bot.brain.train import fingerprint
from bot.knowledge.load import load_glossary
from bot.settings import ROOT, Settings
from tests.house import OWN_ID, RULE, copy_glossary, furnish

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All that the commands need, with a furnished house."""
    place = tmp_path_factory.mktemp("project")
    for room in ("bot", "actions", "nlu_data"):
        copytree(ROOT / room, place / room)
    for name in ("config.yml", "domain.yml"):
        copyfile(ROOT / name, place / name)
    furnish(copy_glossary(place / "glossary"))
    return place


@pytest.fixture
def run(
    project: Path, bot_command: list[str], settings: Settings, clean_environment: dict[str, str]
) -> Command:
    env = {**clean_environment, "BOT_DATA_DIR": str(settings.data_dir)}

    def command(*arguments: str, text: str = "") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*bot_command, *arguments],
            input=text, capture_output=True, text=True, timeout=120, cwd=project, env=env,
        )  # fmt: skip

    return command


def test_ask_tells_the_rule_in_the_language_of_the_question(run: Command) -> None:
    done = run("ask", "--json", text="c'est quoi un hashtag ?\nwhat is a hashtag?\n")
    assert "run `make train`" in done.stderr
    french, english = (json.loads(line) for line in done.stdout.splitlines())
    assert (french["entries"][0], english["entries"][0]) == ("hashtag", "hashtag")
    assert "\nRègle de la maison : Chez nous, deux hashtags au plus.\n" in french["reply"]
    assert "\nHouse rule: Here we use two hashtags at most.\n" in english["reply"]


def test_a_word_of_the_house_is_decoded_before_any_training(run: Command) -> None:
    decoded: dict[str, Any] = json.loads(run("decode", "--json", "la cellule social a RT").stdout)
    assert [entry["id"] for entry in decoded["entries"]] == [OWN_ID, "rt"]
    assert "les trois personnes qui tiennent nos comptes" in decoded["reply"]


def test_the_next_training_learns_the_words_of_the_house(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    glossary = load_glossary(project / "glossary")
    monkeypatch.setattr(importer, "project_glossary", lambda: glossary)
    lines = importer.GlossaryImporter(training_data_paths=[]).get_nlu_data().training_examples
    learnt = {line.get("text") for line in lines if line.get(importer.TERM) == OWN_ID}
    assert {"cellule social", "social desk"} <= learnt


def test_a_change_of_the_house_makes_the_model_stale(project: Path) -> None:
    rule = project / "glossary" / "house" / "rt.yml"
    before = fingerprint(project)
    rule.write_text(RULE, "utf-8")
    try:
        assert fingerprint(project) != before
    finally:
        rule.unlink()
    assert fingerprint(project) == before


def test_lint_counts_the_house_and_names_its_faults(run: Command, project: Path) -> None:
    assert run("lint").returncode == 0
    astray = project / "glossary" / "house" / "hastag.yml"
    astray.write_text(RULE, "utf-8")
    try:
        for command in (("lint",), ("decode", "RT")):
            done = run(*command)
            assert done.returncode == 1
            assert f"{astray}: file: no entry is called 'hastag' (did you mean hashtag.yml?)" in (
                done.stderr
            )
            assert "Traceback" not in done.stderr
    finally:
        astray.unlink()
