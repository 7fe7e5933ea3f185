"""Puts the door together and keeps it open."""

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import sqlalchemy as sa
from starlette.applications import Starlette

from bot.brain.interface import Brain
from bot.doors.together import all_of
from bot.doors.x.account import alone, identify
from bot.doors.x.api import Api
from bot.doors.x.channel import XChannel
from bot.doors.x.desk import WORDING, Desk
from bot.doors.x.dms import Dms
from bot.doors.x.flood import Flood
from bot.doors.x.inbound import PLATFORM, Names
from bot.doors.x.intake import Intake, stopping
from bot.doors.x.meter import Meter
from bot.doors.x.oblivion import Oblivion
from bot.doors.x.poller import SHORTEST, Poller
from bot.doors.x.router import Router
from bot.doors.x.talk import Talk
from bot.doors.x.tokens import Tokens
from bot.doors.x.turnstile import Turnstile
from bot.doors.x.typing import Typing
from bot.doors.x.wire import Wire
from bot.doors.x.words import Words
from bot.gateway.alone import Hold
from bot.gateway.courier import Courier
from bot.gateway.erasure import purge
from bot.gateway.gateway import Gateway, whereabouts
from bot.gateway.inbox import Inbox
from bot.gateway.keepsakes import Keepsakes
from bot.gateway.model import Clock, Sleep
from bot.gateway.outbox import Outbox
from bot.gateway.pace import Unpaced
from bot.gateway.people import People
from bot.gateway.tables import KEPT_TEXTS, Store, open_store
from bot.gateway.threads import Threads
from bot.privacy.cipher import Cipher
from bot.replies.knowledge import Knowledge
from bot.replies.lookup import Lookup
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
    intake: Intake
    poller: Poller
    settings: Settings
    sleep: Sleep
    say: Say

    async def run(self, serve: Serve) -> None:
        """Answer people; `serve` runs the webhook when there is one.

        Raises:
            SettingError: the token is refused.
        """
        if not self.settings.operator or not self.settings.privacy_url:
            self.say(UNSAID)
        left = await self.gateway.start()
        self.say(f"X: the account listens ({left} message(s) from before).")
        await all_of(self.poller.run(), self._keep_house())

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
) -> AsyncIterator[Door]:
    """The door over `brain`; what is under way when the block ends is given a moment.

    `ticks` measures how long things take: unlike `clock`, nobody puts it forward or back.
    `shortest` is the least number of seconds between two polls.

    Raises:
        SettingError: there is no token, or X refuses it.
    """
    # At the level below, the clients of HTTP write addresses, and tweepy writes tokens and texts.
    for name in ("httpx", "httpcore", "tweepy", "urllib3", "requests", "oauthlib"):
        logging.getLogger(name).setLevel(logging.WARNING)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        hold = Hold(settings.database, settings.data_dir, PLATFORM)
        stack.callback(hold.release)
        await alone(hold, sleep, say)
        store = await open_store(settings.database)
        stack.callback(store.close)
        client = await stack.enter_async_context(httpx.AsyncClient(timeout=TIMEOUT))
        wire = Wire(settings.x.api_url)
        stack.callback(wire.close)
        house = _House(settings, knowledge, brain, Names(key), Cipher(key, KEPT_TEXTS), store)
        api = await _api(house, client, clock, sleep, say)
        door = await _put_together(house, api, wire, clock, ticks, sleep, say, shortest)
        stack.push_async_callback(door.gateway.stop)
        yield door


@dataclass(frozen=True, repr=False)
class _House:
    """What the door stands on."""

    settings: Settings
    knowledge: Knowledge
    brain: Brain
    names: Names
    cipher: Cipher
    store: Store

    def keepsakes(self, clock: Clock) -> Keepsakes:
        return Keepsakes(PLATFORM, self.store, self.cipher, clock)


async def _api(
    house: _House, client: httpx.AsyncClient, clock: Clock, sleep: Sleep, say: Say
) -> Api:
    settings = house.settings.x
    tokens = Tokens(settings, house.names, house.keepsakes(clock), client, clock)
    await tokens.start()
    meter = Meter(house.store, house.names, clock, settings.daily_budget)
    await meter.start()
    chance = random.SystemRandom().random
    return Api(settings.api_url, tokens, meter, client, clock, sleep, chance, say)


async def _put_together(
    house: _House,
    api: Api,
    wire: Wire,
    clock: Clock,
    ticks: Clock,
    sleep: Sleep,
    say: Say,
    shortest: float,
) -> Door:
    keepsakes = house.keepsakes(clock)
    me = await identify(api, keepsakes, sleep, say)
    dms = Dms(api, wire, house.names, keepsakes, me)
    wordings = load_wordings(WORDING)
    words = Words(wordings)
    threads = Threads(PLATFORM, house.store, house.cipher, clock)
    people = People(PLATFORM, house.store, house.cipher, clock)
    desk = Desk(
        house.brain, house.knowledge, Lookup(house.knowledge), wordings, words, house.names,
        people, threads, Oblivion(house.brain, keepsakes), house.store, {"dm": dms}, clock,
        house.settings.operator, house.settings.privacy_url,
    )  # fmt: skip
    router = Router(desk, Talk(desk, Typing(None)), Flood(clock))
    channel = XChannel(api, desk.transports, threads, house.names)
    chance = random.SystemRandom().random
    gateway = Gateway(
        router,
        Inbox(house.store, house.cipher, clock),
        Outbox(house.store, house.cipher, clock),
        Courier(channel, ticks, sleep, chance, pace=Unpaced()),
        people,
        sleep,
        Turnstile(api, threads, words, sleep).over(lambda event: gateway.behind(event)),
        stopping(threads, words),
    )
    intake = Intake(gateway, house.names, me)
    poller = Poller(api, dms, keepsakes, intake.take, sleep, shortest)
    return Door(api, desk, gateway, intake, poller, house.settings, sleep, say)
