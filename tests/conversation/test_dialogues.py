"""Dialogues as data, and Rasa's own test stories, with the trained model."""

import itertools
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.brain.interface import Brain, Message
from bot.brain.train import trained_model
from bot.replies.knowledge import Knowledge
from bot.replies.plain import plain
from bot.settings import ROOT, Settings

HERE = Path(__file__).parent
DIALOGUES = yaml.safe_load((HERE / "dialogues.yml").read_text("utf-8"))
_persons = itertools.count()


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda dialogue: str(dialogue["name"]))
async def test_a_dialogue_goes_as_written(
    brain: Brain, knowledge: Knowledge, dialogue: dict[str, Any]
) -> None:
    person = f"dialogue-{next(_persons)}"
    for turn in dialogue["turns"]:
        message = Message(person, turn["say"], language=dialogue["language"])
        replies = await brain.reply(message)
        entries = [name for reply in replies for name in reply.entries]
        assert replies[0].intent == turn.get("intent", replies[0].intent), turn
        assert entries[: len(turn.get("entries", []))] == turn.get("entries", []), turn
        assert replies[0].facet == turn.get("facet", replies[0].facet), turn
        assert replies[0].language == turn.get("reply_language", replies[0].language), turn
        said = "\n".join(plain(r, knowledge.composers[r.language].say) for r in replies)
        assert turn.get("contains", "").lower() in said.lower(), turn


def test_there_are_enough_dialogues_in_both_languages() -> None:
    languages = [dialogue["language"] for dialogue in DIALOGUES]
    assert languages.count("fr") >= 20
    assert languages.count("en") >= 20


def test_every_intent_has_a_story_in_both_languages() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))
    for language in ("fr", "en"):
        stories = (HERE / f"test_stories_{language}.yml").read_text("utf-8")
        told = {
            line.split("intent:")[1].strip() for line in stories.splitlines() if "intent:" in line
        }
        assert told >= set(domain["intents"])


def test_rasa_plays_its_own_test_stories(settings: Settings, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable, "-m", "rasa", "test", "core", "--e2e", "--fail-on-prediction-errors",
            "--stories", str(HERE), "--model", str(trained_model(settings.models)),
            "--out", str(tmp_path), "--no-plot",
        ],
        cwd=ROOT, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    failed = tmp_path / "failed_test_stories.yml"
    assert done.returncode == 0, (
        failed.read_text("utf-8") if failed.exists() else done.stderr[-3000:]
    )
