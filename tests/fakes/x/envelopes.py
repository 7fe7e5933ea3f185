"""What the activity stream and the webhook carry (docs.x.com/x-api/activity/event-payloads).

Legacy messages come in the form of the older account activity API: one delivery may hold several,
there is no conversation id, times are milliseconds, users are a map. That a group message tells its
conversation in `target.conversation_id` is inferred; so is the form of `dm.indicate_typing`.
"""

from typing import TYPE_CHECKING

from tests.fakes.x.accounts import Account
from tests.fakes.x.chat import token
from tests.fakes.x.chats import ChatEvent, Conversation
from tests.fakes.x.mail import DmEvent
from tests.fakes.x.problems import Json
from tests.fakes.x.texts import shown

if TYPE_CHECKING:
    from tests.fakes.x.world import World


def direct_messages(world: "World", events: list[DmEvent]) -> Json:
    people = {one for event in events for one in world.mail.members(event.conversation)}
    known = [world.accounts[one] for one in sorted(people) if one in world.accounts]
    return {
        "direct_message_events": [_created(world, event) for event in events],
        "users": {one.id: {"data": _user(world, one)} for one in known},
    }


def _created(world: "World", event: DmEvent) -> Json:
    others = world.mail.members(event.conversation) - {event.sender}
    target = {"recipient_id": next(iter(others))}
    if event.conversation in world.mail.groups:
        target = {"conversation_id": event.conversation}
    text, entities = shown(event.text, world.escape)
    named = {
        "hashtags": entities.get("hashtags", []),
        "symbols": entities.get("cashtags", []),
        "user_mentions": entities.get("mentions", []),
        "urls": entities.get("urls", []),
    }
    content: Json = {"text": text, "entities": named}
    if event.media:
        content["attachment"] = {"type": "media", "media": {"id_str": event.media[0][2:]}}
    return {
        "type": "message_create",
        "id": event.id,
        "created_timestamp": event.milliseconds,
        "message_create": {
            "target": target,
            "sender_id": event.sender,
            "message_data": content,
        },
    }


def _user(world: "World", one: Account) -> Json:
    """The subscribed account itself is told as an empty object."""
    if one.id == world.bot.id:
        return {}
    return one.shown(["affiliation", "verified", "protected", "created_at"])


def typing(sender: str, recipient: str, milliseconds: str) -> Json:
    sign = {"created_timestamp": milliseconds, "sender_id": sender}
    sign["target"] = {"recipient_id": recipient}  # type: ignore[assignment]
    return {"direct_message_indicate_typing_events": [sign]}


def chat_message(world: "World", where: Conversation, event: ChatEvent, user: str) -> Json:
    """The key change that the message's key came with is always told too."""
    signers = world.keys.of(event.sender)
    version = event.signature["public_key_version"]
    keys = [one["signing_public_key"] for one in signers if one["public_key_version"] == version]
    payload: Json = {
        "conversation_token": token(where, user),
        "id": event.message_id,
        "created_at_msec": event.milliseconds,
        "sender_id": event.sender,
        "conversation_id": where.id,
        "conversation_key_version": event.key_version,
        "encoded_event": event.encoded,
        "message_event_signature": event.signature | {"signing_public_key": "".join(keys[:1])},
    }
    change = where.key_change(event.key_version)
    if change is not None:
        payload["conversation_key_change_event"] = change.encoded
    return payload


def revoked(user: str, app: str, date_time: str) -> Json:
    return {"date_time": date_time, "user_id": user, "app_id": app}
