"""Shared by all tests: the real glossary and the real trained brain, loaded once."""

import itertools
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.brain.interface import Brain, Message
from bot.brain.open import MEMORY, load_rasa_quietly, local_brain
from bot.replies.knowledge import Knowledge, open_knowledge
from bot.replies.model import Reply
from bot.settings import Settings, quieten_libraries, read_settings
from tests.postgres import Postgres, postgres_server

quieten_libraries()
load_rasa_quietly()

Talk = Callable[..., Awaitable[list[Reply]]]


@pytest.fixture(scope="session")
def settings() -> Settings:
    return read_settings()


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return open_knowledge()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def brain(settings: Settings, knowledge: Knowledge) -> AsyncIterator[Brain]:
    async with local_brain(settings, knowledge, MEMORY) as opened:
        yield opened


@pytest.fixture
def talk(brain: Brain, request: pytest.FixtureRequest) -> Talk:
    """Says something as one new person; each call is that person's next turn."""
    person = f"{request.node.nodeid[-90:]}#{next(_numbers)}"

    async def say(text: str = "", **fields: str) -> list[Reply]:
        return await brain.reply(Message(person, text, **fields))

    return say


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with postgres_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database: what holds for one kind must hold for the other."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'cuicui.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.database()


@pytest.fixture
def bot_command() -> list[str]:
    return [sys.executable, "-m", "bot"]


@pytest.fixture
def clean_environment() -> dict[str, str]:
    """The environment of a person who has set nothing."""
    ours = ("BOT_", "BRAIN_", "DATABASE_", "TELEGRAM_", "X_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


_numbers = itertools.count()
