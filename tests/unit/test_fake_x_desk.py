"""The fake X API run by itself, by somebody at a terminal."""

import asyncio
import contextlib
import shlex
import sys
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.fakes.x import FakeX
from tests.fakes.x.desk import HELP, Desk


@pytest.fixture
async def x() -> AsyncIterator[FakeX]:
    async with FakeX() as fake:
        yield fake


async def test_a_person_plays_people(x: FakeX) -> None:
    said: list[str] = []
    desk = Desk(x, said.append)
    assert desk.typed("hello\n")
    assert desk.typed(":as Bob")
    assert desk.typed("  ")
    assert desk.typed("hi")
    people = [x.world.accounts[one.sender].name for one in x.world.record.said]
    assert people == ["Ann", "Bob"]
    assert desk.typed(":as Ann")
    assert desk.person.conversation == x.world.record.said[0].conversation
    x.world.post(desk.person.conversation, x.world.bot.id, "A word & a #.")
    desk.show_new()
    desk.show_new()
    assert said == ["[legacy] bot to Ann: A word & a #."]
    assert desk.typed(":cost")
    assert said[-1] == "0 $ {}"
    assert not desk.typed(":quit")


@pytest.mark.parametrize("line", [":as", ":pick 1", ":fault dm_send often", ":dance"])
async def test_a_slip_is_answered_with_help(x: FakeX, line: str) -> None:
    said: list[str] = []
    assert Desk(x, said.append).typed(line)
    assert said[0].endswith(HELP)


async def test_it_runs_by_itself() -> None:
    command = [sys.executable, "-m", "tests.fakes.x"]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        environment = await asyncio.wait_for(_environment(process.stdout), 20)
        process.stdin.write(b":fault dm_send 503\nWhat is RT?\n")
        headers = {"Authorization": f"Bearer {environment['X_ACCESS_TOKEN']}"}
        base = environment["X_API_URL"]
        async with httpx.AsyncClient(base_url=base, headers=headers, trust_env=False) as bot:
            sender = await asyncio.wait_for(_sender(bot), 10)
            path = f"/2/dm_conversations/with/{sender}/messages"
            assert (await bot.post(path, json={"text": "A repost."})).status_code == 503
            assert (await bot.post(path, json={"text": "A repost."})).status_code == 201
        answer = await asyncio.wait_for(process.stdout.readline(), 10)
        assert answer == b"[legacy] bot to Ann: A repost.\n"
        process.stdin.write(b":quit\n")
        assert await asyncio.wait_for(process.wait(), 10) == 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()


async def _environment(output: asyncio.StreamReader) -> dict[str, str]:
    """What is to be exported; reads on to the end of the help."""
    found: dict[str, str] = {}
    while (line := (await output.readline()).decode()).strip() != ":quit":
        if line.startswith("export "):
            name, _, value = shlex.split(line)[1].partition("=")
            found[name] = value
    return found


async def _sender(bot: httpx.AsyncClient) -> str:
    """Who wrote, as soon as somebody has."""
    asked = {"expansions": "sender_id"}
    while True:
        found = (await bot.get("/2/dm_events", params=asked)).json()
        if "data" in found:
            break
        await asyncio.sleep(0.05)
    assert found["data"][0]["text"] == "What is RT?"
    return str(found["data"][0]["sender_id"])
