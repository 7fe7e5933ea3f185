"""Free questions, pasted tweets and entries: what people come for."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Optional

from bot.brain.interface import BrainError, Message
from bot.doors.telegram import quiz, rights
from bot.doors.telegram.buttons import of_reply
from bot.doors.telegram.desk import Desk
from bot.doors.telegram.markup import Span, joined
from bot.doors.telegram.render import Page, page, rich_reply, sentence
from bot.doors.telegram.visit import Visit
from bot.gateway.model import Answer
from bot.knowledge.model import Language, Term
from bot.replies.model import Reply
from bot.replies.payload import ask, speak

NOTE_PATIENCE = 5.0


@dataclass(frozen=True, repr=False)
class Talk:
    """Answers from the brain, and from the knowledge alone when the brain rests."""

    desk: Desk

    async def question(
        self, visit: Visit, text: str, shown: tuple[int, ...] = (), about: Optional[str] = None
    ) -> Answer:
        """A free question; `shown` are the messages that answered it before it was edited.

        `about` is an entry that the question goes on from, maybe in somebody else's conversation.
        """
        if visit.message is not None and not visit.group:
            self.desk.recent.note(visit.person, str(visit.message), text)
        if visit.group:
            await self.desk.people.speaks_in(visit.person, visit.conversation)
        try:
            async with self.desk.typing(visit):
                if about is not None:
                    await self._remind(visit, about)
                asked = Message(visit.conversation, text, language=visit.language)
                replies = await self.desk.brain.reply(asked)
        except BrainError:
            return self._without_brain(visit, text, shown)
        return await self._of_brain(visit, replies, shown)

    async def _remind(self, visit: Visit, entry: str) -> None:
        note = ask(entry, "meaning")
        said = Message(visit.conversation, payload=note, language=visit.language)
        await self.desk.brain.reply(said)

    def decode(self, visit: Visit, text: str, shown: tuple[int, ...] = ()) -> Answer:
        """A tweet, word by word."""
        return self.show(visit, [self.desk.lookup.decode(text, visit.language)], shown)

    def define(self, visit: Visit, word: str, shown: tuple[int, ...] = ()) -> Answer:
        """A word by its name."""
        reply = self.desk.lookup.define(word, visit.language)
        return self.show(visit, [reply], shown, self._noted(visit, reply))

    def open(
        self, visit: Visit, entry: str, aspect: str, shown: tuple[int, ...] = (),
        switched: bool = False,
    ) -> Answer:  # fmt: skip
        """One aspect of an entry; the brain is told afterwards, so that the conversation goes on.

        `switched`: the visitor asked for it in another language.
        """
        reply = self.desk.compose(visit).answer([entry], aspect, "look_up")
        return self.show(visit, [reply], shown, self._noted(visit, reply, switched))

    def show(
        self,
        visit: Visit,
        replies: list[Reply],
        shown: tuple[int, ...] = (),
        afterwards: Optional[Callable[[], Awaitable[None]]] = None,
    ) -> Answer:
        """One message a reply, each with its buttons."""
        entries = tuple(dict.fromkeys(entry for reply in replies for entry in reply.entries))
        pages = map(self.page, replies)
        return self.desk.answer(visit, *pages, entries=entries, shown=shown, afterwards=afterwards)

    def page(self, reply: Reply) -> Page:
        """A reply as one message."""
        say = self.desk.knowledge.composers[reply.language].say
        label = self.desk.words[reply.language]("next") if self._has_next(reply) else ""
        return page(rich_reply(reply, say), of_reply(reply, label))

    def _has_next(self, reply: Reply) -> bool:
        """Whether the reply is about one term: there is a next one in its category."""
        if reply.facet is None or reply.intent in ("clarify", "decode", "inline", "tap"):
            return False
        return isinstance(self.desk.knowledge.glossary[reply.entries[0]], Term)

    async def _of_brain(self, visit: Visit, replies: list[Reply], shown: tuple[int, ...]) -> Answer:
        """What the brain says; some wishes are the door's to fulfil."""
        first = replies[0]
        if first.intent == "change_language":
            await self.desk.people.choose_language(visit.person, first.language)
        elif first.intent == "forget":
            await rights.erase(self.desk, visit)
            return replace(self.show(visit, replies, shown), exchange=None)
        elif first.intent == "stop":
            await self.desk.people.unsubscribe_person(visit.person)
        elif first.intent == "privacy":
            return rights.privacy(self.desk, visit, shown)
        elif first.intent == "quiz" and not shown:
            return quiz.ask_one(self.desk, visit)
        return self.show(visit, replies, shown)

    def _without_brain(self, visit: Visit, text: str, shown: tuple[int, ...]) -> Answer:
        reply = self.desk.lookup.answer(text, visit.language)
        if reply is None:
            return self.desk.line(visit, "resting_nothing", shown)
        found = self.page(reply)
        rests = (Span(self.desk.say(visit)("resting"), "i"),)
        told = Page(joined([rests, found.text]), found.rows)
        return self.desk.answer(visit, told, entries=reply.entries, shown=shown)

    def _noted(
        self, visit: Visit, reply: Reply, switched: bool = False
    ) -> Optional[Callable[[], Awaitable[None]]]:
        if not reply.entries or reply.facet is None:
            return None
        note = ask(reply.entries[0], reply.facet)
        return partial(
            self._tell_brain, visit, [speak(visit.language), note] if switched else [note]
        )

    def spoken(self, visit: Visit, language: Language) -> Callable[[], Awaitable[None]]:
        """Tells the brain which language goes on."""
        return partial(self._tell_brain, visit, [speak(language)])

    async def _tell_brain(self, visit: Visit, payloads: list[str]) -> None:
        if visit.group:
            await self.desk.people.speaks_in(visit.person, visit.conversation)
        try:
            for payload in payloads:
                message = Message(visit.conversation, payload=payload, language=visit.language)
                await asyncio.wait_for(self.desk.brain.reply(message), NOTE_PATIENCE)
        except (BrainError, asyncio.TimeoutError):
            return  # the answer is out; a brain that rests follows the conversation later


def greeting(desk: Desk, visit: Visit, key: str = "welcome", shown: tuple[int, ...] = ()) -> Answer:
    """The first words, with entries to begin with."""
    compose = desk.compose(visit)
    offered = [compose.glossary[name] for name in compose.say.list("suggestions")]
    reply = Reply(visit.language, "greet", (), choices=tuple(map(compose.choice, offered)))
    return desk.answer(visit, page(sentence(desk.say(visit)(key)), of_reply(reply)), shown=shown)
