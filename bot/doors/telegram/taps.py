"""What a tapped button does: it changes the message that it hangs under."""

import asyncio
import logging
from dataclasses import dataclass, replace
from typing import Optional

from telegram import CallbackQuery, Message
from telegram.error import TelegramError

from bot.doors.telegram import misses, quiz, rights, word
from bot.doors.telegram.api import COURTESY_SECONDS
from bot.doors.telegram.buttons import Tap, read_tap
from bot.doors.telegram.channel import bodies
from bot.doors.telegram.commands import Commands
from bot.doors.telegram.desk import Desk
from bot.doors.telegram.render import page, sentence
from bot.doors.telegram.talk import Talk
from bot.doors.telegram.visit import Visit, app_language
from bot.gateway.model import Answer, Delivery
from bot.replies import payload

_log = logging.getLogger(__name__)


@dataclass(frozen=True, repr=False)
class Taps:
    """Answers taps from the knowledge, without the brain."""

    desk: Desk
    talk: Talk
    commands: Commands

    async def answer(self, visit: Visit, query: CallbackQuery) -> Answer:
        """A tap under one of our messages."""
        tap = read_tap(query.data or "")
        shown = _editable(query)
        stop_waiting = asyncio.create_task(self._stop_waiting(query, tap))
        try:
            if tap is None:
                return Answer()
            return await self._do(replace(visit, language=tap.language), tap, shown)
        finally:
            await stop_waiting

    async def under_inline(self, query: CallbackQuery) -> Answer:
        """A tap under a message that was sent through the bot into a chat it is not in."""
        tap = read_tap(query.data or "")
        await self._stop_waiting(query, tap)
        opened = _asked(tap) if tap is not None else None
        if tap is None or opened is None or opened[0] not in self.desk.knowledge.glossary:
            return Answer()
        reply = self.desk.knowledge.composers[tap.language].answer([opened[0]], opened[1], "tap")
        (body, *_rest) = bodies((self.talk.page(reply),))
        inline = str(query.inline_message_id)
        return Answer((Delivery(inline, {"op": "edit", "inline": inline, **body}),))

    async def _do(self, visit: Visit, tap: Tap, shown: tuple[int, ...]) -> Answer:
        opened = _asked(tap)
        if tap.action == "next" and tap.argument in self.desk.knowledge.glossary:
            opened = (self.desk.lookup.next_to(tap.argument), "meaning")
        if opened is not None and opened[0] in self.desk.knowledge.glossary:
            switched = tap.action == "switch"
            return self.talk.open(visit, opened[0], opened[1], shown, switched)
        if tap.action in ("speak", "lang"):
            return await self.commands.speak(visit, tap.language, shown)
        if tap.action == "quiz":
            return quiz.ask_one(self.desk, visit)
        if tap.action == "forget":
            return await self._forget(visit, tap.argument == "yes", shown)
        if tap.action == "miss":
            return await misses.consented(self.desk, visit, tap.argument, shown)
        if tap.action == "word":
            wish = word.subscribe if tap.argument == "on" else word.unsubscribe
            return await wish(self.desk, visit)
        return Answer()

    async def _forget(self, visit: Visit, sure: bool, shown: tuple[int, ...]) -> Answer:
        say = self.desk.say(visit)
        if not sure:
            return self.desk.answer(visit, page(sentence(say("forget.kept")), []), shown=shown)
        count = str(await rights.erase(self.desk, visit))
        done = self.desk.answer(
            visit, page(sentence(say("forget.done", count=count)), []), shown=shown
        )
        return replace(done, exchange=None)

    async def _stop_waiting(self, query: CallbackQuery, tap: Optional[Tap]) -> None:
        """The button turns until it is told that we heard."""
        text = self._alert(query, tap)
        try:
            await self.desk.api.answer_callback_query(
                query.id, text or None, show_alert=bool(text) or None,
                read_timeout=COURTESY_SECONDS, pool_timeout=COURTESY_SECONDS,
            )  # fmt: skip
        except TelegramError as error:
            _log.debug("a tap was not acknowledged: %s", type(error).__name__)

    def _alert(self, query: CallbackQuery, tap: Optional[Tap]) -> str:
        """What only who tapped is to see."""
        if tap is None:
            return self.desk.words[app_language(query.from_user)]("old_button")
        if tap.action == quiz.GUESS:
            return quiz.judged(self.desk, tap.language, tap.argument)
        return ""


def _asked(tap: Tap) -> Optional[tuple[str, str]]:
    """The entry and the aspect that a tap asks for."""
    if tap.action not in ("ask", "switch"):
        return None
    asked = payload.parse(f"ask:{tap.argument}")
    return (asked.entry, asked.aspect) if asked is not None and asked.entry else None


def _editable(query: CallbackQuery) -> tuple[int, ...]:
    """The message to change; one that is too old or holds a quiz stays as it is."""
    message = query.message
    if isinstance(message, Message) and message.text:
        return (message.message_id,)
    return ()
