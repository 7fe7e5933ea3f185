"""Methods by which the bot says something new."""

import hashlib
from typing import TYPE_CHECKING

from tests.fakes.telegram import checks, content
from tests.fakes.telegram.access import writable
from tests.fakes.telegram.arguments import Arguments, Upload
from tests.fakes.telegram.chats import Chat, Message
from tests.fakes.telegram.errors import Json, bad
from tests.fakes.telegram.polls import poll_from
from tests.fakes.telegram.reach import shown_in_reply
from tests.fakes.telegram.registry import method

if TYPE_CHECKING:
    from tests.fakes.telegram.world import World

_WHERE = (
    " chat_id message_thread_id disable_notification protect_content message_effect_id"
    " reply_parameters reply_markup allow_paid_broadcast"
)
_REPLY = {
    *("message_id", "chat_id", "allow_sending_without_reply", "quote", "quote_parse_mode"),
    *("quote_entities", "quote_position"),
}
_CHAT_ACTIONS = {
    *("typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice"),
    *("upload_document", "choose_sticker", "find_location", "record_video_note"),
    "upload_video_note",
}


@method("sendMessage", "text parse_mode entities link_preview_options" + _WHERE)
def send_message(world: "World", arguments: Arguments) -> Json:
    checks.link_preview(arguments)
    return _say(world, arguments, checks.message_text(arguments)).shown()


@method(
    "sendPoll",
    "question question_parse_mode question_entities options is_anonymous type"
    " allows_multiple_answers allows_revoting allow_adding_options shuffle_options"
    " hide_results_until_closes correct_option_id correct_option_ids explanation"
    " explanation_parse_mode explanation_entities open_period close_date is_closed description"
    " description_parse_mode description_entities members_only country_codes media"
    " explanation_media" + _WHERE,
)
def send_poll(world: "World", arguments: Arguments) -> Json:
    chat = writable(world, arguments)
    if not chat.polls_allowed and chat.bot != "administrator":
        raise bad("not enough rights to send polls to the chat")
    poll = poll_from(arguments, world.clock())
    message = _say(world, arguments, {"poll": poll.shown()})
    world.polls[poll.id], world.poll_messages[poll.id] = poll, message
    return message.shown()


@method(
    "sendDocument",
    "document thumbnail caption parse_mode caption_entities disable_content_type_detection"
    + _WHERE,
)
def send_document(world: "World", arguments: Arguments) -> Json:
    upload = arguments.upload("document")
    document = _document(world, arguments, upload)
    message = _say(world, arguments, {"document": document, **checks.caption(arguments)})
    message.content = upload.content if upload else None
    return message.shown()


def _document(world: "World", arguments: Arguments, upload: Upload | None) -> Json:
    if upload is None:
        if not arguments.has("document"):
            raise bad("there is no document in the request")
        known = world.file_ids.get(arguments.text("document"))
        if known is None:
            raise bad("wrong file identifier/HTTP URL specified")
        return known
    if not upload.content:
        raise bad("file must be non-empty")
    unique = hashlib.sha256(upload.content).hexdigest()[:12]
    document = content.file(file_name=upload.name, mime_type=upload.kind)
    document |= {"file_unique_id": unique, "file_size": len(upload.content)}
    world.file_ids[document["file_id"]] = document
    return document


@method("sendChatAction", "chat_id message_thread_id action")
def send_chat_action(world: "World", arguments: Arguments) -> bool:
    chat = writable(world, arguments)
    _thread(chat, arguments)
    action = arguments.text("action")
    if action not in _CHAT_ACTIONS:
        raise bad("wrong parameter action in request")
    chat.actions.append(action)
    world.changed.notify()
    return True


def _say(world: "World", arguments: Arguments, what: Json) -> Message:
    """Checks where it goes and what hangs on it; then it is said."""
    chat = writable(world, arguments)
    data = what | _thread(chat, arguments) | _reply(world, chat, arguments)
    markup = checks.reply_markup(arguments, chat.private)
    if markup:
        data["reply_markup" if "inline_keyboard" in markup else "_keyboard"] = markup
    for flag in ("disable_notification", "allow_paid_broadcast"):
        arguments.flag(flag)
    if arguments.flag("protect_content"):
        data["has_protected_content"] = True
    if arguments.has("message_effect_id"):
        if not chat.private:
            raise bad("EFFECT_ID_INVALID")
        data["effect_id"] = arguments.text("message_effect_id")
    world.sending.count(chat, world.clock())
    return world.message(chat, world.bot_user, data)


def _thread(chat: Chat, arguments: Arguments) -> Json:
    """Groups without topics ignore it, as the real server does (check_message_topic)."""
    thread = arguments.integer("message_thread_id")
    if not thread or not (chat.is_forum or chat.private):
        return {}
    if thread not in chat.threads:
        raise bad("message thread not found")
    return {"message_thread_id": thread, "is_topic_message": True}


def _reply(world: "World", chat: Chat, arguments: Arguments) -> Json:
    asked = arguments.decoded("reply_parameters", "reply parameters")
    if asked is None:
        return {}
    if not isinstance(asked, dict) or type(asked.get("message_id")) is not int:
        raise bad("object expected as reply parameters")
    if asked.keys() - _REPLY:
        raise bad(f"unknown fields of reply parameters: {sorted(asked.keys() - _REPLY)}")
    there = world.chat(asked["chat_id"]) if asked.get("chat_id") else chat
    replied = there.find(asked["message_id"])
    if replied is None:
        if asked.get("allow_sending_without_reply"):
            return {}
        raise bad("message to be replied not found")
    if asked.get("quote") and asked["quote"] not in replied.text:
        raise bad("QUOTE_TEXT_INVALID")
    found: Json = {"reply_to_message": shown_in_reply(replied)}
    if replied.data.get("is_topic_message"):
        found |= {"message_thread_id": replied.thread, "is_topic_message": True}
    return found
