"""From an event to its delivered answer, through inbox, lanes, outbox and courier."""

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa

from bot.gateway.courier import FIRST_PAUSE, LONGEST_PAUSE, Courier, Undeliverable
from bot.gateway.inbox import Inbox
from bot.gateway.lanes import Lanes
from bot.gateway.model import Answer, Event, Handler, Sleep
from bot.gateway.outbox import Outbox, Waiting
from bot.gateway.people import People

T = TypeVar("T")
Turn = Callable[[Event], AbstractAsyncContextManager[bool]]

_log = logging.getLogger(__name__)

STOP_PATIENCE = 5.0
AT_ONCE = 64
TRICKLE, TRICKLE_PATIENCE = 20, 10.0


@asynccontextmanager
async def at_once(_event: Event) -> AsyncIterator[bool]:
    """Every event has its turn when it comes."""
    yield True


async def unnoticed(_event: Event) -> None:
    """Nothing is to be done before an event has its turn."""


class Gateway:
    """Serves one platform: `take` its events once it is started.

    `turn` holds an event until there is room to answer it, and says whether to answer it at all;
    `notice` sees each event when it comes, before those that wait.
    """

    def __init__(
        self,
        handler: Handler,
        inbox: Inbox,
        outbox: Outbox,
        courier: Courier,
        people: People,
        sleep: Sleep,
        turn: Turn = at_once,
        notice: Callable[[Event], Awaitable[None]] = unnoticed,
    ) -> None:
        self._turn = turn
        self._notice = notice
        self._handler = handler
        self._inbox = inbox
        self._outbox = outbox
        self._courier = courier
        self._people = people
        self._sleep = sleep
        self._lanes = Lanes(self._serve)
        # Only answering takes turns: who waits for a slow group to be written to holds up nobody.
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._left: set[str] = set()

    async def start(self) -> int:
        """Go on with what a process that ended left behind; how many events that is."""
        left = await self._inbox.undone(self._people.platform)
        self._left = {event.id for event in left}
        for event in left:
            self._lanes.put(event)
        return len(left)

    async def take(self, events: Sequence[Event]) -> "list[asyncio.Future[None]]":
        """Commit the events and begin to answer them; once this returns none can be lost.

        What is given back is done when each new event is dealt with.

        Raises:
            SQLAlchemyError: they could not be kept: the platform must offer them again.
        """
        await self._lanes.room()
        fresh = await self._inbox.keep(events)
        under_way = [self._lanes.put(event) for event in fresh]
        for event in fresh:
            await self._notice(event)
        return under_way

    def behind(self, event: Event) -> int:
        """How many newer events of the same person wait behind this one."""
        return self._lanes.behind(event.person)

    async def trickle(self, events: Sequence[Event]) -> None:
        """Take what nobody asked for, little by little: questions must not queue behind it.

        Raises:
            SQLAlchemyError: the rest could not be kept.
        """
        for first in range(0, len(events), TRICKLE):
            under_way = await self.take(events[first : first + TRICKLE])
            if under_way:
                await asyncio.wait(under_way, timeout=TRICKLE_PATIENCE)

    async def stop(self) -> None:
        """Let what is under way end, for a while; the rest is for the next start."""
        await self._lanes.stop(STOP_PATIENCE)

    async def settled(self) -> None:
        """Wait until every event taken so far is dealt with."""
        await self._lanes.empty()

    async def _serve(self, event: Event) -> None:
        try:
            await self._answer_and_deliver(event)
        except Exception as error:  # the person's next event still has its turn
            _log.error("an event was left for the next start: %s", whereabouts(error))

    async def _answer_and_deliver(self, event: Event) -> None:
        if not event.body:  # it was answered before the process ended
            await self._deliver(event, await self._insist(lambda: self._outbox.waiting(event)))
            return
        async with self._turn(event) as wanted:
            again = event.id in self._left
            if again and not await self._insist(partial(self._begin_again, event)):
                return
            answer = await self._insist(lambda: self._answer(event)) if wanted else Answer()
            await self._answered(event, answer)

    async def _answered(self, event: Event, answer: Answer) -> None:
        await self._deliver(event, await self._insist(lambda: self._outbox.keep(event, answer)))
        if answer.afterwards is not None:
            await answer.afterwards()

    async def _begin_again(self, event: Event) -> bool:
        self._left.discard(event.id)
        go_on = await self._inbox.begin_again(event)
        if not go_on:
            _log.error("an event that ended the process again and again was let go of")
        return go_on

    async def _insist(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do it again while the database fails: what was sent must not be sent once more."""
        pause = FIRST_PAUSE
        while True:
            try:
                return await work()
            except sa.exc.SQLAlchemyError as error:
                _log.error("the database fails (%s): trying again", whereabouts(error))
                await self._sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    async def _answer(self, event: Event) -> Answer:
        try:
            async with self._turns:
                return await self._handler.answer(event)
        except sa.exc.SQLAlchemyError:
            raise
        except Exception as error:  # nobody is left without a word
            _log.error("an event could not be answered: %s", whereabouts(error))
            return self._handler.apology(event)

    async def _deliver(self, event: Event, waiting: Sequence[Waiting]) -> None:
        for each in waiting:
            try:
                message = await self._courier.deliver(each.delivery)
            except Undeliverable as error:
                _log.warning("a delivery was given up: %s", error)
                if error.closed:
                    await self._insist(partial(self._close, event, each))
                    return
                message = None
            except sa.exc.SQLAlchemyError:
                raise
            except Exception as error:  # a fault of ours: at the next start it would fail again
                _log.error("a delivery failed: %s", whereabouts(error))
                message = None
            await self._insist(partial(self._outbox.delivered, event, each, message))

    async def _close(self, event: Event, waiting: Waiting) -> None:
        await self._outbox.dropped(event)
        if not waiting.delivery.group:
            await self._people.close(event.person)


def whereabouts(error: BaseException) -> str:
    """The kind of an error and the line it comes from: its message may quote what people wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    last = next((f for f in reversed(frames) if "/bot/" in f.filename), frames[-1])
    return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"
