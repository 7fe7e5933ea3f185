"""Which part of the door answers which kind of update."""

import json
import logging
from dataclasses import dataclass, replace
from typing import Any, Optional

from telegram import Chat, ChatMember, ChatMemberUpdated, Message, Update

from bot.doors.telegram import misses, word
from bot.doors.telegram.addressed import Listener, Said, media_kind
from bot.doors.telegram.channel import bodies
from bot.doors.telegram.commands import Commands
from bot.doors.telegram.desk import Desk
from bot.doors.telegram.render import page, sentence
from bot.doors.telegram.talk import Talk, greeting
from bot.doors.telegram.taps import Taps
from bot.doors.telegram.visit import PLATFORM, Visit, is_robot
from bot.gateway.gateway import whereabouts
from bot.gateway.model import Answer, Delivery, Event
from bot.knowledge.text import fold

_log = logging.getLogger(__name__)

_HERE = (ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.OWNER)


@dataclass(frozen=True, repr=False)
class Router:
    """The gateway's handler for Telegram."""

    desk: Desk
    talk: Talk
    commands: Commands
    taps: Taps
    listener: Listener

    async def answer(self, event: Event) -> Answer:
        """See `Handler.answer`."""
        body = json.loads(event.body)
        if "word" in body:
            return await word.deliver_due(self.desk, self.talk, event, body["word"])
        update = self._read(body)
        if update.message is not None:
            return await self._message(event, update.message)
        if update.edited_message is not None:
            return await self._edited(event, update.edited_message)
        if update.guest_message is not None:
            return await self._guest(event, update.guest_message)
        return await self._other(event, update)

    def _read(self, body: dict[str, Any]) -> Update:
        try:
            return Update.de_json(body, self.desk.api)
        except Exception as error:
            if _spoken_in(body).get("type") == Chat.PRIVATE:
                raise
            # Nobody knows whether it was said to us: a group is not to be bothered.
            _log.warning("an update cannot be read: %s", whereabouts(error))
            return Update(body["update_id"])

    def apology(self, event: Event) -> Answer:
        """See `Handler.apology`."""
        body = json.loads(event.body)
        message, chat = _message_in(body), _spoken_in(body)
        if "id" not in chat:
            return Answer()
        sorry = self.desk.knowledge.composers["fr"].say("small_talk.failure")
        also = self.desk.knowledge.composers["en"].say("small_talk.failure")
        where: dict[str, Any] = {"op": "send", "html": None, "plain": f"{sorry}\n\n{also}"}
        if message.get("is_topic_message"):
            where["thread"] = message.get("message_thread_id")
        group = chat.get("type") != Chat.PRIVATE
        if group and "message" in body:
            where["reply_to"] = message.get("message_id")
        return Answer((Delivery(str(chat["id"]), where, group),))

    async def _other(self, event: Event, update: Update) -> Answer:
        query, reaction, change = (
            update.callback_query, update.message_reaction, update.my_chat_member,
        )  # fmt: skip
        if query is not None and query.message is None:
            return await self.taps.under_inline(query)
        if query is not None and query.message is not None:
            message = query.message if isinstance(query.message, Message) else None
            visit = await self._visit(event, query.message.chat, query.from_user, message)
            return await self.taps.answer(visit, query)
        if reaction is not None and reaction.user is not None:
            visit = await self._visit(event, reaction.chat, reaction.user)
            return await misses.reacted(self.desk, visit, reaction)
        if change is not None:
            return await self._membership(event, change)
        return Answer()

    async def _visit(
        self, event: Event, chat: Chat, user: Any, message: Optional[Message] = None
    ) -> Visit:
        """A visit that answers no message: what it shows is nobody's answer yet."""
        visit = self.desk.names.visit(event, chat, user, None, message)
        profile = await self.desk.people.profile(self.desk.names.person(user.id))
        person = self.desk.names.person(user.id)
        conversation = self.desk.names.conversation(user.id, chat.id) if visit.group else person
        return replace(
            visit,
            person=person,
            conversation=conversation,
            language=profile.language or visit.language,
            message=None,
        )

    async def _message(self, event: Event, message: Message) -> Answer:
        if message.migrate_to_chat_id is not None:
            await word.relocate(self.desk, message.chat.id, message.migrate_to_chat_id)
        if is_robot(message, self.listener.identity):
            return Answer()
        visit = await self._of(event, message)
        if not visit.group:
            await self.desk.people.came_back(visit.person)
        said = self.listener.heard(message, visit)
        return Answer() if said is None else await self._said(visit, message, said)

    async def _of(self, event: Event, message: Message) -> Visit:
        visit = self.desk.names.visit(event, message.chat, message.from_user, None, message)
        profile = await self.desk.people.profile(visit.person)
        return replace(visit, language=profile.language or visit.language)

    async def _said(
        self, visit: Visit, message: Message, said: Said, shown: tuple[int, ...] = ()
    ) -> Answer:
        if said.command is not None:
            return await self.commands.run(visit, said.command, said.text, said.about, shown)
        if said.text:
            return await self._text(visit, message, said, shown)
        if said.about:
            return self.talk.decode(visit, said.about, shown)
        kind = media_kind(message)
        if kind is not None:
            return self.desk.line(visit, f"media.{kind}", shown)
        return greeting(self.desk, visit, shown=shown) if message.text else Answer()

    async def _text(
        self, visit: Visit, message: Message, said: Said, shown: tuple[int, ...]
    ) -> Answer:
        if message.forward_origin is not None:
            return self.talk.decode(visit, said.text, shown)
        if said.about:
            return await self._pointed_at(visit, said, shown)
        if not any(map(str.isalnum, said.text)):
            return self._wordless(visit, said.text, shown)
        if fold(said.text).strip(" .?!") in map(fold, self.desk.say(visit).list("word.asked")):
            return word.show(self.desk, self.talk, visit, shown)
        about = await self._answered_by(visit, message)
        return await self.talk.question(visit, said.text, shown, about)

    def _wordless(self, visit: Visit, text: str, shown: tuple[int, ...]) -> Answer:
        """An emoji may be a word of ours; a lone question mark asks for help."""
        reply = self.desk.lookup.answer(text, visit.language)
        if reply is not None:
            return self.talk.show(visit, [reply], shown)
        if text.isascii():
            return self.desk.line(visit, "help", shown, bot=self.desk.api.username)
        return self.desk.line(visit, "media.sticker", shown)

    async def _answered_by(self, visit: Visit, message: Message) -> Optional[str]:
        """The entry that our message was about, when this one replies to it."""
        replied = message.reply_to_message
        if replied is None or not self.listener.is_reply_to_bot(message):
            return None
        number = str(replied.message_id)
        answered = await self.desk.outbox.answered_by(PLATFORM, visit.place, number)
        return answered.entries[0] if answered is not None and answered.entries else None

    async def _pointed_at(self, visit: Visit, said: Said, shown: tuple[int, ...]) -> Answer:
        """A question under somebody's message: about a word it names, else about that message."""
        if self.desk.lookup.answer(said.text, visit.language) is not None:
            return await self.talk.question(visit, said.text, shown)
        return self.talk.decode(visit, said.about, shown)

    async def _edited(self, event: Event, message: Message) -> Answer:
        """The answer to a question follows the question's wording."""
        if is_robot(message, self.listener.identity) or not (message.text or message.caption):
            return Answer()  # a shared position that moves is edited every few seconds
        visit = await self._of(event, message)
        said = self.listener.heard(message, visit)
        if said is None or (said.command is not None and self.commands.acts(said.command)):
            return Answer()  # an edit does not run a command again
        answers = await self.desk.outbox.answers(PLATFORM, visit.place, str(message.message_id))
        shown = tuple(int(each.message) for each in answers)
        return await self._said(visit, message, said, shown)

    async def _guest(self, event: Event, message: Message) -> Answer:
        """The bot is named in a chat that it is not in: one message, and no conversation."""
        visit = await self._of(event, message)
        said = self.listener.heard(message, replace(visit, group=False))
        text = (said.text or said.about) if said is not None else ""
        shown = page(sentence(self.desk.say(visit)("inline.guide")), [])
        if text:
            shown = self.talk.page(self.desk.lookup.define(text, visit.language))
        (body, *_rest) = bodies((shown,))
        query = str(message.guest_query_id)
        return Answer((Delivery(query, {**body, "op": "guest", "query": query}),))

    async def _membership(self, event: Event, change: ChatMemberUpdated) -> Answer:
        """Blocked or unblocked by a person, taken into a group or put out of it."""
        visit = await self._visit(event, change.chat, change.from_user)
        here = change.new_chat_member.status in _HERE
        if not visit.group:
            settle = self.desk.people.came_back if here else self.desk.people.close
            await settle(visit.person)
            return Answer()
        if not here:
            await self.desk.people.unsubscribe(visit.place)
            return Answer()
        if change.old_chat_member.status in _HERE:
            return Answer()
        return self.desk.line(visit, "hello_group", bot=self.desk.api.username)


def _message_in(body: dict[str, Any]) -> dict[str, Any]:
    """The message that a raw update is about, if there is one."""
    return body.get("message") or (body.get("callback_query") or {}).get("message") or {}


def _spoken_in(body: dict[str, Any]) -> dict[str, Any]:
    return _message_in(body).get("chat") or {}
