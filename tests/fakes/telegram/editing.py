"""Methods that change what was said."""

from typing import TYPE_CHECKING, Any

from tests.fakes.telegram import checks
from tests.fakes.telegram.access import message_of, readable, writable
from tests.fakes.telegram.arguments import Arguments
from tests.fakes.telegram.chats import Message
from tests.fakes.telegram.errors import Json, bad
from tests.fakes.telegram.registry import method

if TYPE_CHECKING:
    from tests.fakes.telegram.world import World

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)
_WHICH = " chat_id message_id inline_message_id reply_markup"
_TWO_DAYS = 48 * 3600
# core.telegram.org/bots/api#reactiontypeemoji
_EMOJI = (
    " ❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥"
    " 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨"
    " 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡"
)
REACTIONS = frozenset(_EMOJI.split())


@method("editMessageText", "text parse_mode entities link_preview_options" + _WHICH)
def edit_message_text(world: "World", arguments: Arguments) -> Any:
    checks.link_preview(arguments)
    message = _editable(world, arguments)
    text = checks.message_text(arguments)
    if message.chat is not None and "text" not in message.data:
        raise bad("there is no text in the message to edit")
    return _change(world, message, text, arguments)


@method("editMessageReplyMarkup", _WHICH)
def edit_message_reply_markup(world: "World", arguments: Arguments) -> Any:
    message = _editable(world, arguments)
    kept: Json = {n: message.data[n] for n in ("text", "entities") if n in message.data}
    return _change(world, message, kept, arguments)


def _editable(world: "World", arguments: Arguments) -> Message:
    if arguments.has("inline_message_id"):
        found = world.inline_messages.get(arguments.text("inline_message_id"))
        if found is None:
            raise bad("MESSAGE_ID_INVALID")
        return found
    message = message_of(writable(world, arguments), arguments, "to edit")
    if not message.by_bot:
        raise bad("message can't be edited")
    return message


def _change(world: "World", message: Message, text: Json, arguments: Arguments) -> Any:
    """An edit without reply_markup takes the keyboard away."""
    chat = message.chat
    markup = checks.reply_markup(arguments, chat is None or chat.private)
    if markup and "inline_keyboard" not in markup:
        raise bad("inline keyboard expected")
    changing = ("text", "entities", "reply_markup")
    kept = {name: v for name, v in message.data.items() if name not in changing}
    new = kept | text | ({"reply_markup": markup} if markup else {})
    if new == message.data:
        raise bad(NOT_MODIFIED)
    if chat is not None:
        world.sending.count(chat, world.clock())
    message.edits.append(message.data)
    message.data = new | {"edit_date": world.now()}
    world.changed.notify()
    return True if chat is None else message.shown()


@method("deleteMessage", "chat_id message_id")
def delete_message(world: "World", arguments: Arguments) -> bool:
    """Its own, those of a private chat, and as administrator all; none after 48 hours."""
    chat = writable(world, arguments)
    message = message_of(chat, arguments, "to delete")
    allowed = message.by_bot or chat.private or chat.bot == "administrator"
    if not allowed or world.now() - int(message.data["date"]) > _TWO_DAYS:
        raise bad("message can't be deleted")
    message.deleted = True
    world.changed.notify()
    return True


@method("stopPoll", "chat_id message_id reply_markup")
def stop_poll(world: "World", arguments: Arguments) -> Json:
    world.tick()
    message = message_of(writable(world, arguments), arguments, "with poll to stop")
    if message.poll is None:
        raise bad("message is not a poll")
    if not message.by_bot:
        raise bad("poll can't be stopped")
    poll = world.polls[message.poll["id"]]
    if poll.closed:
        raise bad("poll has already been closed")
    markup = checks.reply_markup(arguments, message.chat is None or message.chat.private)
    kept = {name: v for name, v in message.data.items() if name != "reply_markup"}
    message.data = kept | ({"reply_markup": markup} if markup else {})
    world.close_poll(poll)
    return poll.shown()


@method("setMessageReaction", "chat_id message_id reaction is_big")
def set_message_reaction(world: "World", arguments: Arguments) -> bool:
    message = message_of(readable(world, arguments), arguments, "to react")
    writable(world, arguments)
    reactions = arguments.decoded("reaction", "reaction types") or []
    if not isinstance(reactions, list):
        raise bad("expected an Array of ReactionType")
    if len(reactions) > 1:
        raise bad("REACTIONS_TOO_MANY")
    for reaction in reactions:
        known = reaction.get("type") == "emoji" and reaction.get("emoji") in REACTIONS
        if not known:
            raise bad("REACTION_INVALID")
    arguments.flag("is_big")
    message.reactions = reactions
    world.changed.notify()
    return True
