"""What every part of the door works with."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.brain.interface import Brain
from bot.doors.telegram.api import COURTESY_SECONDS, Api
from bot.doors.telegram.channel import say
from bot.doors.telegram.render import Page, page, sentence
from bot.doors.telegram.visit import Names, Visit
from bot.gateway.model import Answer, Chance, Clock, Exchange
from bot.gateway.outbox import Outbox
from bot.gateway.people import People
from bot.gateway.tables import Store
from bot.knowledge.model import Language
from bot.replies.compose import Composer
from bot.replies.knowledge import Knowledge
from bot.replies.lookup import Lookup
from bot.replies.wording import Wording

WORDING = Path(__file__).parent / "wording"
TYPING_SECONDS = 4.0

_log = logging.getLogger(__name__)


class Recent:
    """The private questions of the last half hour, in memory only: to keep if a person agrees."""

    def __init__(self, clock: Clock, most: int = 2_000, seconds: float = 1_800.0) -> None:
        self._clock, self._most, self._seconds = clock, most, seconds
        self._texts: OrderedDict[tuple[str, str], tuple[float, str]] = OrderedDict()

    def note(self, person: str, question: str, text: str) -> None:
        self._drop_old()
        self._texts[person, question] = (self._clock(), text)
        while len(self._texts) > self._most:
            self._texts.popitem(last=False)

    def text(self, person: str, question: str) -> Optional[str]:
        self._drop_old()
        found = self._texts.get((person, question))
        return found[1] if found else None

    def forget(self, person: str) -> None:
        for key in [key for key in self._texts if key[0] == person]:
            del self._texts[key]

    def _drop_old(self) -> None:
        oldest = self._clock() - self._seconds
        while self._texts and next(iter(self._texts.values()))[0] < oldest:
            self._texts.popitem(last=False)


@dataclass(frozen=True, repr=False)
class Desk:
    """Shared by the parts of the door; each of them is a few functions."""

    api: Api
    brain: Brain
    knowledge: Knowledge
    lookup: Lookup
    words: Mapping[Language, Wording]
    names: Names
    people: People
    outbox: Outbox
    store: Store
    recent: Recent
    clock: Clock
    chance: Chance
    operator: Optional[str]
    timezone: str

    def say(self, visit: Visit) -> Wording:
        """The door's own sentences in the visitor's language."""
        return self.words[visit.language]

    def compose(self, visit: Visit) -> Composer:
        return self.knowledge.composers[visit.language]

    def line(self, visit: Visit, key: str, shown: tuple[int, ...] = (), **values: str) -> Answer:
        """One sentence of the door."""
        return self.answer(visit, page(sentence(self.say(visit)(key, **values)), []), shown=shown)

    def answer(
        self,
        visit: Visit,
        *pages: Page,
        entries: tuple[str, ...] = (),
        shown: tuple[int, ...] = (),
        afterwards: Optional[Callable[[], Awaitable[None]]] = None,
    ) -> Answer:
        """Show `pages`, in place of the messages `shown`, as the answer to what was written."""
        exchange = Exchange(visit.place, str(visit.message), entries) if visit.message else None
        return Answer(tuple(say(visit, pages, shown)), exchange, afterwards)

    @asynccontextmanager
    async def typing(self, visit: Visit) -> AsyncIterator[None]:
        """Show that an answer is on its way for as long as it takes."""
        done = asyncio.Event()
        task = asyncio.create_task(self._type(visit, done))
        try:
            yield
        finally:
            done.set()
            # A call that is under way must not arrive after the answer and linger under it.
            await task

    async def _type(self, visit: Visit, done: asyncio.Event) -> None:
        while not done.is_set():
            try:
                await self.api.send_chat_action(
                    visit.chat, ChatAction.TYPING, message_thread_id=visit.thread,
                    read_timeout=COURTESY_SECONDS, pool_timeout=COURTESY_SECONDS,
                )  # fmt: skip
            except TelegramError as error:
                _log.debug("typing was not shown: %s", type(error).__name__)
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(done.wait(), TYPING_SECONDS)
