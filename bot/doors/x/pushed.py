"""What brings messages at once: the activity stream, the webhook, or both."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Optional
from urllib.parse import urlsplit

import httpx
from starlette.applications import Starlette

from bot.doors.together import all_of
from bot.doors.x.activity import Activity
from bot.doors.x.api import Api
from bot.doors.x.problems import Failing, Problem, TooMany, Unauthorized
from bot.doors.x.stream import SILENCE, Stream
from bot.doors.x.subscriptions import App, register, subscribe
from bot.doors.x.webhook import webhook_app
from bot.gateway.keepsakes import Keepsakes
from bot.gateway.model import Clock, Sleep
from bot.settings import SettingError, XSettings

Serve = Callable[[Starlette, int], Coroutine[Any, Any, None]]

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 320.0
UNSUBSCRIBED = "X does not push messages ({}): polling goes on alone."
NEEDS = "X_WEBHOOK_URL needs X_CONSUMER_SECRET and X_BEARER_TOKEN: console.x.com shows both"


@dataclass(frozen=True, repr=False)
class Pushed:
    """Polling alone is enough: whatever fails here only makes answers slower."""

    settings: XSettings
    api: Api
    activity: Activity
    keepsakes: Keepsakes
    client: httpx.AsyncClient
    me: str
    wake: Callable[[], None]
    clock: Clock
    sleep: Sleep
    say: Callable[[str], None]
    silence: float = SILENCE

    async def run(self, serve: Serve) -> None:
        """Until cancelled, or until there is nothing to listen to.

        Raises:
            SettingError: the webhook lacks a setting.
        """
        url, bearer = self.settings.webhook_url, self.settings.bearer_token
        if url is not None:
            secret = self.settings.consumer_secret
            if secret is None or bearer is None:
                raise SettingError(NEEDS)
            app = webhook_app(self.activity, urlsplit(url).path, secret)
            port = self.settings.webhook_port
            await all_of(serve(app, port), self._hook(url, bearer))
        elif bearer is not None:
            await self._stream(bearer)

    async def _stream(self, bearer: str) -> None:
        if await self._subscribed(self._app(bearer), ""):
            stream = Stream(
                self.settings.api_url, bearer, self.api, self.activity, self.keepsakes, self.clock,
                self.wake, self.sleep, self.say, self.silence,
            )  # fmt: skip
            await stream.run()

    async def _hook(self, url: str, bearer: str) -> None:
        app = self._app(bearer)

        async def registered() -> str:
            return await register(app, url)

        webhook = await self._until_done(registered)
        if webhook is not None and await self._subscribed(app, webhook):
            self.say("X: the webhook is registered.")

    async def _subscribed(self, app: App, webhook: str) -> bool:
        async def subscribed() -> str:
            await subscribe(self.api, app, self.me, webhook)
            return "done"

        return await self._until_done(subscribed) is not None

    def _app(self, bearer: str) -> App:
        return App(self.client, self.settings.api_url, bearer)

    async def _until_done(self, work: Callable[[], Coroutine[Any, Any, str]]) -> Optional[str]:
        """What `work` gives, once it succeeds; None when X refuses for good."""
        pause = FIRST_PAUSE
        while True:
            try:
                return await work()
            except (Failing, TooMany, Unauthorized):
                await self.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            except Problem as problem:
                self.say(UNSUBSCRIBED.format(type(problem).__name__))
                return None
