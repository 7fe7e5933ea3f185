"""The account's tokens: renewed before they are over, and kept sealed before they are used.

A refresh token works once. What X gives in its place is committed before anything is done with it.
"""

import asyncio
import base64
import json
from dataclasses import asdict, dataclass
from typing import Any, Optional

import httpx

from bot.doors.x.inbound import Names
from bot.doors.x.problems import Failing, Invalid, Raw, Unauthorized, problem_of
from bot.gateway.keepsakes import Keepsakes
from bot.gateway.model import Clock
from bot.settings import SettingError, XSettings

TOKEN_PATH = "/2/oauth2/token"  # noqa: S105 - a path
EARLY = 60.0
KEPT = "tokens"
NOBODY = (
    "X_ACCESS_TOKEN is not set, and nobody has logged in: `python -m bot x login` walks you"
    " through it"
)
REFUSED = (
    "X_ACCESS_TOKEN is refused by X and X_REFRESH_TOKEN gives no new one:"
    " log in again with `python -m bot x login`"
)


class NotLoggedIn(SettingError):
    """There are no tokens yet, neither given nor kept."""


@dataclass(frozen=True, repr=False)
class Pair:
    """`ends` is when the access token is over, if that is known; `origin` whose settings it is."""

    access: str
    refresh: str
    ends: Optional[float]
    origin: str


class Tokens:
    """Gives the access token of the moment."""

    def __init__(
        self,
        settings: XSettings,
        names: Names,
        keepsakes: Keepsakes,
        client: httpx.AsyncClient,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._keepsakes = keepsakes
        self._client = client
        self._clock = clock
        self.origin = names.hidden(f"{settings.access_token} {settings.refresh_token}")
        self._pair = Pair("", "", None, self.origin)
        self._renewing = asyncio.Lock()
        self._spent = ""

    async def start(self) -> None:
        """Take the tokens of before, unless the settings have others since.

        Raises:
            NotLoggedIn: there are none.
        """
        kept = await self._keepsakes.get(KEPT)
        found = Pair(**json.loads(kept)) if kept else None
        given = self._settings
        if found is not None and found.origin == self.origin:
            self._pair = found
        elif given.access_token or given.refresh_token:
            access, refresh = given.access_token or "", given.refresh_token or ""
            self._pair = Pair(access, refresh, None, self.origin)
        else:
            raise NotLoggedIn(NOBODY)

    async def current(self) -> str:
        """A token that is not about to be over.

        Raises:
            Failing: X does not answer.
        """
        pair = self._pair
        over = pair.ends is not None and self._clock() >= pair.ends - EARLY
        if over or not pair.access:
            await self.renew(pair.access)
        return self._pair.access

    async def renew(self, used: str) -> bool:
        """Whether there is another token than `used`; many may ask, X is asked once.

        Raises:
            Failing: X does not answer.
        """
        async with self._renewing:
            pair = self._pair
            if pair.access != used:
                return True
            if not pair.refresh or pair.refresh == self._spent:
                return False
            form = {"grant_type": "refresh_token", "refresh_token": pair.refresh}
            try:
                answer = await ask_token(self._client, self._settings, form)
            except Unauthorized:
                return False
            except Invalid:
                self._spent = pair.refresh
                return False
            await self.keep(answer)
            return True

    async def keep(self, answer: dict[str, Any]) -> None:
        """Commit what the token endpoint gave, then use it.

        Raises:
            Failing: it gave no token.
        """
        access = answer.get("access_token")
        if not isinstance(access, str) or not access:
            raise Failing("no token in the answer")
        seconds = answer.get("expires_in")
        ends = self._clock() + seconds if isinstance(seconds, (int, float)) else None
        refresh = answer.get("refresh_token") or self._pair.refresh
        pair = Pair(access, str(refresh), ends, self.origin)
        await self._keepsakes.put(KEPT, json.dumps(asdict(pair)))
        self._pair = pair


async def ask_token(
    client: httpx.AsyncClient, settings: XSettings, form: dict[str, str]
) -> dict[str, Any]:
    """What the token endpoint answers to `form`.

    Raises:
        Problem: it gives no token.
    """
    headers = {}
    if settings.client_secret:
        both = f"{settings.client_id}:{settings.client_secret}".encode()
        headers["authorization"] = f"Basic {base64.b64encode(both).decode()}"
    else:
        form = {**form, "client_id": settings.client_id or ""}
    try:
        answer = await client.post(settings.api_url + TOKEN_PATH, data=form, headers=headers)
    except httpx.HTTPError as error:
        raise Failing(type(error).__name__) from None
    raw = Raw(answer.status_code, answer.headers, answer.content)
    if not raw.ok:
        raise problem_of(raw)
    return raw.data()
