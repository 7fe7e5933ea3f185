"""Whether the bot may act in a chat (tdlib Client.cpp, check_chat_access)."""

from typing import TYPE_CHECKING

from tests.fakes.telegram.arguments import Arguments
from tests.fakes.telegram.chats import Chat, Message
from tests.fakes.telegram.errors import Refused, bad, forbidden

if TYPE_CHECKING:
    from tests.fakes.telegram.world import World


def readable(world: "World", arguments: Arguments) -> Chat:
    """Known, and not a supergroup that the bot is out of."""
    if not arguments.has("chat_id"):
        raise bad("chat_id is empty")
    chat = world.chat(arguments.values["chat_id"])
    if chat.type == "supergroup":
        _member(chat)
    return chat


def writable(world: "World", arguments: Arguments) -> Chat:
    chat = readable(world, arguments)
    if chat.migrated_to is not None:
        reason = "Bad Request: group chat was upgraded to a supergroup chat"
        raise Refused(400, reason, migrate_to_chat_id=chat.migrated_to)
    if not chat.private:
        _member(chat)
    elif not chat.opened:
        raise forbidden("bot can't initiate conversation with a user")
    elif chat.bot == "kicked":
        raise forbidden("bot was blocked by the user")
    return chat


def _member(chat: Chat) -> None:
    if chat.bot == "kicked":
        raise forbidden(f"bot was kicked from the {chat.type} chat")
    if chat.bot == "left":
        raise forbidden(f"bot is not a member of the {chat.type} chat")


def message_of(chat: Chat, arguments: Arguments, what: str) -> Message:
    if not arguments.has("message_id"):
        raise bad("message identifier is not specified")
    message = chat.find(arguments.integer("message_id"))
    if message is None:
        raise bad(f"message {what} not found")
    return message
