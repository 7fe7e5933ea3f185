"""The people of a test, who act as an app lets them act."""

from typing import TYPE_CHECKING, Any

from tests.fakes.telegram import content
from tests.fakes.telegram.chats import Chat, Message
from tests.fakes.telegram.errors import Json
from tests.fakes.telegram.groups import PATIENCE, Group, Listener, membership
from tests.fakes.telegram.polls import Poll
from tests.fakes.telegram.questions import Question
from tests.fakes.telegram.reach import bot_reads, replied_to, shown_in_reply
from tests.fakes.telegram.texts import units

if TYPE_CHECKING:
    from tests.fakes.telegram.world import World


class Person(Listener):
    """Somebody with a Telegram app; `chat` is the private chat with the bot."""

    def __init__(self, world: "World", user: Json, chat: Chat) -> None:
        super().__init__(world, chat)
        self.user = user

    def write(self, text: str, reply_to: Message | None = None) -> Message:
        return self._send(self.chat, content.text(text), reply_to)

    def start(self, payload: str = "") -> Message:
        return self.write(f"/start {payload}".strip())

    def write_in(
        self, group: Group, text: str, reply_to: Message | None = None, thread: int | None = None
    ) -> Message:
        if self.id not in group.chat.members:
            raise ValueError("not a member of this group")
        return self._send(group.chat, content.text(text), reply_to, thread)

    def edit(self, message: Message, text: str) -> Message:
        message.edits.append(message.data)
        kept = {name: v for name, v in message.data.items() if name not in ("text", "entities")}
        message.data = {**kept, **content.text(text), "edit_date": self.world.now()}
        self._deliver("edited_message", message)
        return message

    def forward(self, text: str, of: str = "Bob") -> Message:
        origin = {"type": "hidden_user", "sender_user_name": of, "date": self.world.now()}
        return self._send(self.chat, content.text(text) | {"forward_origin": origin})

    def send_voice(self) -> Message:
        return self._send(self.chat, content.voice())

    def send_sticker(self, emoji: str = "👍") -> Message:
        return self._send(self.chat, content.sticker(emoji))

    def send_photo(self, caption: str = "") -> Message:
        return self._send(self.chat, content.photo(caption))

    def send_contact(self) -> Message:
        return self._send(self.chat, content.contact(self.user))

    def send_location(self) -> Message:
        return self._send(self.chat, {"location": {"latitude": 48.85, "longitude": 2.35}})

    def send_poll(self, question: str = "?", options: tuple[str, ...] = ("1", "2")) -> Message:
        settings = {"type": "regular", "is_anonymous": True, "allows_multiple_answers": False}
        settings["allows_revoting"] = True
        poll = Poll(f"51{self.world.now()}", question, list(options), settings, None, by_bot=False)
        return self._send(self.chat, {"poll": poll.shown()})

    def send(self, what: Json, group: Group | None = None) -> Message:
        """Any other content, as fields of a Bot API message."""
        return self._send(group.chat if group else self.chat, what)

    def _send(
        self, chat: Chat, what: Json, reply_to: Message | None = None, thread: int | None = None
    ) -> Message:
        if chat.private and chat.bot == "kicked":
            raise ValueError("an app asks to unblock the bot first")
        chat.opened = True
        data = what | replied_to(chat, reply_to, thread)
        message = self.world.message(chat, self.user, data)
        self._deliver("message", message)
        return message

    def _deliver(self, kind: str, message: Message) -> None:
        if message.chat is not None and bot_reads(self.world, message.chat, message):
            self.world.push(kind, message.shown(), str(message.chat.id))

    def press(self, message: Message, label_or_data: str) -> Question:
        """Taps a button and does not wait."""
        button = message.button(label_or_data)
        if "callback_data" not in button:
            raise ValueError(f"this button calls nothing back: {button}")
        question = self.world.questions.ask(kind="callback")
        query: Json = {"id": question.id, "from": self.user, "chat_instance": "-83"}
        query["data"] = button["callback_data"]
        if message.chat is None:
            query["inline_message_id"] = message.data["_inline_message_id"]
        else:
            query["message"] = shown_in_reply(message)
        self.world.push("callback_query", query, str(message.chat.id if message.chat else self.id))
        return question

    async def tap(
        self,
        message: Message,
        label_or_data: str,
        timeout: float = PATIENCE,
    ) -> Json:
        """What answerCallbackQuery said: {} for nothing, else text, show_alert, url."""
        return await self.press(message, label_or_data).answered(timeout)

    async def ask_inline(
        self,
        query: str,
        offset: str = "",
        timeout: float = PATIENCE,
    ) -> Json:
        """Types `@bot query` in any chat: results, next_offset, cache_time, is_personal, button."""
        if not self.world.bot.supports_inline_queries or units(query) > 256:
            raise ValueError("inline mode is off, or the query is over 256 characters")
        question = self.world.questions.ask(kind="inline", query=query)
        asked = {"id": question.id, "from": self.user, "query": query, "offset": offset}
        self.world.push("inline_query", asked | {"chat_type": "private"}, f"inline {question.id}")
        return await question.answered(timeout)

    def choose_inline(self, result: Json, query: str = "") -> Message:
        """Sends one of the results; the bot hears of it if inline feedback is on."""
        message = content.inline_message(self.world, result)
        chosen = {"result_id": result["id"], "from": self.user, "query": query}
        if message.data.get("reply_markup"):
            chosen["inline_message_id"] = message.data["_inline_message_id"]
        if self.world.bot.inline_feedback:
            self.world.push("chosen_inline_result", chosen, str(self.id))
        return message

    async def ask_guest(self, text: str, timeout: float = PATIENCE) -> Message:
        """Names the bot in a chat where it is not: the message it answers with."""
        if not self.world.bot.supports_guest_queries:
            raise ValueError("guest mode is off")
        question = self.world.questions.ask(kind="guest")
        chat = {"id": -1_009_000_000_001, "type": "supergroup", "title": "Elsewhere"}
        head = {"message_id": 77, "from": self.user, "chat": chat, "date": self.world.now()}
        asked = {**head, **content.text(text), "guest_query_id": question.id}
        self.world.push("guest_message", asked, f"guest {question.id}")
        answer = await question.answered(timeout)
        return self.world.inline_messages[answer["inline_message_id"]]

    def vote(self, message: Message, *chosen: int) -> None:
        """Votes for these options; none at all takes the vote back."""
        self.world.tick()
        poll = self.world.polls[(message.poll or {})["id"]]
        poll.vote(self.id, sorted(chosen))
        self.world.poll_changed(poll)
        if not poll.anonymous:
            ids = poll.persistent_ids(sorted(chosen))
            answer = {"poll_id": poll.id, "user": self.user, "option_ids": sorted(chosen)}
            key = f"poll {poll.id}"
            self.world.push("poll_answer", answer | {"option_persistent_ids": ids}, key)

    def react(self, message: Message, *emoji: str) -> None:
        """Reactions arrive from private chats and from groups where the bot is administrator."""
        if message.chat is None:
            raise ValueError("not in a chat the bot sees")
        old = message.data.get("_reactions", {}).get(self.id, [])
        new = [{"type": "emoji", "emoji": one} for one in emoji]
        message.data.setdefault("_reactions", {})[self.id] = new
        if message.chat.private or message.chat.bot == "administrator":
            change = {"chat": message.chat.shown(), "message_id": message.id, "user": self.user}
            change |= {"date": self.world.now(), "old_reaction": old, "new_reaction": new}
            self.world.push("message_reaction", change, str(message.chat.id))

    def block(self) -> None:
        self.world.push(*membership(self.world, self.chat, "kicked", self.user))

    def unblock(self) -> None:
        self.world.push(*membership(self.world, self.chat, "member", self.user))

    def raw(self, update: Json) -> int:
        """Any update at all, past every filter; returns its update_id."""
        return self.world.updates.push(update, str(self.id))

    def menu(self, group: Group | None = None) -> list[Json]:
        """The commands that the person's app shows in this chat."""
        chat, user = str((group or self).id), str(self.id)
        if group is None:
            scopes = [("chat", chat, ""), ("all_private_chats", "", "")]
        else:
            admin = group.chat.members.get(self.id) == "administrator"
            scopes = [("chat_member", chat, user)]
            scopes += [("chat_administrators", chat, "")] if admin else []
            scopes += [("chat", chat, "")]
            scopes += [("all_chat_administrators", "", "")] if admin else []
            scopes += [("all_group_chats", "", "")]
        language = str(self.user.get("language_code", ""))[:2]
        return self.world.profile.menu([*scopes, ("default", "", "")], language)

    def describe(self) -> dict[str, Any]:
        return {"id": self.id, "user": self.user}
