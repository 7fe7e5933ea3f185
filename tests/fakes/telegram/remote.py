"""The same world from another process: `async with telegram_process() as telegram:`."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx

from tests.fakes.telegram.errors import Json


@dataclass
class RemoteTelegram:
    """Speaks to the control routes; `who` is the id of a person or a group."""

    url: str
    client: httpx.AsyncClient

    async def post(self, route: str, /, **asked: Any) -> Any:
        answer = await self.client.post(f"{self.url}/_control/{route}", json=asked)
        told = answer.json()
        if "error" in told:
            kind = TimeoutError if told["error"] == "TimeoutError" else RuntimeError
            raise kind(f"{told['error']}: {told['reason']}")
        return told["result"]

    async def person(self, first_name: str = "Ann", **more: Any) -> int:
        return int((await self.post("person", first_name=first_name, **more))["id"])

    async def group(self, *people: int, **more: Any) -> int:
        return int((await self.post("group", people=people, **more))["id"])

    async def do(self, who: int, what: str, *args: Any, **given: Any) -> Any:
        """`chat` tells in which chat the given messages are; default: the person's own."""
        place = given.pop("chat", who)
        asked = {"who": who, "what": what, "args": args, "with": given, "in": place}
        return await self.post("do", **asked)

    async def fault(self, method: str, **what: Any) -> None:
        await self.post("fault", method=method, **what)

    async def advance(self, seconds: float) -> None:
        await self.post("clock", advance=seconds)

    async def heard(self, chat: int) -> list[Json]:
        return list((await self.client.get(f"{self.url}/_control/heard/{chat}")).json())

    async def log(self) -> list[Json]:
        return list((await self.client.get(f"{self.url}/_control/log")).json()["result"])

    async def state(self) -> Json:
        return dict((await self.client.get(f"{self.url}/_control/state")).json()["result"])


@contextlib.asynccontextmanager
async def telegram_process(*options: str) -> AsyncIterator[RemoteTelegram]:
    """A server in a process of its own, ended with the block."""
    command = [sys.executable, "-m", "tests.fakes.telegram", *options]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        url = (await asyncio.wait_for(process.stdout.readline(), 30)).decode().strip()
        async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
            yield RemoteTelegram(url, client)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
