"""Free questions, numbers and buttons: what people come for."""

from bot.brain.interface import BrainError, Message
from bot.doors.x import rights
from bot.doors.x.desk import Desk, Visit
from bot.doors.x.page import Page, joined
from bot.doors.x.typing import Typing
from bot.gateway.model import Answer
from bot.replies.model import Reply


class Talk:
    """Answers from the brain, and from the knowledge alone when the brain rests."""

    def __init__(self, desk: Desk, typing: Typing) -> None:
        self._desk = desk
        self._typing = typing

    async def question(self, visit: Visit) -> Answer:
        """A free question, or a choice among what was offered last."""
        text, payload = visit.message.text, self._chosen(visit)
        asked = Message(visit.person, "" if payload else text, payload, visit.chosen)
        try:
            async with self._typing.shown(visit.message):
                replies = await self._desk.brain.reply(asked)
        except BrainError:
            return await self._without_brain(visit)
        return await self._of_brain(visit, replies)

    def _chosen(self, visit: Visit) -> "str | None":
        """The payload of the button or of the number that was chosen."""
        offered, written = visit.thread.choices, visit.message.text.strip().rstrip(".)")
        if visit.message.choice is not None:
            return visit.message.choice if visit.message.choice in offered else None
        number = int(written) if written.isascii() and written.isdigit() and len(written) < 3 else 0
        return offered[number - 1] if 1 <= number <= len(offered) else None

    async def _of_brain(self, visit: Visit, replies: list[Reply]) -> Answer:
        """What the brain says; some wishes are the door's to fulfil."""
        first = replies[0]
        if first.intent == "stop":
            return await rights.stop(self._desk, visit)
        if first.intent == "forget":
            return await rights.forget(self._desk, visit)
        if first.intent == "privacy":
            return await rights.privacy(self._desk, visit)
        if first.intent == "change_language":
            await self._desk.people.choose_language(visit.person, first.language)
        return await self._desk.answer(visit, joined(replies, self._desk.knowledge))

    async def _without_brain(self, visit: Visit) -> Answer:
        language = visit.language
        reply = self._desk.lookup.answer(visit.message.text, language)
        if reply is None:
            return await self._desk.line(visit, "resting_nothing")
        found = joined([reply], self._desk.knowledge)
        rests = self._desk.say[language]("resting")
        return await self._desk.answer(
            visit, Page(language, f"{rests}\n\n{found.text}", found.choices)
        )
