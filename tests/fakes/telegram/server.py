"""The Bot API over HTTP: {url}/bot<TOKEN>/<method>, on loopback."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from tests.fakes.telegram import answering, editing, intake, members, profile, sending
from tests.fakes.telegram.arguments import Arguments, read_arguments
from tests.fakes.telegram.control import control_routes
from tests.fakes.telegram.errors import Refused
from tests.fakes.telegram.faults import Call, Fault
from tests.fakes.telegram.groups import Group
from tests.fakes.telegram.people import Person
from tests.fakes.telegram.registry import METHODS, Method, call, find
from tests.fakes.telegram.webhook import Deliveries
from tests.fakes.telegram.world import World

__all__ = ["METHODS", "FakeTelegram"]

MODULES = (answering, editing, intake, members, profile, sending)  # each registers its methods
TICK = 0.1


class _Dropped(Exception):
    """The connection goes away without an answer."""


class _Server(uvicorn.Server):
    """Leaves the signals to the process it runs in."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class FakeTelegram:
    """`async with FakeTelegram() as telegram:` serves until the block ends.

    `url` is the server's root; `bot_url` is what python-telegram-bot calls base_url.
    """

    def __init__(self, world: World | None = None, port: int = 0, **settings: Any) -> None:
        self.world = world or World(**settings)
        self._wires: dict[tuple[str, int], asyncio.Transport] = {}
        # asyncio turns the delay of small packets off only on sockets that say they are TCP.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self._server = _Server(self._config())
        self._tasks: list[asyncio.Task[None]] = []

    def _config(self) -> uvicorn.Config:
        routes = [Route("/bot{token}/{method}", self._answer, methods=["GET", "POST"])]
        app = Starlette(routes=[*routes, *control_routes(self.world)])
        return uvicorn.Config(
            app,
            http=_protocol(self._wires),
            ws="none",
            lifespan="off",
            log_level="critical",
            access_log=False,
            timeout_graceful_shutdown=1,
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    @property
    def bot_url(self) -> str:
        return f"{self.url}/bot"

    @property
    def token(self) -> str:
        return self.world.token

    def person(self, *args: Any, **more: Any) -> Person:
        return self.world.person(*args, **more)

    def group(self, *args: Any, **more: Any) -> Group:
        return self.world.group(*args, **more)

    async def __aenter__(self) -> "FakeTelegram":
        self._tasks = [
            asyncio.create_task(self._server.serve(sockets=[self._socket])),
            asyncio.create_task(Deliveries(self.world).run()),
            asyncio.create_task(self._tick()),
        ]
        while not self._server.started:  # noqa: ASYNC110 - uvicorn offers no event
            await asyncio.sleep(0.005)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.world.updates.close()
        self._server.should_exit = True
        for task in self._tasks[1:]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._socket.close()

    async def serve_forever(self) -> None:
        await self._tasks[0]

    async def _tick(self) -> None:
        while True:
            self.world.tick()
            await asyncio.sleep(TICK)

    async def _answer(self, request: Request) -> Response:
        record = Call(request.path_params["method"], {}, self.world.clock())
        self.world.log.calls.append(record)
        try:
            body, status = {"ok": True, "result": await self._run(request, record)}, 200
        except Refused as refused:
            body, status = refused.body(), refused.code
            record.description = refused.description
        except _Dropped:
            return await self._drop(request)
        record.status, record.answered_at = status, self.world.clock()
        self.world.changed.notify()
        return JSONResponse(body, status)

    async def _run(self, request: Request, record: Call) -> Any:
        if request.path_params["token"] != self.world.token:
            raise Refused(401, "Unauthorized")
        found = find(record.method)
        record.method = found.name
        arguments = await read_arguments(request)
        record.parameters = dict(arguments.values) | {
            name: file.name for name, file in arguments.files.items()
        }
        fault = self.world.faults.take(found.name, str(arguments.values.get("chat_id", "")))
        await _fail_before(fault)
        self.world.tick()
        result = await _call(self.world, found, arguments)
        await asyncio.sleep(fault.slow)
        if fault.drop == "after":
            raise _Dropped
        return result

    async def _drop(self, request: Request) -> Response:
        """Cuts the wire; what is returned goes nowhere."""
        assert request.client is not None
        self._wires[(request.client.host, request.client.port)].abort()
        await asyncio.sleep(0.01)
        return Response()


async def _call(world: World, found: Method, arguments: Arguments) -> Any:
    """A failure of the fake itself must be seen, not taken for one of Telegram's."""
    try:
        return await call(world, found, arguments)
    except Refused:
        raise
    except Exception as error:
        raise Refused(500, f"Internal Server Error of this fake: {error!r}") from error


async def _fail_before(fault: Fault) -> None:
    await asyncio.sleep(fault.stall)
    if fault.drop == "before":
        raise _Dropped
    if refusal := fault.refusal():
        raise refusal


def _protocol(wires: dict[tuple[str, int], asyncio.Transport]) -> type[H11Protocol]:
    """Uvicorn's protocol, which also tells which wire belongs to which client address."""

    class Wired(H11Protocol):
        # asyncio declares a wider type of transport, uvicorn the one that it is given.
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._address = transport.get_extra_info("peername")
            wires[self._address] = transport

        def connection_lost(self, exc: Exception | None) -> None:
            wires.pop(self._address, None)
            super().connection_lost(exc)

    return Wired
