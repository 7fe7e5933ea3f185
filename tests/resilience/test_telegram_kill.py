"""The door's process killed at each step: no question is lost, none is answered twice.

The one exception is told apart: killed after Telegram took the answer and before that was marked.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.fakes.telegram import RemoteTelegram, telegram_process
from tests.resilience.killed_door import STEPS

# Until an answer leaves, many may be under way; then one person's, to know which was killed.
MANY, ONE = 8, 1
AFTER_SENDING = ("delivered", "marked")
EACH = 3


@asynccontextmanager
async def door(
    telegram: RemoteTelegram, folder: Path, kill_at: str = ""
) -> AsyncIterator[asyncio.subprocess.Process]:
    env = {
        **os.environ,
        "BOT_DATA_DIR": str(folder),
        "TELEGRAM_TOKEN": (await telegram.state())["token"],
        "TELEGRAM_API_URL": telegram.url,
        "BOT_SECRET_KEY": "key",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.resilience.killed_door", kill_at, env=env
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.mark.parametrize("step", STEPS)
async def test_killed_at(step: str, tmp_path: Path) -> None:
    async with telegram_process() as telegram:
        count = ONE if step in AFTER_SENDING else MANY
        people = [await telegram.person(f"P{n}", language_code="fr") for n in range(count)]
        for person in people * EACH:
            await telegram.do(person, "write", "RT")
        async with door(telegram, tmp_path, step) as killed:
            assert await asyncio.wait_for(killed.wait(), 30) == -signal.SIGKILL
        async with door(telegram, tmp_path):
            for person in people * EACH:
                await telegram.do(person, "hears", timeout=20)
            await asyncio.sleep(0.5)
            answers = [len(await telegram.heard(person)) for person in people]
        assert not (await telegram.state())["pending"]
    doubled = 1 if step == "delivered" else 0  # Telegram has it, and we cannot know
    assert answers == [EACH + doubled] * count


async def test_two_kills_in_a_row_lose_nothing(tmp_path: Path) -> None:
    async with telegram_process() as telegram:
        ann = await telegram.person("Ann", language_code="fr")
        await telegram.do(ann, "write", "RT")
        for step in ("stored", "answered"):
            async with door(telegram, tmp_path, step) as killed:
                assert await asyncio.wait_for(killed.wait(), 30) == -signal.SIGKILL
        async with door(telegram, tmp_path):
            await telegram.do(ann, "hears", timeout=20)
            await asyncio.sleep(0.5)
        assert len(await telegram.heard(ann)) == 1
