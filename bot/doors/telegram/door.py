"""Puts the door together and keeps it open."""

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from starlette.applications import Starlette
from telegram.error import BadRequest

from bot.brain.interface import Brain
from bot.doors.telegram import inline, menus, word
from bot.doors.telegram.addressed import Listener
from bot.doors.telegram.api import Api
from bot.doors.telegram.channel import TelegramChannel
from bot.doors.telegram.commands import Commands
from bot.doors.telegram.desk import WORDING, Desk, Recent
from bot.doors.telegram.intake import (
    Intake,
    Poller,
    connect,
    in_background,
    until_reached,
    webhook_app,
)
from bot.doors.telegram.router import Router
from bot.doors.telegram.talk import Talk
from bot.doors.telegram.taps import Taps
from bot.doors.telegram.visit import KINDS, PLATFORM, Names
from bot.doors.together import all_of
from bot.gateway.courier import Courier
from bot.gateway.erasure import purge
from bot.gateway.gateway import Gateway, whereabouts
from bot.gateway.inbox import Inbox
from bot.gateway.instance import Instance, place_of
from bot.gateway.model import Clock, Sleep
from bot.gateway.outbox import Outbox
from bot.gateway.people import People
from bot.gateway.tables import KEPT_TEXTS, Store, open_store
from bot.privacy.cipher import Cipher
from bot.privacy.keys import derived
from bot.replies.knowledge import Knowledge
from bot.replies.lookup import Lookup
from bot.replies.wording import load_wordings
from bot.settings import SettingError, Settings

WORD_SECONDS, PURGE_SECONDS = 60.0, 3_600.0
WEBHOOK_SECRET = "telegram webhook"  # noqa: S105 - names what a key is derived for

_log = logging.getLogger(__name__)

Serve = Callable[[Starlette, int], Coroutine[Any, Any, None]]
Say = Callable[[str], None]


@dataclass(frozen=True, repr=False)
class Door:
    """An open door: `run` until cancelled."""

    api: Api
    desk: Desk
    talk: Talk
    gateway: Gateway
    intake: Intake
    instance: Instance
    settings: Settings
    webhook_secret: str
    ticks: Clock
    sleep: Sleep
    say: Say

    async def run(self, serve: Serve) -> None:
        """Answer people; `serve` runs the webhook when there is one.

        Raises:
            SettingError: the token or the webhook is refused.
            Displaced: another process serves this door now.
        """
        await self.instance.alone()
        await connect(self.api, self.sleep, self.say)
        left = await self.gateway.start()
        self.say(f"Telegram: @{self.api.username} listens ({left} message(s) from before).")
        await all_of(
            self._receive(serve),
            menus.publish(self.api, self.desk.words),
            self._every(WORD_SECONDS, self._send_words),
            self._every(PURGE_SECONDS, self._purge),
            self.instance.watch(),
        )

    async def _receive(self, serve: Serve) -> None:
        url = self.settings.telegram_webhook_url
        if url is None:
            # One that was set before would keep the updates from us; what waits is kept.
            remove = partial(self.api.delete_webhook, drop_pending_updates=False)
            await until_reached(remove, self.sleep, self.say)
            await Poller(self.api, self.intake, self.ticks, self.sleep, self.say).run()
            return
        app = webhook_app(self.intake, urlsplit(url).path, self.webhook_secret)
        await all_of(
            serve(app, self.settings.telegram_webhook_port),
            self._set_webhook(url),
        )

    async def _set_webhook(self, url: str) -> None:
        setting = partial(
            self.api.set_webhook, url, secret_token=self.webhook_secret, allowed_updates=KINDS
        )
        try:
            await until_reached(setting, self.sleep, self.say, final=(BadRequest,))
        except BadRequest as error:
            raise SettingError(
                f"TELEGRAM_WEBHOOK_URL is refused by Telegram ({type(error).__name__}):"
                " it must be https, on port 443, 80, 88 or 8443"
            ) from None

    async def _every(self, seconds: float, work: Callable[[], Awaitable[object]]) -> None:
        while True:
            try:
                await work()
            except sa.exc.SQLAlchemyError as error:
                _log.error("the database fails: %s", whereabouts(error))
            await self.sleep(seconds)

    async def _send_words(self) -> None:
        await self.gateway.trickle(await word.due(self.desk))

    async def _purge(self) -> int:
        return await purge(self.desk.store, self.desk.clock())


@asynccontextmanager
async def open_door(
    settings: Settings,
    knowledge: Knowledge,
    brain: Brain,
    key: bytes,
    say: Say,
    clock: Clock = time.time,
    sleep: Sleep = asyncio.sleep,
    ticks: Clock = time.monotonic,
) -> AsyncIterator[Door]:
    """The door over `brain`; what is under way when the block ends is given a moment.

    `ticks` measures how long things take: unlike `clock`, nobody puts it forward or back.

    Raises:
        SettingError: there is no token.
    """
    if settings.telegram_token is None:
        raise SettingError("TELEGRAM_TOKEN is not set: @BotFather on Telegram gives one")
    # At the level below, the client of HTTP writes addresses, and ours hold the token.
    for name in ("httpx", "httpcore", "telegram"):
        logging.getLogger(name).setLevel(logging.WARNING)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    store = await open_store(settings.database)
    api = Api(settings.telegram_token, settings.telegram_api_url)
    door = _put_together(settings, knowledge, brain, key, store, api, clock, ticks, sleep, say)
    try:
        yield door
    finally:
        await door.gateway.stop()
        store.close()
        door.instance.leave()
        await api.shutdown()


def _put_together(
    settings: Settings,
    knowledge: Knowledge,
    brain: Brain,
    key: bytes,
    store: Store,
    api: Api,
    clock: Clock,
    ticks: Clock,
    sleep: Sleep,
    say: Say,
) -> Door:
    cipher, chance = Cipher(key, KEPT_TEXTS), random.SystemRandom().random
    outbox = Outbox(store, cipher, clock)
    people = People(PLATFORM, store, cipher, clock)
    desk = Desk(
        api, brain, knowledge, Lookup(knowledge), load_wordings(WORDING), Names(key), people,
        outbox, store, Recent(clock), clock, chance, settings.operator, settings.timezone,
    )  # fmt: skip
    talk = Talk(desk)
    commands = Commands(desk, talk)
    router = Router(desk, talk, commands, Taps(desk, talk, commands), Listener(api))

    async def moved(old: str, new: str) -> None:
        await word.relocate(desk, int(old), int(new))

    courier = Courier(TelegramChannel(api), ticks, sleep, chance, moved)
    gateway = Gateway(router, Inbox(store, cipher, clock), outbox, courier, people, sleep)
    at_once = in_background(partial(inline.answer, desk, talk))
    intake = Intake(gateway, desk.names, at_once)
    instance = Instance(place_of(settings.database, PLATFORM), PLATFORM, sleep, say)
    secret = derived(key, WEBHOOK_SECRET)
    return Door(api, desk, talk, gateway, intake, instance, settings, secret, ticks, sleep, say)
