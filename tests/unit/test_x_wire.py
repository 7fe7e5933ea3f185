"""Tweepy with another host, time-outs, and no opinion on answers."""

import asyncio
from pathlib import Path

import pytest

from bot.doors.x import wire
from bot.doors.x.problems import Failing, Raw
from bot.doors.x.wire import Wire

ODD = {
    "a list": (b"HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\n[]", 403),
    "an odd reset": (
        b"HTTP/1.1 429 No\r\nx-rate-limit-reset: soon\r\ncontent-length: 0\r\n\r\n", 429
    ),
    "html": (b"HTTP/1.1 503 No\r\ncontent-length: 6\r\n\r\n<html>", 503),
    "elsewhere": (
        b"HTTP/1.1 302 Go\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n", 302
    ),
    "text": (b'HTTP/1.1 500 No\r\ncontent-length: 6\r\n\r\n"text"', 500),
}  # fmt: skip


class Server:
    """Answers every request with the same bytes; keeps what it was asked."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.asked: list[bytes] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(self.answer)
        await writer.drain()
        if self.answer:
            writer.close()


async def ask(answer: bytes) -> tuple[Server, Raw]:
    server = Server(answer)
    async with await asyncio.start_server(server, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        calling = Wire(f"http://127.0.0.1:{port}")
        try:
            return server, await calling.call(
                "token-1", lambda client: client.get_direct_message_events(user_auth=False)
            )
        finally:
            calling.close()


@pytest.mark.parametrize("kind", ODD)
async def test_every_answer_comes_as_it_is(kind: str) -> None:
    answer, status = ODD[kind]
    server, raw = await ask(answer)
    assert raw.status == status
    assert len(server.asked) == 1


async def test_what_a_netrc_says_is_not_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login canary password canary\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    server, raw = await ask(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
    assert (raw.ok, raw.data()) == (True, {})
    assert b"Authorization: Bearer token-1" in server.asked[0]


async def test_who_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "TIMEOUTS", (0.2, 0.2))
    with pytest.raises(Failing, match="ReadTimeout"):
        await ask(b"")
