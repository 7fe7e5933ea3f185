"""How updates come in: none is confirmed to Telegram before it is committed here."""

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.doors.telegram.api import Api, seconds_of
from bot.doors.telegram.visit import KINDS, Names
from bot.gateway.gateway import Gateway, whereabouts
from bot.gateway.model import Clock, Sleep
from bot.settings import SettingError

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
CONFLICT_PAUSE = 5.0
CONFLICT_SILENCE = 600.0
LONGEST_UPDATE = 1 << 20
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - the name of a header
REFUSED = "TELEGRAM_TOKEN is refused by Telegram: copy it again from @BotFather"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Intake:
    """Stores updates; those that cannot wait go to `at_once` instead."""

    gateway: Gateway
    names: Names
    at_once: Callable[[dict[str, Any]], None]

    async def take(self, updates: list[dict[str, Any]]) -> None:
        """Commit what has to be kept.

        Raises:
            SQLAlchemyError: nothing was kept.
        """
        kept = []
        for update in updates:
            if "inline_query" in update:
                self.at_once(update["inline_query"])
            else:
                kept.append(self.names.event(update, json.dumps(update)))
        await self.gateway.take(kept)


async def connect(api: Api, sleep: Sleep, say: Callable[[str], None]) -> None:
    """Wait until Telegram can be reached, and say so once.

    Raises:
        SettingError: Telegram does not know the token.
    """
    await until_reached(api.initialize, sleep, say)


async def until_reached(
    call: Callable[[], Awaitable[object]],
    sleep: Sleep,
    say: Callable[[str], None],
    final: tuple[type[TelegramError], ...] = (),
) -> None:
    """Call Telegram until it answers, saying once that it does not.

    Raises:
        SettingError: Telegram does not know the token.
        TelegramError: one of those that are `final`.
    """
    pause, told = FIRST_PAUSE, False
    while True:
        try:
            await call()
            return
        except final:
            raise
        except InvalidToken:
            raise SettingError(REFUSED) from None  # the message of the error holds the token
        except RetryAfter as error:
            await sleep(seconds_of(error.retry_after))
        except TelegramError:
            if not told:
                say("Telegram cannot be reached yet: trying again until it can.")
            told = True
            await sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)


class Poller:
    """Asks for updates, commits them, and only then asks for those after them."""

    def __init__(
        self, api: Api, intake: Intake, clock: Clock, sleep: Sleep, say: Callable[[str], None]
    ) -> None:
        self._api, self._intake, self._say = api, intake, say
        self._clock, self._sleep = clock, sleep
        self._offset = 0
        self._pause = FIRST_PAUSE
        self._last_conflict = float("-inf")

    async def run(self) -> None:
        """Until cancelled.

        Raises:
            SettingError: the token is no longer valid.
        """
        while True:
            try:
                await self._step()
                self._pause = FIRST_PAUSE
            except InvalidToken:
                raise SettingError(REFUSED) from None
            except Conflict:
                await self._not_alone()
            except RetryAfter as error:
                await self._sleep(seconds_of(error.retry_after))
            except (TelegramError, sa.exc.SQLAlchemyError) as error:
                _log.warning("no updates for now: %s", whereabouts(error))
                await self._sleep(self._pause)
                self._pause = min(2 * self._pause, LONGEST_PAUSE)

    async def _step(self) -> None:
        updates = await self._api.fetch(self._offset, KINDS)
        await self._intake.take(updates)
        if updates:
            self._offset = updates[-1]["update_id"] + 1

    async def _not_alone(self) -> None:
        """Two that fetch end each other's calls again and again: it is said when it begins."""
        if self._clock() - self._last_conflict > CONFLICT_SILENCE:
            self._say(
                "ANOTHER PROCESS IS FETCHING THE UPDATES OF THIS BOT: stop one of the two"
                " (or remove the webhook); until then each gets only some of the messages."
            )
        self._last_conflict = self._clock()
        await self._sleep(CONFLICT_PAUSE)


def webhook_app(intake: Intake, path: str, secret: str) -> Starlette:
    """Takes the updates that Telegram posts to `path` with its secret."""

    async def receive(request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return PlainTextResponse("wrong or missing secret", 403)
        update = await _update(request)
        if update is None:
            return PlainTextResponse("not an update", 400)
        try:
            await intake.take([update])
        except sa.exc.SQLAlchemyError as error:
            _log.error("an update could not be kept: %s", whereabouts(error))
            return PlainTextResponse("try again later", 503)
        return Response()

    return Starlette(routes=[Route(path or "/", receive, methods=["POST"])])


async def _update(request: Request) -> "dict[str, Any] | None":
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_UPDATE:
            return None
    try:
        update = json.loads(bytes(body))
    except (ValueError, RecursionError):
        return None
    known = isinstance(update, dict) and isinstance(update.get("update_id"), int)
    return update if known else None


def in_background(work: Callable[[Any], Awaitable[None]]) -> Callable[[Any], None]:
    """Starts `work` and does not wait; keeps hold of it until it is done."""
    running: set[asyncio.Task[None]] = set()

    async def guarded(given: Any) -> None:
        try:
            await work(given)
        except Exception as error:
            _log.error("an inline query failed: %s", whereabouts(error))

    def start(given: Any) -> None:
        task = asyncio.create_task(guarded(given))
        running.add(task)
        task.add_done_callback(running.discard)

    return start
