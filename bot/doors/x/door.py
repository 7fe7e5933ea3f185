"""Puts the door together and keeps it open."""

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Optional

import httpx
import sqlalchemy as sa
from starlette.applications import Starlette

from bot.brain.interface import Brain
from bot.doors.together import all_of
from bot.doors.x.account import first_start, identify
from bot.doors.x.activity import Activity
from bot.doors.x.api import Api
from bot.doors.x.channel import XChannel
from bot.doors.x.desk import WORDING, Desk
from bot.doors.x.dm_reader import DmReader
from bot.doors.x.dms import Dms
from bot.doors.x.encrypted import Encrypted
from bot.doors.x.flood import Flood
from bot.doors.x.inbound import PLATFORM, Names
from bot.doors.x.intake import Intake
from bot.doors.x.meter import Meter
from bot.doors.x.oblivion import Oblivion
from bot.doors.x.poller import SHORTEST, Poller
from bot.doors.x.pushed import Pushed
from bot.doors.x.router import Router
from bot.doors.x.stream import SILENCE
from bot.doors.x.talk import Talk
from bot.doors.x.tokens import Tokens
from bot.doors.x.transports import Transports
from bot.doors.x.turnstile import Turnstile
from bot.doors.x.typing import Typing
from bot.doors.x.wire import Wire
from bot.doors.x.words import Words
from bot.gateway.courier import Courier
from bot.gateway.erasure import purge
from bot.gateway.gateway import Gateway, whereabouts
from bot.gateway.inbox import Inbox
from bot.gateway.instance import Instance, place_of
from bot.gateway.keepsakes import Keepsakes
from bot.gateway.model import Clock, Sleep
from bot.gateway.outbox import Outbox
from bot.gateway.pace import Unpaced
from bot.gateway.people import People
from bot.gateway.tables import KEPT_TEXTS, Store, open_store
from bot.gateway.threads import Threads
from bot.privacy.cipher import Cipher
from bot.replies.knowledge import Knowledge
from bot.replies.wording import load_wordings
from bot.settings import Settings

TIMEOUT = 25.0
HOUSEKEEPING_SECONDS = 600.0
UNSAID = (
    "X: set BOT_OPERATOR and BOT_PRIVACY_URL before people write: the first answer names who runs"
    " the robot and links to what is kept."
)

_log = logging.getLogger(__name__)

Serve = Callable[[Starlette, int], Coroutine[Any, Any, None]]
Say = Callable[[str], None]


@dataclass(frozen=True, repr=False)
class Door:
    """An open door: `run` until cancelled."""

    api: Api
    desk: Desk
    gateway: Gateway
    poller: Poller
    pushed: Pushed
    encrypted: Optional[Encrypted]
    instance: Instance
    settings: Settings
    sleep: Sleep
    say: Say

    async def run(self, serve: Serve) -> None:
        """Answer people; `serve` runs the webhook when there is one.

        Raises:
            SettingError: the token is refused.
            Displaced: another process serves this door now.
        """
        if not self.settings.operator or not self.settings.privacy_url:
            self.say(UNSAID)
        left = await self.gateway.start()
        self.say(f"X: the account listens ({left} message(s) from before).")
        work = [
            self.poller.run(), self.pushed.run(serve), self._keep_house(), self.instance.watch(),
        ]  # fmt: skip
        if self.encrypted is not None:
            work.append(self.encrypted.run())
        else:
            self.desk.transports.settle(None)
        await all_of(*work)

    async def _keep_house(self) -> None:
        while True:
            try:
                await purge(self.desk.store, self.desk.clock())
                await self.desk.oblivion.settle()
            except sa.exc.SQLAlchemyError as error:
                _log.error("the database fails: %s", whereabouts(error))
            await self.sleep(HOUSEKEEPING_SECONDS)


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
    shortest: float = SHORTEST,
    silence: float = SILENCE,
) -> AsyncIterator[Door]:
    """The door over `brain`; what is under way when the block ends is given a moment.

    `ticks` measures how long things take: unlike `clock`, nobody puts it forward or back.
    `shortest` is the least number of seconds between two polls, `silence` how long the stream may
    say nothing.

    Raises:
        NotLoggedIn: there is no token.
        SettingError: X refuses it.
    """
    # At the level below, the clients of HTTP write addresses, and tweepy writes tokens and texts.
    for name in ("httpx", "httpcore", "tweepy", "urllib3", "requests", "oauthlib"):
        logging.getLogger(name).setLevel(logging.WARNING)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        instance = Instance(place_of(settings.database, PLATFORM), PLATFORM, sleep, say)
        stack.callback(instance.leave)
        await instance.alone()
        store = await open_store(settings.database)
        stack.callback(store.close)
        client = await stack.enter_async_context(httpx.AsyncClient(timeout=TIMEOUT))
        wire = Wire(settings.x.api_url)
        stack.callback(wire.close)
        times = _Times(clock, ticks, sleep, shortest, silence)
        cipher = Cipher(key, KEPT_TEXTS)
        house = _House(settings, knowledge, brain, Names(key), cipher, store, times, say)
        api = await _api(house, client)
        door = await _put_together(house, api, wire, client, instance)
        stack.push_async_callback(door.gateway.stop)
        yield door


@dataclass(frozen=True)
class _Times:
    clock: Clock
    ticks: Clock
    sleep: Sleep
    shortest: float
    silence: float


@dataclass(frozen=True, repr=False)
class _House:
    """What the door stands on."""

    settings: Settings
    knowledge: Knowledge
    brain: Brain
    names: Names
    cipher: Cipher
    store: Store
    times: _Times
    say: Say

    @property
    def keepsakes(self) -> Keepsakes:
        return Keepsakes(PLATFORM, self.store, self.cipher, self.times.clock)

    @property
    def threads(self) -> Threads:
        return Threads(PLATFORM, self.store, self.cipher, self.times.clock)

    @property
    def people(self) -> People:
        return People(PLATFORM, self.store, self.cipher, self.times.clock)


async def _api(house: _House, client: httpx.AsyncClient) -> Api:
    settings, times = house.settings.x, house.times
    tokens = Tokens(settings, house.names, house.keepsakes, client, times.clock)
    await tokens.start()
    meter = Meter(house.store, house.names, times.clock, settings.daily_budget)
    await meter.start()
    chance = random.SystemRandom().random
    return Api(settings.api_url, tokens, meter, client, times.clock, times.sleep, chance, house.say)


async def _put_together(
    house: _House, api: Api, wire: Wire, client: httpx.AsyncClient, instance: Instance
) -> Door:
    settings, times, keepsakes = house.settings, house.times, house.keepsakes
    me = await identify(api, keepsakes, times.sleep, house.say)
    begun = await first_start(keepsakes, times.clock)
    dms = Dms(api, wire, house.names, keepsakes, me)
    desk = _desk(house, Transports(dms))
    gateway = _gateway(house, api, desk)
    intake = Intake(gateway, house.names, me)
    activity = Activity(intake.take, api.meter, begun, house.say)
    reader = DmReader(dms, keepsakes, intake.take)
    poller = Poller(api, "dm_events", reader.step, times.sleep, times.shortest)
    encrypted = _encrypted(house, api, desk, activity, me) if settings.x.encrypted else None

    def wake() -> None:
        for each in (poller, encrypted.poller if encrypted is not None else None):
            if each is not None:
                each.wake()

    activity.wake = wake
    pushed = Pushed(
        settings.x, api, activity, keepsakes, client, me, wake, times.clock, times.sleep, house.say,
        times.silence,
    )  # fmt: skip
    return Door(
        api, desk, gateway, poller, pushed, encrypted, instance, settings, times.sleep, house.say
    )


def _encrypted(house: _House, api: Api, desk: Desk, activity: Activity, me: str) -> Encrypted:
    times, folder = house.times, house.settings.data_dir
    return Encrypted(
        api, desk, activity, house.keepsakes, folder, me, times.sleep, times.shortest, house.say
    )


def _desk(house: _House, transports: Transports) -> Desk:
    wordings, settings = load_wordings(WORDING), house.settings
    return Desk(
        house.brain, house.knowledge, wordings, Words(wordings),
        house.names, house.people, house.threads, Oblivion(house.brain, house.keepsakes),
        house.store, transports, house.times.clock, settings.operator, settings.privacy_url,
    )  # fmt: skip


def _gateway(house: _House, api: Api, desk: Desk) -> Gateway:
    clock, ticks, sleep = house.times.clock, house.times.ticks, house.times.sleep
    channel = XChannel(api, desk.transports, desk.threads, desk.names)
    turnstile = Turnstile(api, desk.threads, desk.words, sleep)
    gateway = Gateway(
        Router(desk, Talk(desk, Typing(desk.transports)), Flood(clock)),
        Inbox(house.store, house.cipher, clock),
        Outbox(house.store, house.cipher, clock),
        Courier(channel, ticks, sleep, random.SystemRandom().random, pace=Unpaced()),
        desk.people,
        sleep,
        turnstile.over(lambda event: gateway.behind(event)),
        turnstile.notice,
    )
    return gateway
