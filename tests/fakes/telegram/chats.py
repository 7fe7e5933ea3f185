"""Chats and the messages in them."""

from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram.errors import Json
from tests.fakes.telegram.html import to_html


@dataclass
class Message:
    """One message; `data` is what the Bot API shows of it now."""

    data: Json
    chat: "Chat | None"
    by_bot: bool = False
    edits: list[Json] = field(default_factory=list)  # earlier versions, oldest first
    deleted: bool = False
    reactions: list[Json] = field(default_factory=list)  # the bot's
    content: bytes | None = None  # of a document

    @property
    def id(self) -> int:
        return int(self.data["message_id"])

    @property
    def thread(self) -> int | None:
        return self.data.get("message_thread_id")

    @property
    def text(self) -> str:
        return str(self.data.get("text") or self.data.get("caption") or "")

    @property
    def entities(self) -> list[Json]:
        return self.data.get("entities") or self.data.get("caption_entities") or []

    @property
    def html(self) -> str:
        return to_html(self.text, self.entities)

    @property
    def poll(self) -> Json | None:
        return self.data.get("poll")

    @property
    def replies_to(self) -> int | None:
        replied = self.data.get("reply_to_message")
        return replied["message_id"] if replied else None

    @property
    def markup(self) -> Json:
        """Of the keyboard under the message, or the one it asked the person's app to show."""
        return self.data.get("reply_markup") or self.data.get("_keyboard") or {}

    @property
    def buttons(self) -> list[list[Json]]:
        return self.markup.get("inline_keyboard") or self.markup.get("keyboard") or []

    @property
    def labels(self) -> list[str]:
        return [button["text"] for row in self.buttons for button in row]

    def button(self, label_or_data: str) -> Json:
        """The button with this label, or else with this callback data."""
        every = [button for row in self.buttons for button in row]
        for name in ("text", "callback_data"):
            for button in every:
                if button.get(name) == label_or_data:
                    return button
        raise LookupError(f"no button {label_or_data!r} among {every}")

    def shown(self) -> Json:
        """As the Bot API gives it: without what only this fake knows."""
        return {name: value for name, value in self.data.items() if not name.startswith("_")}

    def summary(self) -> Json:
        """For a test in another process."""
        return {
            "id": self.id,
            "text": self.text,
            "html": self.html,
            "data": self.shown(),
            "buttons": self.buttons,
            "labels": self.labels,
            "edits": self.edits,
            "deleted": self.deleted,
            "reactions": self.reactions,
        }


@dataclass
class Chat:
    """A private chat (its id is the person's) or a group."""

    id: int
    type: str
    title: str = ""
    person: Json | None = None  # whose private chat it is
    is_forum: bool = False
    bot: str = "member"  # the bot's status; "kicked" in a private chat means blocked
    polls_allowed: bool = True
    opened: bool = True  # a private chat opens when the person first writes
    members: dict[int, str] = field(default_factory=dict)
    threads: dict[int, str] = field(default_factory=dict)
    migrated_to: int | None = None
    messages: dict[int, Message] = field(default_factory=dict)
    said: list[Message] = field(default_factory=list)  # by the bot, in order
    heard_so_far: int = 0
    actions: list[str] = field(default_factory=list)
    menu_button: Json | None = None

    @property
    def private(self) -> bool:
        return self.type == "private"

    def shown(self) -> Json:
        shown: Json = {"id": self.id, "type": self.type}
        if self.person is not None:
            names = ("first_name", "last_name", "username")
            return shown | {name: self.person[name] for name in names if name in self.person}
        return shown | {"title": self.title} | ({"is_forum": True} if self.is_forum else {})

    def add(self, message: Message) -> Message:
        self.messages[message.id] = message
        if message.by_bot:
            self.said.append(message)
        return message

    def find(self, message_id: int) -> Message | None:
        message = self.messages.get(message_id)
        return None if message is None or message.deleted else message

    def full(self) -> Json:
        """ChatFullInfo, with the fields that are always there."""
        gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription")
        accepted: dict[str, Any] = dict.fromkeys((*gifts, "gifts_from_channels"), False)
        full = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": accepted}
        return self.shown() | full
