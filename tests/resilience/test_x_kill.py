"""The X door killed at each step: no question is lost, none is answered twice, all is paid once."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.replies.knowledge import Knowledge
from tests.contract.stand_in import StandIn
from tests.contract.x_house import House, opened_x, roomy
from tests.fakes.x import FakeX
from tests.resilience.killed_x import STEPS

# Until an answer leaves, many may be under way; then one person's, to know which was killed.
MANY, ONE = 6, 1
AFTER_SENDING = ("posted", "delivered", "marked")
EACH = 3
KEY = "key"


def environment(x: FakeX, folder: Path) -> dict[str, str]:
    return {
        **os.environ, **x.environment, "BOT_DATA_DIR": str(folder), "BOT_SECRET_KEY": KEY,
        "X_BEARER_TOKEN": "",
    }  # fmt: skip


@asynccontextmanager
async def door(
    x: FakeX, folder: Path, kill_at: str = ""
) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.resilience.killed_x", kill_at, env=environment(x, folder)
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@asynccontextmanager
async def alive(x: FakeX, knowledge: Knowledge, folder: Path) -> AsyncIterator[House]:
    """The door over the same files, in this process: it lives on."""
    async with opened_x(x, StandIn(knowledge), knowledge, folder, X_CHAT="on") as house:
        await house.encrypted()
        yield house


async def killed(x: FakeX, folder: Path, step: str) -> None:
    async with door(x, folder, step) as process:
        assert await asyncio.wait_for(process.wait(), 30) == -signal.SIGKILL


@pytest.mark.parametrize("stack", ["legacy", "xchat"])
@pytest.mark.parametrize("step", STEPS)
async def test_killed_at(step: str, stack: str, knowledge: Knowledge, tmp_path: Path) -> None:
    async with FakeX() as x:
        roomy(x)
        async with alive(x, knowledge, tmp_path):
            pass  # the first start is over: what is written now is to be answered
        count = ONE if step in AFTER_SENDING else MANY
        people = [x.user(f"P{number}", xchat=stack == "xchat") for number in range(count)]
        for person in people * EACH:
            person.write("un RT ?")
        await killed(x, tmp_path, step)
        async with alive(x, knowledge, tmp_path) as house:
            for person in people * EACH:
                await person.next_heard(20)
            await house.polled(3)
            await house.polled_chats()
            assert [len(person.heard) for person in people] == [EACH] * count
            assert await house.cost() == x.world.money.thousandths


async def test_killed_after_the_token_was_renewed(knowledge: Knowledge, tmp_path: Path) -> None:
    """What X gave is kept before it is used: the next process does not need the old one."""
    async with FakeX() as x:
        roomy(x)
        tokens = {name: x.environment[name] for name in ("X_ACCESS_TOKEN", "X_REFRESH_TOKEN")}
        async with alive(x, knowledge, tmp_path):
            pass
        ann = x.user()
        x.world.tokens.expire()
        ann.dm("un RT ?")
        await killed(x, tmp_path, "fetched")
        stand_in = StandIn(knowledge)
        async with opened_x(x, stand_in, knowledge, tmp_path, **tokens):
            await ann.next_heard(20)
        assert x.world.tokens.refreshes == 1
        assert x.world.tokens.refused == []


async def test_two_kills_in_a_row_lose_nothing(knowledge: Knowledge, tmp_path: Path) -> None:
    async with FakeX() as x:
        roomy(x)
        async with alive(x, knowledge, tmp_path):
            pass
        ann = x.user()
        ann.dm("un RT ?")
        for step in ("stored", "posted"):
            await killed(x, tmp_path, step)
        async with alive(x, knowledge, tmp_path) as house:
            await house.polled(3)
            assert len(ann.heard) == 1
            assert await house.cost() == x.world.money.thousandths
