"""The X API over HTTP on loopback: {url}/2/...; the token and consent pages too."""

import asyncio
import json
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route as Path

from tests.fakes.x import (
    chat,
    gate,
    keys,
    legacy_reading,
    legacy_sending,
    oauth,
    stream,
    subscriptions,
    users,
    webhook_routes,
)
from tests.fakes.x.asking import Ask
from tests.fakes.x.faults import Fault
from tests.fakes.x.loopback import WIRE, Loopback
from tests.fakes.x.people import FakeUser
from tests.fakes.x.problems import Refused, blank, located
from tests.fakes.x.record import Call
from tests.fakes.x.registry import ROUTES, Answer, Route, call
from tests.fakes.x.shapes import HOSTS
from tests.fakes.x.world import World

MODULES = (  # each registers its routes
    *(chat, keys, legacy_reading, legacy_sending, oauth, stream, subscriptions, users),
    webhook_routes,
)


class _Cut(Exception):
    """The connection goes away without an answer."""


class FakeX:
    """`async with FakeX() as x:` serves until the block ends; `url` takes X_API_URL's place."""

    def __init__(self, world: World | None = None, port: int = 0, **settings: Any) -> None:
        self.world = world or World(**settings)
        paths = [Path(one.path, self._endpoint(one), methods=[one.verb]) for one in ROUTES]
        app = Starlette(routes=paths, exception_handlers={HTTPException: _unknown})
        self._served = Loopback(app, port)

    @property
    def url(self) -> str:
        return self._served.url

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
        await self._served.__aenter__()
        self._delivering = asyncio.create_task(self.world.webhooks.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._delivering.cancel()
        await asyncio.gather(self._delivering, return_exceptions=True)
        await self._served.__aexit__()

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
        fault = self.world.faults.take(route.name, _about(ask))
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


def _about(ask: Ask) -> set[str]:
    """The ids in the path; those of a conversation of two also one by one."""
    return {part for value in ask.path.values() for part in (value, *value.split("-"))}


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


async def _cut(request: Request) -> Response:
    """What is returned goes nowhere."""
    request.scope[WIRE].abort()
    await asyncio.sleep(0.01)
    return Response()
