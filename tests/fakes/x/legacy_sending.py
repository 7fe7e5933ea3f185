"""Sending and deleting legacy DMs (docs.x.com/x-api/direct-messages/manage).

Bodies and answers follow the official OpenAPI file. The limit of 10,000 characters is documented by
X's announcement and clients only.
"""

from typing import TYPE_CHECKING, Any

from tests.fakes.x import problems
from tests.fakes.x.asking import Ask, object_of
from tests.fakes.x.ids import CONVERSATION, NUMBER
from tests.fakes.x.problems import invalid
from tests.fakes.x.registry import Answer, route

if TYPE_CHECKING:
    from tests.fakes.x.world import World

WRITE = "dm.write tweet.read users.read"
LONGEST = 10_000


@route("dm_delete", "DELETE", "/2/dm_events/{event_id}", "dm.read dm.write")
def delete_event(world: "World", ask: Ask) -> Answer:
    """Own messages only, and only from the own view."""
    wanted = ask.number("event_id")
    for event in world.mail.seen_by(ask.user):
        if event.id == wanted and event.sender == ask.user:
            event.hidden_from.add(ask.user)
            world.money.write("dm_delete", wanted)
            return Answer({"data": {"deleted": True}})
    return Answer({"errors": [problems.missing("dm_event", "event_id", wanted)]})


@route("dm_send", "POST", "/2/dm_conversations/with/{participant_id}/messages", WRITE)
def send_to(world: "World", ask: Ask) -> Answer:
    recipient = ask.number("participant_id")
    text, media = _message(world, ask.body(), "$")
    _admitted(world, ask.user, {recipient})
    return _sent(world, ask.user, world.mail.with_(ask.user, recipient), text, media)


@route("dm_send", "POST", "/2/dm_conversations/{dm_conversation_id}/messages", WRITE)
def send_in(world: "World", ask: Ask) -> Answer:
    conversation = ask.matching("dm_conversation_id", CONVERSATION)
    text, media = _message(world, ask.body(), "$")
    members = world.mail.members(conversation)
    if ask.user not in members:
        raise problems.blank(403, problems.CLOSED)
    if conversation not in world.mail.groups:
        _admitted(world, ask.user, members - {ask.user})
    return _sent(world, ask.user, conversation, text, media)


@route("dm_send", "POST", "/2/dm_conversations", WRITE)
def new_group(world: "World", ask: Ask) -> Answer:
    known = {"conversation_type": "string", "participant_ids": "array", "message": "object"}
    body = object_of(ask.body(), "$", known, " ".join(known))
    if body["conversation_type"] != "Group":
        raise invalid("$.conversation_type: does not have a value in the enumeration [Group]")
    people = body["participant_ids"]
    if not 2 <= len(people) <= 49 or not all(NUMBER.fullmatch(str(one)) for one in people):
        raise invalid("$.participant_ids: there must be 2 to 49 ids")
    text, media = _message(world, body["message"], "$.message")
    _admitted(world, ask.user, set(people))
    return _sent(world, ask.user, world.mail.group({ask.user, *people}), text, media)


def _admitted(world: "World", sender: str, recipients: set[str]) -> None:
    accounts = [world.accounts.get(one) for one in recipients]
    if not all(one is not None and one.admits(sender) for one in accounts):
        raise problems.blank(403, problems.CLOSED)


def _message(world: "World", body: Any, where: str) -> tuple[str, list[str]]:
    """Text and media keys of a message body."""
    found = object_of(body, where, {"text": "string", "attachments": "array"})
    if not found:
        raise invalid(f"{where}: should be valid to any of the schemas (text, attachments)")
    text, attachments = found.get("text", ""), found.get("attachments", [])
    if "text" in found and not text:
        raise invalid(f"{where}.text: must be at least 1 characters long")
    if len(text) > LONGEST:
        raise invalid(f"{where}.text: must be at most {LONGEST} characters long")
    if len(attachments) > 1:
        raise invalid(f"{where}.attachments: only one attachment is allowed")
    return text, [_media(world, item, f"{where}.attachments[0]") for item in attachments]


def _media(world: "World", item: Any, where: str) -> str:
    found = object_of(item, where, {"media_id": "string"}, "media_id")
    category = world.media.get(found["media_id"])
    if category is None:
        raise invalid(f"{where}.media_id: no such media")
    if category != "dm_image":
        raise invalid("unsupported media category")
    return f"3_{found['media_id']}"


def _sent(world: "World", sender: str, conversation: str, text: str, media: list[str]) -> Answer:
    event = world.post(conversation, sender, text, media=media)
    world.money.write("dm_send", event.id)
    ids = {"dm_conversation_id": conversation, "dm_event_id": event.id}
    return Answer({"data": ids}, 201)
