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
from tests.resilience.test_processes import free_port

# Until an answer leaves, many may be under way; then one person's, to know which was killed.
MANY, ONE = 8, 1
AFTER_SENDING = ("delivered", "marked")
EACH = 3


@asynccontextmanager
async def door(
    telegram: RemoteTelegram, database: str, kill_at: str = "", **more: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    env = {
        **os.environ,
        **more,
        "DATABASE_URL": database,
        "PYTHONUNBUFFERED": "1",
        "TELEGRAM_TOKEN": (await telegram.state())["token"],
        "TELEGRAM_API_URL": telegram.url,
        "BOT_SECRET_KEY": "key",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.resilience.killed_door", kill_at,
        env=env, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.mark.parametrize("step", STEPS)
async def test_killed_at(step: str, database: str) -> None:
    async with telegram_process() as telegram:
        count = ONE if step in AFTER_SENDING else MANY
        people = [await telegram.person(f"P{n}", language_code="fr") for n in range(count)]
        for person in people * EACH:
            await telegram.do(person, "write", "RT")
        async with door(telegram, database, step) as killed:
            assert await asyncio.wait_for(killed.wait(), 30) == -signal.SIGKILL
        async with door(telegram, database):
            for person in people * EACH:
                await telegram.do(person, "hears", timeout=20)
            await asyncio.sleep(0.5)
            answers = [len(await telegram.heard(person)) for person in people]
        assert not (await telegram.state())["pending"]
    doubled = 1 if step == "delivered" else 0  # Telegram has it, and we cannot know
    assert answers == [EACH + doubled] * count


@pytest.mark.parametrize("step", STEPS)
async def test_killed_behind_a_webhook_at(step: str, tmp_path: Path) -> None:
    database, port = f"sqlite:///{tmp_path / 'cuicui.db'}", str(free_port())
    hook = {"TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{port}/", "TELEGRAM_WEBHOOK_PORT": port}
    async with telegram_process() as telegram:
        ann = await telegram.person("Ann", language_code="fr")
        for _ in range(EACH):
            await telegram.do(ann, "write", "RT")
        async with door(telegram, database, step, **hook) as killed:
            assert await asyncio.wait_for(killed.wait(), 30) == -signal.SIGKILL
        expected = EACH + (step == "delivered")
        async with door(telegram, database, **hook):
            for _ in range(expected):
                await telegram.do(ann, "hears", timeout=40)
            await nothing_pending(telegram)  # what was stored and not confirmed is offered again
            await asyncio.sleep(0.5)
            answers = len(await telegram.heard(ann))
    assert answers == expected


async def nothing_pending(telegram: RemoteTelegram, patience: float = 40.0) -> None:
    end = asyncio.get_running_loop().time() + patience
    while (await telegram.state())["pending"]:
        assert asyncio.get_running_loop().time() < end, "updates were never taken"
        await asyncio.sleep(0.1)


async def test_two_kills_in_a_row_lose_nothing(database: str) -> None:
    async with telegram_process() as telegram:
        ann = await telegram.person("Ann", language_code="fr")
        await telegram.do(ann, "write", "RT")
        for step in ("stored", "answered"):
            async with door(telegram, database, step) as killed:
                assert await asyncio.wait_for(killed.wait(), 30) == -signal.SIGKILL
        async with door(telegram, database):
            await telegram.do(ann, "hears", timeout=20)
            await asyncio.sleep(0.5)
        assert len(await telegram.heard(ann)) == 1


async def said(process: asyncio.subprocess.Process, words: str) -> str:
    """The next line that holds `words`."""
    assert process.stdout is not None
    while words.encode() not in (line := await asyncio.wait_for(process.stdout.readline(), 30)):
        assert line, f"ended without saying {words!r}"
    return line.decode()


async def test_of_two_on_one_database_one_answers_and_the_other_takes_over(database: str) -> None:
    async with telegram_process() as telegram:
        ann = await telegram.person("Ann", language_code="fr")
        async with door(telegram, database) as first, door(telegram, database) as second:
            serves, waits = await who_serves(first, second)
            for _ in range(EACH):
                await telegram.do(ann, "write", "RT")
            for _ in range(EACH):
                await telegram.do(ann, "hears", timeout=20)
            await asyncio.sleep(0.5)  # until the last is marked
            serves.kill()
            await serves.wait()
            await telegram.do(ann, "write", "hashtag")
            assert b"listens" in await next_line(waits)  # it had nothing else to say
            await telegram.do(ann, "hears", timeout=20)
            await asyncio.sleep(0.5)
        assert len(await telegram.heard(ann)) == EACH + 1


async def who_serves(
    *doors: asyncio.subprocess.Process,
) -> tuple[asyncio.subprocess.Process, asyncio.subprocess.Process]:
    """Which of two began to serve, and which began to wait."""
    lines = await asyncio.gather(*map(next_line, doors))
    (serves,) = [each for each, line in zip(doors, lines, strict=True) if b"listens" in line]
    (waits,) = [each for each, line in zip(doors, lines, strict=True) if b"ANOTHER" in line]
    return serves, waits


async def next_line(process: asyncio.subprocess.Process) -> bytes:
    assert process.stdout is not None
    return await asyncio.wait_for(process.stdout.readline(), 30)
