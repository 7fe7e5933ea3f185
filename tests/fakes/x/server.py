"""The X API over HTTP on loopback: {url}/2/...; the token and consent pages too."""

import asyncio
import contextlib
import json
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route as Path
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.fakes.x import (
    chat,
    gate,
    keys,
    legacy,
    oauth,
    stream,
    subscriptions,
    users,
    webhook,
)
from tests.fakes.x.asking import Ask
from tests.fakes.x.faults import Fault
from tests.fakes.x.people import FakeUser
from tests.fakes.x.problems import Refused, blank, located
from tests.fakes.x.record import Call
from tests.fakes.x.registry import ROUTES, Answer, Route, call
from tests.fakes.x.shapes import HOSTS
from tests.fakes.x.world import World

MODULES = (chat, keys, legacy, oauth, stream, subscriptions, users, webhook)  # of the routes


class _Cut(Exception):
    """The connection goes away without an answer."""


class _Server(uvicorn.Server):
    """Leaves the signals to the process it runs in."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class FakeX:
    """`async with FakeX() as x:` serves until the block ends; `url` takes X_API_URL's place."""

    def __init__(self, world: World | None = None, port: int = 0, **settings: Any) -> None:
        self.world = world or World(**settings)
        # asyncio turns the delay of small packets off only on sockets that say they are TCP.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self._server = _Server(self._config())
        self._tasks: list[asyncio.Task[None]] = []

    def _config(self) -> uvicorn.Config:
        paths = [Path(one.path, self._endpoint(one), methods=[one.verb]) for one in ROUTES]
        app = Starlette(routes=paths, exception_handlers={HTTPException: _unknown})
        return uvicorn.Config(
            _with_wire(app),
            http="h11",
            ws="none",
            lifespan="off",
            log_level="critical",
            access_log=False,
            timeout_graceful_shutdown=1,
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def user(self, name: str = "Ann", **more: Any) -> FakeUser:
        return self.world.user(name, **more)

    @property
    def environment(self) -> dict[str, str]:
        """What the bot must be told to talk to this server."""
        client, tokens = self.world.client, self.world.tokens
        return {
            "X_API_URL": self.url,
            "X_AUTHORIZE_URL": f"{self.url}/i/oauth2/authorize",
            "X_CLIENT_ID": client.id,
            "X_CLIENT_SECRET": client.secret,
            "X_CONSUMER_SECRET": client.consumer_secret,
            "X_BEARER_TOKEN": client.bearer,
            "X_ACCESS_TOKEN": tokens.access,
            "X_REFRESH_TOKEN": tokens.refresh,
        }

    async def __aenter__(self) -> "FakeX":
        self._tasks = [
            asyncio.create_task(self._server.serve(sockets=[self._socket])),
            asyncio.create_task(self.world.webhooks.run()),
        ]
        while not self._server.started:  # noqa: ASYNC110 - uvicorn offers no event
            await asyncio.sleep(0.005)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.world.streams.drop()
        self._server.should_exit = True
        for task in self._tasks[1:]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._socket.close()

    async def serve_forever(self) -> None:
        await self._tasks[0]

    def _endpoint(self, route: Route) -> Any:
        async def endpoint(request: Request) -> Response:
            record = self._record(route, request)
            try:
                answer = await self._answer(route, request, record)
            except _Cut:
                return await _cut(request)
            record.status, record.answered_at = answer.status_code, self.world.clock()
            self.world.changed.notify()
            return answer

        return endpoint

    def _record(self, route: Route, request: Request) -> Call:
        query, now = dict(request.query_params), self.world.clock()
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        record = Call(route.name, route.verb, request.url.path, query, now, bearer=bearer)
        self.world.record.calls.append(record)
        return record

    async def _answer(self, route: Route, request: Request, record: Call) -> Response:
        """Refusals of this server and those on request look the same from outside."""
        headers: dict[str, str] = {}
        try:
            return await self._run(route, request, record, headers)
        except Refused as refused:
            record.said = refused.said
            body = located(refused.body, HOSTS[self.world.schema])
            return JSONResponse(body, refused.status, headers | refused.headers)

    async def _run(
        self, route: Route, request: Request, record: Call, headers: dict[str, str]
    ) -> Response:
        ask = await self._ask(route, request)
        record.body = _plain(ask)
        fault = self.world.faults.take(route.name, set(ask.path.values()))
        await asyncio.sleep(fault.stall)
        if fault.drop == "before":
            raise _Cut
        if spoiled := self._spoiled(fault):
            return spoiled
        if route.who != "anyone":
            headers |= self.world.limits.count(route.name, ask.user)
            self.world.money.check()
        return await self._done(await _call(self.world, route, ask), fault, headers)

    async def _ask(self, route: Route, request: Request) -> Ask:
        authorization = request.headers.get("authorization", "")
        access = gate.admit(self.world, route, authorization)
        path = {name: str(value) for name, value in request.path_params.items()}
        kind, query = request.headers.get("content-type", ""), dict(request.query_params)
        return Ask(path, query, await request.body(), kind, authorization, access)

    def _spoiled(self, fault: Fault) -> Response | None:
        account, host = self.world.money.account, HOSTS[self.world.schema]
        return fault.answer(self.world.clock(), account, host)

    async def _done(self, result: Any, fault: Fault, headers: dict[str, str]) -> Response:
        await asyncio.sleep(fault.slow)
        if fault.drop == "after":
            raise _Cut
        if isinstance(result, Response):
            result.headers.update(headers)
            return result
        body = located(fault.bent(result.body), HOSTS[self.world.schema])
        return JSONResponse(body, result.status, headers)


async def _call(world: World, route: Route, ask: Ask) -> Answer | Response:
    """A failure of the fake itself must be seen, not taken for one of X's."""
    try:
        result = await call(world, route, ask)
    except Refused:
        raise
    except Exception as error:
        raise blank(500, f"Internal Server Error of this fake: {error!r}") from error
    assert isinstance(result, (Answer, Response))
    return result


def _plain(ask: Ask) -> Any:
    """The body as JSON if it is that, else as text."""
    text = ask.raw.decode("utf-8", "replace")
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text


async def _unknown(_: Request, error: Exception) -> Response:
    refused = blank(error.status_code if isinstance(error, HTTPException) else 404)
    return JSONResponse(refused.body, refused.status)


def _with_wire(app: ASGIApp) -> ASGIApp:
    """Tells each request its connection, so that a fault can cut it."""

    async def wired(scope: Scope, receive: Receive, send: Send) -> None:
        cycle = send.__self__  # type: ignore[attr-defined]  # uvicorn's own, which holds the wire
        scope["wire"] = cycle.transport
        await app(scope, receive, send)

    return wired


async def _cut(request: Request) -> Response:
    """What is returned goes nowhere."""
    request.scope["wire"].abort()
    await asyncio.sleep(0.01)
    return Response()
