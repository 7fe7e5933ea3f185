"""Which part of the door answers which message."""

from dataclasses import dataclass

from bot.doors.x import rights
from bot.doors.x.desk import Desk, Visit
from bot.doors.x.flood import Flood
from bot.doors.x.inbound import opened
from bot.doors.x.talk import Talk
from bot.gateway.model import Answer, Delivery, Event
from bot.knowledge.model import LANGUAGES, Language
from bot.knowledge.text import tokens

OLDEST = 24 * 3600.0


@dataclass(frozen=True, repr=False)
class Router:
    """The gateway's handler for X."""

    desk: Desk
    talk: Talk
    flood: Flood

    async def answer(self, event: Event) -> Answer:
        """See `Handler.answer`."""
        visit = await self._visit(event)
        wish = self.desk.words.wish(visit.message.text)
        if wish == "start" and visit.thread.stopped:
            return await rights.start(self.desk, visit)
        if wish == "forget":
            return await rights.forget(self.desk, visit)
        if wish == "stop":
            return await rights.stop(self.desk, visit)
        if visit.thread.stopped:
            return Answer()
        await self.desk.people.came_back(visit.person)
        if wish == "privacy":
            return await rights.privacy(self.desk, visit)
        if wish == "export":
            return await rights.export(self.desk, visit)
        return await self._said(visit)

    def apology(self, event: Event) -> Answer:
        """See `Handler.apology`."""
        message = opened(event)
        sorry = (each.say("small_talk.failure") for each in self.desk.knowledge.composers.values())
        body = {"stack": message.stack, "plain": "\n\n".join(sorry), "key": event.id}
        return Answer((Delivery(message.sender, body),))

    async def _visit(self, event: Event) -> Visit:
        thread = await self.desk.threads.of(event.person)
        profile = await self.desk.people.profile(event.person)
        message = opened(event)
        spoken = profile.language or self._language(message.text, thread.language)
        return Visit(event, message, thread, profile.language, spoken)

    def _language(self, text: str, last: str) -> Language:
        """The language of a wish, else the one we spoke last, else the one the text looks like."""
        wish = self.desk.words.language(text)
        known = next((name for name in LANGUAGES if name == last), None)
        return wish or known or self.desk.knowledge.reader.guess(tokens(text)).language

    async def _said(self, visit: Visit) -> Answer:
        verdict = self.flood.verdict(visit.person)
        if verdict != "answer":
            return await self.desk.line(visit, "slow_down") if verdict == "warn" else Answer()
        if self.desk.clock() - visit.message.at > OLDEST:
            return await self.desk.line(visit, "too_old")
        if not visit.message.text.strip() and visit.message.choice is None:
            return await self.desk.line(visit, "media")
        return await self.talk.question(visit)
