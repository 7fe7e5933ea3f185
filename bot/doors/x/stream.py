"""The activity stream: messages at once, without a public address. Polling fills its gaps.

The pauses are those that X asks for (docs.x.com/x-api/fundamentals/handling-disconnections).
"""

import json
import logging
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import httpx
import sqlalchemy as sa

from bot.doors.x.activity import Activity
from bot.doors.x.api import NO_CREDIT, Api
from bot.doors.x.problems import (
    TOO_MANY,
    CreditGone,
    Invalid,
    Misconfigured,
    Problem,
    Raw,
    Restricted,
    Unauthorized,
    problem_of,
)
from bot.gateway.gateway import whereabouts
from bot.gateway.keepsakes import Keepsakes
from bot.gateway.model import Clock, Sleep

PATH, KILL = "/2/activity/stream", "/2/connections/all"
SILENCE = 25.0  # a sign of life comes every 20 seconds
NETWORK_STEP, NETWORK_MOST = 0.25, 16.0
HTTP_FIRST, HTTP_MOST = 5.0, 320.0
TOO_MANY_FIRST = 60.0
LONGEST_LINE = 1 << 20
HEARD = "stream heard"
OVERLAP, LONGEST_GAP = 60.0, 24 * 3600.0
NO_STREAM = "X: the activity stream is refused ({}): check X_BEARER_TOKEN. Polling goes on alone."

MOMENT = "%Y-%m-%dT%H:%M:%SZ"

_log = logging.getLogger(__name__)


class Stream:
    """Listens; `wake` is called when there may be a gap for polling to fill."""

    def __init__(
        self,
        url: str,
        bearer: str,
        api: Api,
        activity: Activity,
        keepsakes: Keepsakes,
        clock: Clock,
        wake: Callable[[], None],
        sleep: Sleep,
        say: Callable[[str], None],
        silence: float = SILENCE,
    ) -> None:
        self._url = url
        self._headers = {"authorization": f"Bearer {bearer}"}
        self._api = api
        self._activity = activity
        self._keepsakes = keepsakes
        self._clock = clock
        self._wake = wake
        self._sleep = sleep
        self._say = say
        self._timeout = httpx.Timeout(25.0, read=silence)
        self._catches_up = True
        self._lost = 0
        self._refused = 0
        self._first = HTTP_FIRST

    async def run(self) -> None:
        """Until cancelled, or until X refuses for good: then polling goes on alone."""
        async with httpx.AsyncClient(timeout=self._timeout) as client:
            while True:
                await self._api.everything.passage()
                try:
                    await self._listen(client)
                    self._lost += 1
                except (Restricted, Misconfigured) as refused:
                    self._say(NO_STREAM.format(type(refused).__name__))
                    return
                except Unauthorized:  # not for good: X has refused everybody for hours before
                    if not self._refused:
                        self._say(NO_STREAM.format("Unauthorized"))
                    self._refused += 1
                except CreditGone:
                    self._api.everything.shut(NO_CREDIT)
                except Invalid:
                    if not self._catches_up:
                        self._say(NO_STREAM.format("Invalid"))
                        return
                    self._catches_up = False  # not every account gets what it missed
                except Problem:
                    self._refused += 1
                except (httpx.HTTPError, sa.exc.SQLAlchemyError) as error:
                    _log.info("the stream ended: %s", whereabouts(error))
                    self._lost += 1
                finally:
                    self._wake()
                await self._sleep(self._pause())

    async def _listen(self, client: httpx.AsyncClient) -> None:
        """Until the stream ends."""
        query = await self._since()
        stream = client.stream("GET", self._url + PATH, params=query, headers=self._headers)
        async with stream as answer:
            if answer.status_code != 200:
                await self._refuse(client, answer)
            self._lost = self._refused = 0
            self._wake()
            rest = b""
            async for chunk in answer.aiter_bytes():
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    await self._line(line)
                if len(rest) > LONGEST_LINE:
                    raise httpx.DecodingError("a line without an end")

    async def _since(self) -> dict[str, str]:
        """From when on to be told again: since the last thing we heard, not longer than a day."""
        heard = await self._keepsakes.get(HEARD)
        if heard is None or not self._catches_up:
            return {}
        start = max(float(heard) - OVERLAP, self._clock() - LONGEST_GAP)
        return {"start_time": datetime.fromtimestamp(start, timezone.utc).strftime(MOMENT)}

    async def _line(self, line: bytes) -> None:
        if not line.strip():
            return
        try:
            envelope = json.loads(line)
        except (ValueError, RecursionError):
            _log.warning("a line of the stream cannot be read")
            return
        try:
            await self._activity.receive(envelope)
            await self._keepsakes.put(HEARD, repr(self._clock()))
        except Problem as problem:  # polling brings it
            _log.info("a pushed message is left to polling: %s", type(problem).__name__)
            self._wake()

    async def _refuse(self, client: httpx.AsyncClient, answer: httpx.Response) -> None:
        raw = Raw(answer.status_code, answer.headers, await answer.aread())
        if raw.status == TOO_MANY and _is_crowded(raw):
            await client.request("DELETE", self._url + KILL, headers=self._headers)
        self._first = TOO_MANY_FIRST if raw.status == TOO_MANY else HTTP_FIRST
        raise problem_of(raw)

    def _pause(self) -> float:
        if self._refused:
            return float(min(self._first * 2 ** (self._refused - 1), HTTP_MOST))
        return min(NETWORK_STEP * self._lost, NETWORK_MOST)


def _is_crowded(raw: Raw) -> bool:
    """Our own connections of before hold the places."""
    try:
        told: Any = raw.data()
    except Problem:
        return False
    return bool(told.get("connection_issue") == "TooManyConnections")
