"""Which messages of a group reach the bot (core.telegram.org/bots/features#privacy-mode)."""

from typing import TYPE_CHECKING

from tests.fakes.telegram.chats import Chat, Message
from tests.fakes.telegram.errors import Json
from tests.fakes.telegram.texts import piece

if TYPE_CHECKING:
    from tests.fakes.telegram.world import World


def bot_reads(world: "World", chat: Chat, message: Message) -> bool:
    """All in private; in a group all for an administrator, else what is meant for the bot."""
    if chat.private:
        return chat.bot != "kicked"
    if chat.bot not in ("member", "administrator") or chat.migrated_to is not None:
        return False
    everything = world.bot.can_read_all_group_messages or chat.bot == "administrator"
    return everything or _to_bot(world, message) or _addressed(world, message)


def _to_bot(world: "World", message: Message) -> bool:
    """A reply to the bot; the opening of a topic, which stands for no reply, does not count."""
    replied = message.data.get("reply_to_message")
    if replied is None or "forum_topic_created" in replied:
        return False
    return bool(replied["from"]["id"] == world.bot_id)


def _addressed(world: "World", message: Message) -> bool:
    name = "@" + world.bot.username.lower()
    for entity in message.entities:
        covered = piece(message.text, entity).lower()
        if entity["type"] == "mention" and covered == name:
            return True
        if entity["type"] == "bot_command" and ("@" not in covered or covered.endswith(name)):
            return True
    return False


def replied_to(chat: Chat, reply_to: Message | None, thread: int | None) -> Json:
    """The thread and reply fields of a new message.

    Without a real reply, a message in a topic shows the topic's opening as the one replied to. A
    reply in a supergroup without topics carries the id of the first message as its thread.
    """
    if thread is not None and thread not in chat.threads:
        raise ValueError(f"no thread {thread} here")
    if chat.is_forum and thread is None and reply_to is not None:
        thread = reply_to.thread
    found: Json = {}
    if thread is not None:
        found = {"message_thread_id": thread, "is_topic_message": True}
        reply_to = reply_to or chat.messages[thread]
    elif reply_to is not None and chat.type == "supergroup" and not chat.is_forum:
        found = {"message_thread_id": reply_to.thread or reply_to.id}
    if reply_to is not None:
        found["reply_to_message"] = shown_in_reply(reply_to)
    return found


def shown_in_reply(message: Message) -> Json:
    """Replies are shown one level deep."""
    return {name: v for name, v in message.shown().items() if name != "reply_to_message"}
