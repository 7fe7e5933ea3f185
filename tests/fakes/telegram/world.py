"""All that a Telegram server knows; it outlives the bot's restarts."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram.chats import Chat, Message
from tests.fakes.telegram.clock import Clock, ManualClock
from tests.fakes.telegram.errors import Json, bad
from tests.fakes.telegram.faults import Call, CallLog, Faults
from tests.fakes.telegram.groups import Group
from tests.fakes.telegram.limits import Limits, Pace
from tests.fakes.telegram.people import Person
from tests.fakes.telegram.polls import Poll
from tests.fakes.telegram.profile import Profile
from tests.fakes.telegram.questions import Questions
from tests.fakes.telegram.signals import Signal
from tests.fakes.telegram.updates import Updates
from tests.fakes.telegram.webhook import Webhook

TOKEN = "7000001:AAFake-Token_for-tests-only_0123456789a"  # noqa: S105 - opens nothing


@dataclass
class BotAccount:
    """What BotFather was told."""

    first_name: str = "Cuicui"
    username: str = "cuicui_test_bot"
    can_join_groups: bool = True
    can_read_all_group_messages: bool = False
    supports_inline_queries: bool = True
    supports_guest_queries: bool = True
    inline_feedback: bool = True

    def user(self, bot_id: int, whole: bool = False) -> Json:
        user: Json = {"id": bot_id, "is_bot": True, "first_name": self.first_name}
        user["username"] = self.username
        if whole:
            for name in ("can_join_groups", "can_read_all_group_messages"):
                user[name] = getattr(self, name)
            user["supports_inline_queries"] = self.supports_inline_queries
            user["supports_guest_queries"] = self.supports_guest_queries
            user |= {"can_connect_to_business": False, "has_main_web_app": False}
        return user


@dataclass
class World:
    """`limits` switches the real sending limits on, and the real pace of polls and webhooks."""

    token: str = TOKEN
    bot: BotAccount = field(default_factory=BotAccount)
    clock: Clock = field(default_factory=ManualClock)
    limits: bool = False
    query_lifetime: float = 15.0
    first_update: int = 700_000_001
    webhook_back_off: float = 0.1  # the first pause; each next one is twice as long

    def __post_init__(self) -> None:
        self.updates = Updates(self.clock, self.first_update)
        self.webhook = Webhook()
        self.questions = Questions(self.clock, self.query_lifetime)
        self.profile = Profile(self.bot.first_name)
        self.sending = Limits(self.limits)
        self.pace = Pace()
        self.faults = Faults()
        self.log = CallLog()
        self.changed = Signal()
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.polls: dict[str, Poll] = {}
        self.poll_messages: dict[str, Message] = {}
        self.inline_messages: dict[str, Message] = {}
        self._people_ids = itertools.count(81_000_001)
        self._group_ids = itertools.count(4_100_001)
        self._message_ids: dict[int, itertools.count[int]] = {}
        self.file_ids: dict[str, Json] = {}

    @property
    def bot_id(self) -> int:
        return int(self.token.partition(":")[0])

    @property
    def bot_user(self) -> Json:
        return self.bot.user(self.bot_id)

    @property
    def calls(self) -> list[Call]:
        return self.log.calls

    def now(self) -> int:
        return int(self.clock())

    def person(
        self, first_name: str = "Ann", language_code: str | None = None, **more: Any
    ) -> Person:
        """Somebody new, who has not written to the bot yet."""
        user: Json = {"id": next(self._people_ids), "is_bot": False, "first_name": first_name}
        user |= {"language_code": language_code} if language_code else {}
        user |= more
        chat = Chat(user["id"], "private", person=user, opened=False)
        self.chats[chat.id] = chat
        self.people[chat.id] = Person(self, user, chat)
        return self.people[chat.id]

    def group(
        self, title: str = "Atelier", kind: str = "supergroup", *people: Person, bot: bool = True
    ) -> Group:
        """`kind` is group, supergroup or forum; the people are its members."""
        number = next(self._group_ids)
        chat_id = -number if kind == "group" else -1_000_000_000_000 - number
        chat = Chat(chat_id, "group" if kind == "group" else "supergroup", title)
        chat.is_forum, chat.bot = kind == "forum", "left"
        chat.members = {person.id: "member" for person in people}
        self.chats[chat.id] = chat
        group = Group(self, chat)
        if bot:
            group.add_bot(people[0] if people else self.person("Owner"))
        return group

    def chat(self, chat_id: Any) -> Chat:
        """Known to the bot, or refused; a person's chat is known once the person exists."""
        try:
            return self.chats[int(chat_id)]
        except (KeyError, ValueError, TypeError):
            raise bad("chat not found" if chat_id else "chat_id is empty") from None

    def next_message_id(self, chat: Chat) -> int:
        """Supergroups count for themselves; all other chats of a bot share one count."""
        key = chat.id if chat.type == "supergroup" else 0
        return next(self._message_ids.setdefault(key, itertools.count(1)))

    def message(self, chat: Chat, sender: Json, content: Json) -> Message:
        head = {"message_id": self.next_message_id(chat), "from": sender, "chat": chat.shown()}
        data = {**head, "date": self.now(), **content}
        message = chat.add(Message(data, chat, by_bot=sender["id"] == self.bot_id))
        self.changed.notify()
        return message

    def push(self, kind: str, payload: Json, key: str) -> None:
        """Puts an update into the queue if the bot wants such updates."""
        if self.updates.wants(kind):
            self.updates.push({kind: payload}, key)

    def tick(self) -> None:
        """Closes the polls whose time is over."""
        for poll in self.polls.values():
            over = poll.closes_at is not None and poll.closes_at <= self.clock()
            if over and not poll.closed:
                self.close_poll(poll)

    def close_poll(self, poll: Poll) -> None:
        poll.closed = True
        self.poll_changed(poll)

    def poll_changed(self, poll: Poll) -> None:
        message = self.poll_messages[poll.id]
        message.data = {**message.data, "poll": poll.shown()}
        if poll.by_bot:
            self.push("poll", poll.shown(), f"poll {poll.id}")
        self.changed.notify()
