"""Makes deliveries: each is one message, by the stack that was chosen for it.

The body of a delivery: `stack`, the `letter` as the transport wrote it (or `plain` text), its
`key`, and what is known of the thread once it is delivered.
"""

from collections.abc import Mapping
from typing import Any, Optional

from bot.doors.x.api import Api
from bot.doors.x.inbound import Names, Sending, Stack
from bot.doors.x.problems import (
    Failing,
    Invalid,
    Misconfigured,
    Missing,
    PersonClosed,
    Problem,
    TooMany,
    Unauthorized,
)
from bot.doors.x.transports import Transports
from bot.doors.x.turnstile import ROUTES
from bot.gateway.model import Closed, Delivery, Refused, SendError, TooFast, Unavailable
from bot.gateway.threads import Threads

ACCESS_PAUSE = 300.0
NO_ACCESS = (
    "X refuses the token (401) and gives no new one: trying again every five minutes. If it goes"
    " on, log in again with `python -m bot x login`. No message is lost."
)
WRONG_APP = "X: the app or its token may not write any more (403): see the console of X."


class XChannel:
    """Writes to people on X."""

    def __init__(self, api: Api, transports: Transports, threads: Threads, names: Names) -> None:
        self._api = api
        self._transports = transports
        self._threads = threads
        self._names = names

    async def send(self, delivery: Delivery) -> Optional[str]:
        """See `Channel.send`."""
        body, person = delivery.body, self._names.person(delivery.address)
        thread = await self._threads.of(person)

        async def check() -> None:
            stopped = (await self._threads.of(person)).stopped
            if stopped and not body.get("last") and not body.get("traceless"):
                raise Closed("said stop")

        sending = Sending(body["key"], thread.last, check)
        while True:
            try:
                message = await self._send(delivery, sending)
                break
            except Unauthorized:
                self._api.everything.pause(ACCESS_PAUSE, NO_ACCESS)
            except Misconfigured:
                self._api.everything.shut(WRONG_APP)
            except Problem as problem:
                raise self._meaning(problem, body["stack"]) from None
        if not body.get("traceless"):
            await self._threads.note(person, last=message, **_known(body, thread.skipped))
        return message

    def plainer(self, _delivery: Delivery, _reason: str) -> Optional[Delivery]:
        """See `Channel.plainer`: what is sent is plain."""
        return None

    async def _send(self, delivery: Delivery, sending: Sending) -> str:
        body, to = delivery.body, delivery.address
        transport = await self._transports.of(body["stack"])
        if transport is None:
            raise Failing("encrypted messages are closed")
        letter = body.get("letter") or await transport.write(to, body["plain"], (), "")
        return await transport.send(to, letter, sending)

    def _meaning(self, problem: Problem, stack: Stack) -> SendError:
        """What the gateway has to know of it."""
        if isinstance(problem, TooMany):
            return TooFast(self._api.route(ROUTES[stack]).window.wait())
        if isinstance(problem, PersonClosed):
            return Closed("closed")
        if isinstance(problem, Failing):
            return Unavailable(str(problem))
        if isinstance(problem, (Invalid, Missing)):
            return Refused("X takes no such message")
        return Refused(type(problem).__name__)


def _known(body: Mapping[str, Any], skipped: bool) -> dict[str, Any]:
    """What is known of a thread after this was delivered."""
    known: dict[str, Any] = {}
    if "language" in body:
        known["language"] = body["language"]
    if "choices" in body:
        known["choices"] = tuple(body["choices"])
    if body.get("greets"):
        known["greeted"] = True
    if body.get("last"):
        known["farewell"] = True
    if body.get("tells_skipped") and skipped:
        known["skipped"] = False
    return known
