"""Contents of messages that people send, as the Bot API shows them."""

import hashlib
import itertools
from typing import TYPE_CHECKING

from tests.fakes.telegram.chats import Message
from tests.fakes.telegram.errors import Json
from tests.fakes.telegram.texts import find_entities, trimmed, units

if TYPE_CHECKING:
    from tests.fakes.telegram.world import World

_files = itertools.count(1)
_inline = itertools.count(1)
_ADMIN = (
    *("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages"),
    *("can_manage_video_chats", "can_restrict_members", "can_promote_members", "can_change_info"),
    *("can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories"),
    *("can_pin_messages", "can_manage_topics"),
)


def text(source: str) -> Json:
    stored, _ = trimmed(source, [])
    if not stored or units(stored) > 4096:
        raise ValueError("an app sends 1 to 4096 characters")
    entities = find_entities(stored)
    return {"text": stored} | ({"entities": entities} if entities else {})


def file(**more: object) -> Json:
    number = next(_files)
    unique = hashlib.sha256(str(number).encode()).hexdigest()[:12]
    return {"file_id": f"AgACAgQAAx{number:010d}", "file_unique_id": unique, **more}


def voice() -> Json:
    return {"voice": file(duration=3, mime_type="audio/ogg", file_size=9_000)}


def sticker(emoji: str) -> Json:
    size = {"width": 512, "height": 512, "is_animated": False, "is_video": False}
    return {"sticker": file(type="regular", emoji=emoji, **size)}


def photo(caption: str) -> Json:
    found: Json = {"photo": [file(width=90, height=60), file(width=800, height=533)]}
    if not caption:
        return found
    written = text(caption)
    found["caption"] = written["text"]
    entities = {"caption_entities": written["entities"]} if "entities" in written else {}
    return found | entities


def contact(user: Json) -> Json:
    card = {"phone_number": "33600000000", "first_name": user["first_name"], "user_id": user["id"]}
    return {"contact": card}


def member(status: str, user: Json) -> Json:
    """ChatMember of this status, with the fields that are always there."""
    found: Json = {"status": status, "user": user}
    if status == "kicked":
        found["until_date"] = 0
    if status == "creator":
        found["is_anonymous"] = False
    if status == "administrator":
        found |= dict.fromkeys(_ADMIN, False)
    return found


def inline_message(world: "World", result: Json) -> Message:
    """A message sent through the bot: it has no chat, only an inline_message_id."""
    number = f"BAAAAInline{next(_inline):06d}"
    data = {"message_id": 0, "_inline_message_id": number, **result.get("_message", {})}
    message = Message(data, None, by_bot=True)
    world.inline_messages[number] = message
    return message
