"""Every call to X goes through here: its turn, its token, what it costs, what its answer means."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Optional

import httpx

from bot.doors.x.limits import Route, Window
from bot.doors.x.meter import Meter
from bot.doors.x.problems import (
    TOO_MANY,
    CreditGone,
    Failing,
    Raw,
    Restricted,
    Unauthorized,
    problem_of,
)
from bot.doors.x.tokens import Tokens
from bot.doors.x.valve import Valve
from bot.gateway.model import Chance, Clock, Sleep

Work = Callable[[str], Awaitable[Raw]]
Check = Callable[[], Awaitable[None]]

FIRST_RESTRICTION, LONGEST_RESTRICTION = 900.0, 6 * 3600.0
NO_CREDIT = (
    "X: the credits are used up (402). Nothing more is read or sent until credits are bought at"
    " console.x.com and this is started again; no message is lost."
)
RESTRICTED = "X does not let this account write for now (403): sending pauses, reading goes on."
BUDGET = "X: the budget of today (X_DAILY_BUDGET) is spent: pausing until midnight UTC."


class Api:
    """Calls X for the account."""

    def __init__(
        self,
        url: str,
        tokens: Tokens,
        meter: Meter,
        client: httpx.AsyncClient,
        clock: Clock,
        sleep: Sleep,
        chance: Chance,
        say: Callable[[str], None],
    ) -> None:
        self.tokens = tokens
        self.meter = meter
        self.everything = Valve(clock, sleep, say)
        self.writing = Valve(clock, sleep, say)
        self.proved = False
        self._url = url
        self._client = client
        self._clock = clock
        self._sleep = sleep
        self._chance = chance
        self._say = say
        self._routes: dict[str, Route] = {}
        self._restrictions = 0
        self._told = -1.0

    def route(self, name: str) -> Route:
        """The route of this name; each has a window of its own."""
        if name not in self._routes:
            self._routes[name] = Route(Window(self._clock, self._chance), self._sleep)
        return self._routes[name]

    def wait(self) -> float:
        """Seconds until writing is allowed at all, whatever the route."""
        return max(self.everything.wait(), self.writing.wait(), self.meter.wait())

    async def call(self, name: str, work: Work, check: Optional[Check] = None) -> Raw:
        """Do `work`, which is given a token, when its turn comes; the answer, a success.

        What writes to people has a `check`, which may still keep it back after all waiting.

        What is the fault of no single call (money, restrictions, limits that are known) is waited
        out here.

        Raises:
            Problem: it was not done, or (Failing) nobody knows.
        """
        renewed = False
        while True:
            await self._passage(check is not None)
            await self.route(name).turn()
            token = await self.tokens.current()
            if check is not None:
                await check()
            raw = await work(token)
            self.route(name).window.learn(raw.headers, raw.status == TOO_MANY)
            if raw.ok:
                self.proved = True
                self._restrictions = 0 if check else self._restrictions
                return raw
            try:
                raise problem_of(raw)
            except Unauthorized:
                if renewed or not await self.tokens.renew(token):
                    raise
                renewed = True
            except CreditGone:
                self.everything.shut(NO_CREDIT)
            except Restricted:
                if check is None:
                    raise
                self._restrict()

    async def get(self, name: str, path: str, query: Optional[Mapping[str, str]] = None) -> Raw:
        """Read `path`.

        Raises:
            Problem: there is no success.
        """
        return await self.call(name, lambda token: self._request("GET", path, token, query=query))

    async def post(
        self,
        name: str,
        path: str,
        body: Optional[dict[str, Any]] = None,
        check: Optional[Check] = None,
    ) -> Raw:
        """Write to `path`; see `call` for `check`.

        Raises:
            Problem: there is no success.
        """
        return await self.call(
            name, lambda token: self._request("POST", path, token, body=body), check
        )

    async def me(self) -> str:
        """The account's own id.

        Raises:
            Problem: there is no answer.
        """
        data = (await self.get("me", "/2/users/me")).data().get("data")
        identity = str(data.get("id", "")) if isinstance(data, dict) else ""
        if not identity.isdigit():
            raise Failing("no id in the answer")
        await self.meter.count("user", [identity])
        return identity

    async def _request(
        self,
        method: str,
        path: str,
        token: str,
        query: Optional[Mapping[str, str]] = None,
        body: Optional[dict[str, Any]] = None,
    ) -> Raw:
        headers = {"authorization": f"Bearer {token}"}
        try:
            answer = await self._client.request(
                method, self._url + path, params=query, json=body, headers=headers
            )
        except httpx.HTTPError as error:
            raise Failing(type(error).__name__) from None  # its message may quote what was sent
        return Raw(answer.status_code, answer.headers, answer.content)

    async def _passage(self, writes: bool) -> None:
        """Wait until nothing of a general kind stands in the way."""
        while True:
            await self.everything.passage()
            if writes:
                await self.writing.passage()
            if not (pause := self.meter.wait()):
                return
            if self._told < self._clock():
                self._say(BUDGET)
                self._told = self._clock() + pause
            await self._sleep(pause)

    def _restrict(self) -> None:
        pause = min(FIRST_RESTRICTION * 2**self._restrictions, LONGEST_RESTRICTION)
        self._restrictions += 1
        self.writing.pause(pause, RESTRICTED)
