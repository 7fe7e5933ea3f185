"""A process that is told to stop ends soon, whoever is still in the middle of a sentence."""

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.commands import sockets


async def test_a_slow_sender_does_not_keep_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "LAST_WORDS_SECONDS", 1)

    async def receive(request: Request) -> Response:
        await request.body()
        return Response()

    app = Starlette(routes=[Route("/", receive, methods=["POST"])])
    listening, stop = sockets.listen("127.0.0.1", 0), asyncio.Event()
    serving = asyncio.create_task(sockets.serve(app, listening, stop))
    _reader, writer = await asyncio.open_connection(*listening.getsockname())
    writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf")
    await writer.drain()
    await asyncio.sleep(0.3)
    stop.set()
    await asyncio.wait_for(serving, 4)
    writer.close()
