"""Methods about chats and who is in them."""

from typing import TYPE_CHECKING

from tests.fakes.telegram import content
from tests.fakes.telegram.access import readable, writable
from tests.fakes.telegram.arguments import Arguments
from tests.fakes.telegram.errors import Json, bad
from tests.fakes.telegram.groups import membership
from tests.fakes.telegram.registry import method

if TYPE_CHECKING:
    from tests.fakes.telegram.world import World


@method("getChat", "chat_id")
def get_chat(world: "World", arguments: Arguments) -> Json:
    chat = readable(world, arguments)
    if chat.private and not chat.opened:
        raise bad("chat not found")
    return chat.full()


@method("getChatMember", "chat_id user_id")
def get_chat_member(world: "World", arguments: Arguments) -> Json:
    chat = readable(world, arguments)
    user_id = arguments.integer("user_id")
    if user_id <= 0:
        raise bad("invalid user_id specified")
    if user_id == world.bot_id:
        return content.member(chat.bot, world.bot_user)
    if user_id not in world.people:
        raise bad("PARTICIPANT_ID_INVALID")
    status = "member" if chat.id == user_id else chat.members.get(user_id, "left")
    return content.member(status, world.people[user_id].user)


@method("leaveChat", "chat_id")
def leave_chat(world: "World", arguments: Arguments) -> bool:
    chat = writable(world, arguments)
    if chat.private:
        raise bad("chat member status can't be changed in private chats")
    world.push(*membership(world, chat, "left", world.bot_user))
    return True
