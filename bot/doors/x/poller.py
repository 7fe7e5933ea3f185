"""The base of truth: asks for what is new, again and again, whatever else brings messages."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

import sqlalchemy as sa

from bot.doors.together import first_of
from bot.doors.x.api import Api
from bot.doors.x.channel import ACCESS_PAUSE, NO_ACCESS, WRONG_APP
from bot.doors.x.problems import (
    Failing,
    Misconfigured,
    Problem,
    Restricted,
    TooMany,
    Unauthorized,
)
from bot.doors.x.tokens import REFUSED
from bot.gateway.gateway import whereabouts
from bot.gateway.model import Sleep
from bot.settings import SettingError

SHORTEST = 5.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
SCOPES = (
    "X_ACCESS_TOKEN may not read messages (403): the app needs the scopes dm.read dm.write"
    " tweet.read users.read offline.access; log in again with `python -m bot x login`"
)

_log = logging.getLogger(__name__)


class Poller:
    """Takes `step` after step, as often as X allows and as is of use; `wake` makes it at once.

    `route` is the one whose limit sets the pace.
    """

    def __init__(
        self,
        api: Api,
        route: str,
        step: Callable[[], Awaitable[None]],
        sleep: Sleep,
        shortest: float = SHORTEST,
    ) -> None:
        self._api = api
        self._route = route
        self._step = step
        self._sleep = sleep
        self._shortest = shortest
        self._pause = FIRST_PAUSE
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """There may be something new."""
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled.

        Raises:
            SettingError: the token is refused, or of the wrong kind.
        """
        while True:
            self._woken.clear()
            try:
                await self._step()
                self._pause = FIRST_PAUSE
                await self._rest()
            except (Problem, sa.exc.SQLAlchemyError) as error:
                await self._suffer(error)

    async def _rest(self) -> None:
        window = self._api.route(self._route).window
        pause = max(window.interval(), self._shortest)
        # Whoever wakes us again and again must not use up the turns of the whole quarter.
        await self._sleep(max(pause / 4, self._shortest))
        await first_of(self._woken.wait(), self._sleep(3 * pause / 4))

    async def _suffer(self, error: Exception) -> None:
        """Wait for what will pass, end for what will not."""
        if isinstance(error, TooMany):
            return  # the route's window knows how long to wait
        if not self._api.proved:
            with suppress(KeyError):
                raise SettingError(_FATAL[type(error)]) from None
        if isinstance(error, Unauthorized):
            self._api.everything.pause(ACCESS_PAUSE, NO_ACCESS)
        elif isinstance(error, Restricted):
            await self._sleep(ACCESS_PAUSE)
        elif isinstance(error, Misconfigured):
            self._api.everything.shut(WRONG_APP)
        else:
            kind = str(error) if isinstance(error, Failing) else whereabouts(error)
            _log.warning("no messages for now: %s", kind)
            await self._sleep(self._pause)
            self._pause = min(2 * self._pause, LONGEST_PAUSE)


_FATAL: dict[type[Exception], str] = {
    Unauthorized: REFUSED,
    Restricted: SCOPES,
    Misconfigured: f"X_ACCESS_TOKEN is of the wrong kind: {SCOPES.partition(': ')[2]}",
}
