"""What every part of the door works with, and how an answer is put together."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Optional

from bot.brain.interface import Brain
from bot.doors.x.inbound import Inbound, Names, Stack, Transport
from bot.doors.x.oblivion import Oblivion
from bot.doors.x.page import Page
from bot.doors.x.transports import Transports
from bot.doors.x.words import Words
from bot.gateway.model import Answer, Clock, Delivery, Event
from bot.gateway.people import People
from bot.gateway.tables import Store
from bot.gateway.threads import Thread, Threads
from bot.knowledge.model import Language
from bot.replies.knowledge import Knowledge
from bot.replies.wording import Wording

if TYPE_CHECKING:
    from bot.replies.lookup import Lookup

WORDING = Path(__file__).parent / "wording"
LATE = 3_600.0


@dataclass(frozen=True)
class Visit:
    """A message being answered: whose, by which event, and where the thread stands.

    `chosen` is the language that the person asked for, `language` the one to speak otherwise.
    """

    event: Event
    message: Inbound
    thread: Thread
    chosen: Optional[Language]
    language: Language

    @property
    def person(self) -> str:
        return self.event.person


@dataclass(frozen=True, repr=False)
class Desk:
    """Shared by the parts of the door; each of them is a few functions."""

    brain: Brain
    knowledge: Knowledge
    say: Mapping[Language, Wording]
    words: Words
    names: Names
    people: People
    threads: Threads
    oblivion: Oblivion
    store: Store
    transports: Transports
    clock: Clock
    operator: Optional[str]
    privacy_url: Optional[str]

    async def line(self, visit: Visit, key: str, **values: str) -> Answer:
        """One sentence of the door."""
        text = self.say[visit.language](key, **values)
        return await self.answer(visit, Page(visit.language, text))

    async def answer(
        self,
        visit: Visit,
        page: Page,
        afterwards: Optional[Callable[[], Awaitable[None]]] = None,
    ) -> Answer:
        """The page as one message, with what has to be said before it."""
        told = replace(page, text="\n\n".join([*self._before(visit, page.language), page.text]))
        body = {
            "greets": True,
            "choices": [choice.payload for choice in page.choices],
            "tells_skipped": visit.thread.skipped,
        }
        return await self.deliver(visit, told, body, afterwards)

    async def deliver(
        self,
        visit: Visit,
        page: Page,
        body: Mapping[str, object],
        afterwards: Optional[Callable[[], Awaitable[None]]] = None,
    ) -> Answer:
        """The page as it is; `body` says what is known of the thread once it is delivered."""
        stack, transport = await self._way_to(visit)
        to, after = visit.message.sender, visit.message.id if visit.message.stack == "dm" else ""
        letter = await transport.write(to, page.text, page.choices, after)
        whole = {
            **body, "stack": stack, "letter": letter, "key": visit.event.id,
            "language": page.language,
        }  # fmt: skip
        return Answer((Delivery(to, whole),), afterwards=afterwards)

    @cached_property
    def lookup(self) -> "Lookup":
        """Looking words up without the brain: loaded when it is needed, as it is large."""
        from bot.replies.lookup import Lookup

        return Lookup(self.knowledge)

    def notice(self, language: Language) -> str:
        """Who writes, who runs it, what is kept, how to end it."""
        say = self.say[language]
        operator = self.operator or say("nobody")
        return say("notice", operator=operator, privacy=self.privacy_url or say("privacy_here"))

    async def _way_to(self, visit: Visit) -> tuple[Stack, Transport]:
        """XChat where we share keys with the person, legacy messages otherwise."""
        chat = await self.transports.of("chat") if visit.thread.encrypted else None
        return ("dm", self.transports.dms) if chat is None else ("chat", chat)

    def _before(self, visit: Visit, language: Language) -> list[str]:
        said, say = [], self.say[language]
        if not visit.thread.greeted:
            said.append(self.notice(language))
        if visit.thread.skipped:
            said.append(say("skipped"))
        elif self.clock() - visit.message.at > LATE:
            said.append(say("late"))
        return said
