"""GET /2/activity/stream: newline-delimited JSON, a bare newline every twenty seconds.

Documented: the heartbeat, two connections, `backfill_minutes` up to five, the refusal of a third
connection, DELETE /2/connections/all (fundamentals/handling-disconnections, the official OpenAPI
file). That a self-served app gets backfill is inferred; the world can refuse it.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import TYPE_CHECKING

from starlette.responses import Response, StreamingResponse

from tests.fakes.x.activity import Envelope
from tests.fakes.x.asking import Ask
from tests.fakes.x.problems import Json, typed, wrong_parameter
from tests.fakes.x.registry import Answer, route

if TYPE_CHECKING:
    from tests.fakes.x.world import World

MOST_CONNECTIONS = 2
_END, _CUT = b"", b"cut"
_FULL = "This stream is currently at the maximum allowed connection limit."


class Connection:
    """One open stream; `_END` and `_CUT` end it."""

    def __init__(self, number: str, connected_at: str) -> None:
        self.id = number
        self.connected_at = connected_at
        self.lines: asyncio.Queue[bytes] = asyncio.Queue()


class Broken(Exception):
    """Ends an answer without its end."""


class Streams:
    """`silent` keeps connections open and says nothing at all: no event, no heartbeat."""

    def __init__(self, heartbeat: float, backfill: bool) -> None:
        self.heartbeat = heartbeat
        self.backfill = backfill
        self.silent = False
        self.open: list[Connection] = []
        self.ever = 0  # how many connections there have been

    def send(self, envelope: Envelope) -> bool:
        """Whether anybody listens."""
        if self.silent:
            return False
        return self.say(envelope.body)

    def say(self, body: Json) -> bool:
        line = json.dumps(body, ensure_ascii=False).encode() + b"\r\n"
        for connection in self.open:
            connection.lines.put_nowait(line)
        return bool(self.open)

    def garbage(self, line: bytes) -> None:
        """Any bytes at all."""
        for connection in self.open:
            connection.lines.put_nowait(line)

    def drop(self, abrupt: bool = False) -> int:
        """Ends every connection, in the middle of the answer if `abrupt`; how many there were."""
        dropped, self.open = self.open, []
        for connection in dropped:
            connection.lines.put_nowait(_CUT if abrupt else _END)
        return len(dropped)

    def disconnect(self) -> int:
        """Ends every connection with the reason that X tells within the stream."""
        detail = "This stream has been disconnected for operational reasons."
        problem = {"title": "operational-disconnect", "detail": detail}
        problem["disconnect_type"] = "UpstreamOperationalDisconnect"
        problem["type"] = "https://api.x.com/2/problems/operational-disconnect"
        self.say({"errors": [problem]})
        return self.drop()

    async def lines(self, connection: Connection) -> AsyncIterator[bytes]:
        try:
            while True:
                try:
                    line = await asyncio.wait_for(connection.lines.get(), self.heartbeat)
                except asyncio.TimeoutError:
                    line = b"\r\n"
                    if self.silent:
                        continue
                if line == _END:
                    return
                if line == _CUT:
                    raise Broken
                yield line
        finally:
            if connection in self.open:
                self.open.remove(connection)


@route("stream", "GET", "/2/activity/stream", who="app")
def stream(world: "World", ask: Ask) -> Response:
    ask.only(["backfill_minutes", "start_time", "end_time"])
    minutes = ask.within("backfill_minutes", 0, 0, 5)
    streams = world.streams
    if len(streams.open) >= MOST_CONNECTIONS:
        more = {"connection_issue": "TooManyConnections"}
        raise typed(429, "streaming-connection", "ConnectionException", _FULL, **more)
    earlier = _earlier(world, ask, minutes)
    connection = Connection(world.ids.next(), world.iso())
    for envelope in earlier:
        connection.lines.put_nowait(json.dumps(envelope.body).encode() + b"\r\n")
        world.activity.charge(envelope)
    streams.open.append(connection)
    streams.ever += 1
    world.changed.notify()
    return StreamingResponse(streams.lines(connection), media_type="application/json")


def _earlier(world: "World", ask: Ask, minutes: int) -> list[Envelope]:
    if not world.streams.backfill:
        return []
    if "start_time" in ask.query:
        end = _time(ask, "end_time") if "end_time" in ask.query else None
        return world.activity.since(_time(ask, "start_time"), end)
    return world.activity.since(world.clock() - 60 * minutes) if minutes else []


def _time(ask: Ask, name: str) -> float:
    try:
        return datetime.fromisoformat(ask.query[name].replace("Z", "+00:00")).timestamp()
    except ValueError:
        raise wrong_parameter(name, ask.query[name], "is not valid") from None


@route("connections", "GET", "/2/connections", who="app")
def connections(world: "World", ask: Ask) -> Answer:
    found = [
        {"id": one.id, "endpoint_name": "activity_stream", "connected_at": one.connected_at}
        for one in world.streams.open
    ]
    meta = {"meta": {"result_count": len(found)}}
    return Answer({"data": found, **meta} if found else meta)


@route("connections_end", "DELETE", "/2/connections/all", who="app")
def end_connections(world: "World", ask: Ask) -> Answer:
    ended = [{"uuid": one.id, "success": True} for one in world.streams.open]
    counts = {"successful_kills": world.streams.drop(), "failed_kills": 0}
    return Answer({"data": {**counts, "results": ended}})
