"""The commands that others call, run as they would run them."""

import asyncio
import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from bot.gateway.people import Miss, People
from bot.gateway.tables import KEPT_TEXTS, open_store
from bot.privacy.cipher import Cipher
from bot.settings import ROOT

QUESTIONS = """c koi un RT ?
what does #FF mean
c'est quoi LT ?
comment faire cuire un œuf
bonjour
"""
FIELDS = {"question", "language", "intent", "entries", "facet", "confidence", "reply"}


def run(command: list[str], *arguments: str, text: str = "", **fields: Any) -> Any:
    return subprocess.run(
        [*command, *arguments],
        input=text,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
        **fields,
    )


@pytest.fixture(scope="module")
def answers() -> list[dict[str, Any]]:
    import sys

    done = run([sys.executable, "-m", "bot"], "ask", "--json", text=QUESTIONS)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_ask_prints_one_object_a_line_with_every_field(answers: list[dict[str, Any]]) -> None:
    assert [answer["question"] for answer in answers] == QUESTIONS.splitlines()
    for answer in answers:
        assert set(answer) == FIELDS
        assert 0 <= answer["confidence"] <= 1
        assert answer["language"] in ("fr", "en")
        assert answer["reply"].strip()


def test_ask_answers_right(answers: list[dict[str, Any]]) -> None:
    rt, ff, lt, egg, hello = answers
    assert (rt["entries"][0], rt["language"], rt["facet"]) == ("rt", "fr", "meaning")
    assert (ff["entries"][0], ff["language"], ff["facet"]) == ("ff", "en", "meaning")
    assert (lt["intent"], lt["entries"]) == ("clarify", ["live-tweet", "lt-last"])
    assert (egg["intent"], egg["entries"]) == ("out_of_scope", [])
    assert (hello["intent"], hello["entries"]) == ("greet", [])


def test_ask_takes_a_question_as_words(bot_command: list[str]) -> None:
    done = run(bot_command, "ask", "c'est", "quoi", "un", "hashtag")
    assert done.returncode == 0
    assert "#" in done.stdout


def test_a_conversation_remembers_and_separate_questions_do_not(bot_command: list[str]) -> None:
    lines = "c'est quoi un hashtag ?\net un exemple ?\n"
    together = run(bot_command, "ask", "--json", "--conversation", text=lines)
    apart = run(bot_command, "ask", "--json", text=lines)
    assert json.loads(together.stdout.splitlines()[1])["entries"] == ["hashtag"]
    assert json.loads(apart.stdout.splitlines()[1])["entries"] == []


def test_decode_prints_spans(bot_command: list[str]) -> None:
    tweet = "thx RT, je te #FF demain ! see U soon IRL ;-))"
    done = run(bot_command, "decode", "--json", tweet)
    decoded = json.loads(done.stdout)
    assert set(decoded) == {"tweet", "language", "entries", "reply"}
    assert [entry["id"] for entry in decoded["entries"]] == [
        "ty", "rt", "ff", "cu", "irl", "emoji",
    ]  # fmt: skip
    for entry in decoded["entries"]:
        assert tweet[entry["start"] : entry["end"]] == entry["text"]


def test_lint_passes_and_counts(bot_command: list[str]) -> None:
    done = run(bot_command, "lint")
    assert done.returncode == 0, done.stdout
    assert "fr and en" in done.stdout


def test_lint_reports_a_line_for_each_entry(bot_command: list[str]) -> None:
    header, *lines = run(bot_command, "lint", "--report").stdout.splitlines()
    assert header.startswith("fr: short all words signs | en:")
    assert any(line.split("|")[2].split()[0] == "rt" for line in lines)


def test_kit_writes_the_site_and_refuses_a_folder_that_is_not_its_own(
    bot_command: list[str], tmp_path: Path
) -> None:
    place = tmp_path / "site"
    for _ in range(2):
        done = run(bot_command, "kit", "site", str(place))
        assert done.returncode == 0, done.stderr
        assert done.stdout.endswith(f" entries, fr and en: {place / 'index.html'}\n")
        assert "retweet" in (place / "fr" / "rt.html").read_text("utf-8")
    (tmp_path / "mine").touch()
    refused = run(bot_command, "kit", "site", str(tmp_path))
    assert refused.returncode == 1
    assert refused.stderr.splitlines() == [
        f"cuicui: {tmp_path} is not empty, and not a folder that this command made: name another"
    ]
    assert (tmp_path / "mine").exists()


def test_purge_says_how_many(
    bot_command: list[str], tmp_path: Any, clean_environment: dict[str, str]
) -> None:
    env = {**clean_environment, "BOT_DATA_DIR": str(tmp_path)}
    done = run(bot_command, "purge", "--days", "0", env=env)
    assert done.stdout == "0 conversation(s) erased.\n"


def test_misses_are_listed_for_who_has_the_key(
    bot_command: list[str], tmp_path: Path, clean_environment: dict[str, str]
) -> None:
    async def keep() -> None:
        store = await open_store(f"sqlite:///{tmp_path / 'cuicui.db'}")
        people = People("telegram", store, Cipher(b"key", KEPT_TEXTS), time.time)
        await people.add_miss(Miss("place", "1", "ann", "fr", "un RT\n\x1b[2Jqui fâche ?", ("rt",)))
        store.close()

    asyncio.run(keep())
    env = {**clean_environment, "BOT_DATA_DIR": str(tmp_path), "BOT_SECRET_KEY": "key"}
    assert run(bot_command, "misses", env=env).stdout == "fr\trt\tun RT [2Jqui fâche ?\n"
    other = run(bot_command, "misses", env={**env, "BOT_SECRET_KEY": "another"})
    assert other.returncode == 1
    assert other.stderr.splitlines() == [
        "cuicui: the database was sealed with another key: set BOT_SECRET_KEY as it was"
        " (if it is lost, begin afresh with another DATABASE_URL or BOT_DATA_DIR)"
    ]


def test_telegram_without_a_token_is_one_clear_line(
    bot_command: list[str], tmp_path: Path, clean_environment: dict[str, str]
) -> None:
    env = {**clean_environment, "BOT_DATA_DIR": str(tmp_path)}
    done = run(bot_command, "telegram", env=env)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "cuicui: TELEGRAM_TOKEN is not set: @BotFather on Telegram gives one"
    ]


def test_rasa_reads_the_same_files(bot_command: list[str]) -> None:
    done = run([bot_command[0], "-m", "rasa", "data", "validate"], "--data", "nlu_data")
    assert done.returncode == 0, done.stderr[-3000:]
    assert "multiple different intents" not in done.stderr + done.stdout
