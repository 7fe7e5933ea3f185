"""Who says what where: the part of an update that every answer needs."""

from dataclasses import dataclass
from typing import Any, Optional

from telegram import Chat, Message, Update, User
from telegram.constants import ChatType

from bot.gateway.model import Event
from bot.knowledge.model import LANGUAGES, Language
from bot.privacy.keys import pseudonym

PLATFORM = "telegram"
KINDS = [
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.INLINE_QUERY,
    Update.GUEST_MESSAGE,
    Update.MY_CHAT_MEMBER,
    Update.MESSAGE_REACTION,
]
# "Group" of Telegram writes for every administrator who wishes to stay anonymous.
_ANONYMOUS_ADMIN = 1_087_968_824


@dataclass(frozen=True)
class Visit:
    """`person` and `place` are pseudonyms; `chat` is Telegram's own and stays out of logs.

    A person's `conversation` in a group is another than in private, so that nothing said in
    private shows in the group.
    """

    event: Event
    person: str
    conversation: str
    place: str
    chat: int
    language: Language
    group: bool = False
    thread: Optional[int] = None
    message: Optional[int] = None


class Names:
    """Gives persons and places their pseudonyms."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def person(self, identity: int) -> str:
        return pseudonym(self._key, PLATFORM, str(identity))

    def place(self, chat: int) -> str:
        return pseudonym(self._key, f"{PLATFORM} chat", str(chat))

    def conversation(self, person: int, chat: int) -> str:
        return pseudonym(self._key, PLATFORM, f"{person}@{chat}")

    def event(self, raw: dict[str, Any], body: str) -> Event:
        """The event that an update is; it may be of a kind we do not know."""
        what = next((v for name, v in raw.items() if name != "update_id"), None)
        what = what if isinstance(what, dict) else {}
        who = what.get("sender_chat") or what.get("from") or what.get("user") or what.get("chat")
        identity = who.get("id", 0) if isinstance(who, dict) else 0
        return Event(PLATFORM, str(raw["update_id"]), self.person(identity), body)

    def visit(
        self,
        event: Event,
        chat: Chat,
        user: Optional[User],
        chosen: Optional[Language],
        message: Optional[Message] = None,
    ) -> Visit:
        """`chosen` is the language that the person asked for, if any."""
        group = chat.type != ChatType.PRIVATE
        identity = speaker(user, message) or chat.id
        person = self.person(identity)
        in_topic = message is not None and message.is_topic_message
        return Visit(
            event,
            person,
            self.conversation(identity, chat.id) if group else person,
            self.place(chat.id),
            chat.id,
            chosen or app_language(user),
            group,
            message.message_thread_id if message is not None and in_topic else None,
            message.message_id if message is not None else None,
        )


def speaker(user: Optional[User], message: Optional[Message]) -> Optional[int]:
    """Who speaks: a person, or a chat that somebody speaks for."""
    if message is not None and message.sender_chat is not None:
        return message.sender_chat.id
    return user.id if user is not None else None


def is_robot(message: Message, ours: int) -> bool:
    """Whether another robot wrote it, or one of our own inline answers was posted."""
    user = message.from_user
    robot = user is not None and user.is_bot and user.id != _ANONYMOUS_ADMIN
    own = message.via_bot is not None and message.via_bot.id == ours
    return own or (robot and message.sender_chat is None)


def app_language(user: Optional[User]) -> Language:
    """The language of the person's app if it is one of ours; French otherwise."""
    code = (user.language_code or "").lower() if user is not None else ""
    return next((name for name in LANGUAGES if code.partition("-")[0] == name), "fr")
