"""Listening in a chat, and the groups people meet in."""

from typing import TYPE_CHECKING

from tests.fakes.telegram import content
from tests.fakes.telegram.chats import Chat, Message
from tests.fakes.telegram.errors import Json

if TYPE_CHECKING:
    from tests.fakes.telegram.people import Person
    from tests.fakes.telegram.world import World

PATIENCE = 5.0


class Listener:
    """Hears what the bot says in one chat."""

    def __init__(self, world: "World", chat: Chat) -> None:
        self.world = world
        self.chat = chat

    @property
    def id(self) -> int:
        return self.chat.id

    @property
    def heard(self) -> list[Message]:
        """All that the bot ever sent here, oldest first."""
        return self.chat.said

    async def hears(self, timeout: float = PATIENCE) -> Message:
        """The next message of the bot that no call of this gave yet."""
        number = self.chat.heard_so_far

        def look() -> Message | None:
            return self.chat.said[number] if len(self.chat.said) > number else None

        message = await self.world.changed.until(look, timeout, f"message in {self.chat.shown()}")
        self.chat.heard_so_far = number + 1
        return message

    async def sees_edit(self, message: Message, timeout: float = PATIENCE) -> Message:
        """The same message, once it was edited more often than now."""
        before = len(message.edits)

        def look() -> Message | None:
            return message if len(message.edits) > before else None

        return await self.world.changed.until(look, timeout, f"edit of message {message.id}")


class Group(Listener):
    """A group, supergroup or forum."""

    def add_bot(self, by: "Person", admin: bool = False) -> None:
        self.chat.members.setdefault(by.id, "member")
        self._bot_becomes("administrator" if admin else "member", by)
        joined = {"new_chat_members": [self.world.bot_user]}
        self.service(by.user, joined)

    def promote_bot(self, by: "Person") -> None:
        self._bot_becomes("administrator", by)

    def forbid_polls(self) -> None:
        """Members who are no administrators may not send polls."""
        self.chat.polls_allowed = False

    def kick_bot(self, by: "Person") -> None:
        self._bot_becomes("kicked", by)

    def _bot_becomes(self, status: str, by: "Person") -> None:
        self.world.push(*membership(self.world, self.chat, status, by.user))

    def add(self, *people: "Person", admin: bool = False) -> None:
        for person in people:
            self.chat.members[person.id] = "administrator" if admin else "member"

    def add_thread(self, name: str, by: "Person | None" = None) -> int:
        """A topic; its id is that of the service message that opened it."""
        if not self.chat.is_forum:
            raise ValueError("not a forum")
        colour = {"name": name, "icon_color": 7322096}
        opened = self.service(
            by.user if by else self.world.bot_user, {"forum_topic_created": colour}
        )
        opened.data |= {"message_thread_id": opened.id, "is_topic_message": True}
        self.chat.threads[opened.id] = name
        return opened.id

    def migrate(self) -> "Group":
        """A basic group becomes a supergroup: new id, and two service messages."""
        if self.chat.type != "group":
            raise ValueError("only a basic group can become a supergroup")
        new = self.world.group(self.chat.title, "supergroup", bot=False)
        new.chat.members, new.chat.bot = dict(self.chat.members), self.chat.bot
        sender = {"id": 1_087_968_824, "is_bot": True, "first_name": "Group"}
        self.service(sender, {"migrate_to_chat_id": new.id})
        self.chat.migrated_to = new.id
        new.service(sender, {"migrate_from_chat_id": self.id})
        return new

    def service(self, sender: Json, what: Json) -> Message:
        """Service messages always arrive, whatever the privacy mode."""
        message = self.world.message(self.chat, sender, what)
        if not message.by_bot and self.chat.bot in ("member", "administrator"):
            self.world.push("message", message.shown(), str(self.chat.id))
        return message


def membership(world: "World", chat: Chat, status: str, by: Json) -> tuple[str, Json, str]:
    """my_chat_member, and the change it tells of."""
    old, chat.bot = chat.bot, status
    user = world.bot.user(world.bot_id)
    change = {
        "chat": chat.shown(),
        "from": by,
        "date": world.now(),
        "old_chat_member": content.member(old, user),
        "new_chat_member": content.member(status, user),
    }
    return "my_chat_member", change, str(chat.id)
