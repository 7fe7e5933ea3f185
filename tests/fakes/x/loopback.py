"""An ASGI app on a loopback port, opened and closed at once, whose connections can be cut."""

import asyncio
import socket

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

WIRE = "wire"  # the member of a request's scope that holds its connection


class Loopback:
    """`async with Loopback(app) as served:` serves until the block ends.

    Uvicorn's own server looks for its end only ten times a second.
    """

    def __init__(self, app: ASGIApp, port: int = 0) -> None:
        quiet = {"lifespan": "off", "ws": "none", "log_level": "critical", "access_log": False}
        self._config = uvicorn.Config(_with_wire(app), http="h11", **quiet)  # type: ignore[arg-type]
        self._state = ServerState()
        # asyncio turns the delay of small packets off only on sockets that say they are TCP.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    async def __aenter__(self) -> "Loopback":
        self._config.load()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, sock=self._socket)
        return self

    def _connection(self) -> H11Protocol:
        return H11Protocol(self._config, self._state, app_state={})

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for connection in list(self._state.connections):
            connection.transport.abort()
        tasks = list(self._state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _with_wire(app: ASGIApp) -> ASGIApp:
    async def wired(scope: Scope, receive: Receive, send: Send) -> None:
        cycle = send.__self__  # type: ignore[attr-defined]  # uvicorn's, which holds the connection
        scope[WIRE] = cycle.transport
        await app(scope, receive, send)

    return wired
