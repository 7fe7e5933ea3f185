"""Nobody waits for what is only loaded at the first question."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from rasa.core.agent import Agent

from bot.brain.open import local_brain
from bot.brain.tracker_store import CONVERSATIONS
from bot.database import open_database
from bot.replies.knowledge import Knowledge
from bot.settings import Settings


async def test_a_brain_reads_a_question_before_it_opens_and_keeps_none(
    settings: Settings, knowledge: Knowledge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, parse = list[str](), Agent.parse_message

    async def spy(agent: Agent, text: str, **more: Any) -> Any:
        read.append(text)
        return await parse(agent, text, **more)

    monkeypatch.setattr(Agent, "parse_message", spy)
    url = f"sqlite:///{tmp_path / 'kept.db'}"
    async with local_brain(settings, knowledge, url):
        assert len(read) == 1
        with open_database(url).connect() as connection:
            kept = sa.select(sa.func.count()).select_from(CONVERSATIONS)
            assert connection.execute(kept).scalar() == 0
