"""XChat's routes, /2/chat/*.

Documented (the official OpenAPI file, docs.x.com/xchat): paths, scopes, parameters, bodies and
answers. Inferred: the sequence id as the id of an event; `direct` as the type of a conversation of
two; the words of refusals; which fields come without asking; that history is billed as DM events,
sending as a DM, and a repeated send not at all.
"""

from typing import TYPE_CHECKING

from tests.fakes.x import acceptance
from tests.fakes.x.accounts import USER_FIELDS
from tests.fakes.x.asking import Ask, object_of
from tests.fakes.x.chats import ChatEvent, Conversation
from tests.fakes.x.problems import Json, blank, invalid, wrong_parameter
from tests.fakes.x.registry import Answer, route

if TYPE_CHECKING:
    from tests.fakes.x.world import World

READ, WRITE = "dm.read tweet.read users.read", "dm.write tweet.read users.read"
PATH_ID = r"[0-9]{1,19}|[0-9]{1,19}-[0-9]{1,19}|g[0-9]{1,19}"
HERE = "/2/chat/conversations/{id}"
EVENT_FIELDS = [
    *("conversation_id", "conversation_token", "created_at", "encoded_event", "id", "is_trusted"),
    *("message_event_signature", "previous_id", "sender_id"),
]
CONVERSATION_FIELDS = [
    *("created_at", "group_avatar_url", "group_name", "id", "is_muted", "message_ttl_ms"),
    *("screen_capture_blocking_enabled", "screen_capture_detection_enabled", "type", "updated_at"),
]
_EXPANSIONS = ["admin_ids", "member_ids", "participant_ids"]
_ASKED_OF_CONVERSATION = ["chat_conversation.fields", "expansions", "user.fields"]
_MESSAGE = dict.fromkeys(
    (
        *("message_id", "encoded_message_create_event", "encoded_message_event_signature"),
        "conversation_token",
    ),
    "string",
)
_KEYS = {
    "conversation_key_version": "string",
    "conversation_participant_keys": "array",
    "action_signatures": "array",
    "base64_encoded_key_rotation": "string",
}


@route("chat_conversations", "GET", "/2/chat/conversations", "dm.read users.read")
def conversations(world: "World", ask: Ask) -> Answer:
    ask.only([*_ASKED_OF_CONVERSATION, "max_results", "pagination_token"])
    size, found = ask.within("max_results", 10, 1, 100), world.chats.of(ask.user)
    start = _offset(ask, len(found))
    page = found[start : start + size]
    meta = _meta(start, size, len(found), len(page))
    meta["has_message_requests"] = any(not one.trusted_by(ask.user) for one in found)
    data = {"data": [_conversation(ask, one) for one in page]} if page else {}
    return Answer({**data, "meta": meta})


@route("chat_conversation", "GET", HERE, READ)
def conversation(world: "World", ask: Ask) -> Answer:
    ask.only(_ASKED_OF_CONVERSATION)
    return Answer({"data": _conversation(ask, _here(world, ask))})


def _conversation(ask: Ask, one: Conversation) -> Json:
    wanted = {"id", "type", *ask.chosen("chat_conversation.fields", CONVERSATION_FIELDS)}
    wanted |= set(ask.chosen("expansions", _EXPANSIONS))
    ask.chosen("user.fields", USER_FIELDS)
    is_group, people = one.id.startswith("g"), sorted(one.members, key=int)
    known: Json = {"id": one.path, "type": "group" if is_group else "direct", "is_muted": False}
    if one.events:
        known["created_at"] = one.events[0].created_at
        known["updated_at"] = one.events[-1].created_at
    known |= {"member_ids": people} if is_group else {"participant_ids": people}
    return {name: value for name, value in known.items() if name in wanted}


@route("chat_events", "GET", f"{HERE}/events", READ)
def events(world: "World", ask: Ask) -> Answer:
    """Newest first; the key changes of the whole conversation come in `meta` of each page."""
    ask.only(["chat_message_event.fields", "max_results", "pagination_token"])
    fields = ask.chosen("chat_message_event.fields", EVENT_FIELDS) or ["id", "encoded_event"]
    size, where = ask.within("max_results", 10, 1, 100), _here(world, ask)
    found = where.events[::-1]
    start = _before(ask, found)
    page = found[start : start + size]
    for event in page:
        world.money.read("chat_event", event.id)
    meta = _meta(start, size, len(found), len(page), page[-1].id if page else "")
    meta["conversation_key_events"] = [event.encoded for event in where.key_changes]
    data = {"data": [_event(ask, where, event, fields) for event in page]} if page else {}
    return Answer({**data, "meta": meta})


def _event(ask: Ask, where: Conversation, event: ChatEvent, fields: list[str]) -> Json:
    place = where.events.index(event)
    known: Json = {
        "id": event.id,
        "conversation_id": where.id,
        "conversation_token": token(where, ask.user),
        "created_at": event.created_at,
        "encoded_event": event.encoded,
        "is_trusted": where.trusted_by(ask.user),
        "message_event_signature": event.signature,
        "sender_id": event.sender,
    }
    if place:
        known["previous_id"] = where.events[place - 1].id
    return {name: value for name, value in known.items() if name in fields}


@route("chat_send", "POST", f"{HERE}/messages", WRITE)
def send(world: "World", ask: Ask) -> Answer:
    body = object_of(ask.body(), "$", _MESSAGE, "message_id encoded_message_create_event")
    where = _here(world, ask)
    if body.get("conversation_token", token(where, ask.user)) != token(where, ask.user):
        raise invalid("$.conversation_token: is not valid")
    known = body["message_id"] in where.sent
    event = acceptance.message(world, where, ask.user, body)
    if not known:
        world.money.write("dm_send", event.id)
    return Answer({"data": {"encoded_message_event": event.encoded}}, 201)


@route("chat_keys", "POST", f"{HERE}/keys", WRITE)
def change_keys(world: "World", ask: Ask) -> Answer:
    needed = "conversation_key_version conversation_participant_keys"
    body = object_of(ask.body(), "$", _KEYS, needed)
    where = _here(world, ask)
    event = acceptance.keys(world, where, ask.user, body)
    return Answer({"data": {"conversation_id": where.path, "sequence_id": event.id}})


@route("chat_typing", "POST", f"{HERE}/typing", WRITE)
def typing(world: "World", ask: Ask) -> Answer:
    _here(world, ask).typing.append((ask.user, world.clock()))
    world.changed.notify()
    return Answer({"data": {"success": True}})


@route("chat_read", "POST", f"{HERE}/read", WRITE)
def mark_read(world: "World", ask: Ask) -> Answer:
    known = {"seen_until_sequence_id": "string"}
    body = object_of(ask.body(), "$", known, "seen_until_sequence_id")
    _here(world, ask).seen[ask.user] = body["seen_until_sequence_id"]
    return Answer({"data": {"success": True}})


def _here(world: "World", ask: Ask) -> Conversation:
    """The conversation of the path: the other's id, both ids in any order, or a group's."""
    name = ask.matching("id", PATH_ID)
    if name.startswith("g"):
        found = world.chats.all.get(name)
        if found is None or ask.user not in found.members:
            raise blank(403)
        return found
    people = set(name.split("-")) | ({ask.user} if "-" not in name else set())
    if ask.user not in people or len(people) != 2:
        raise blank(403)
    return world.chats.between(*people)


def token(where: Conversation, user: str) -> str:
    """Opaque to the client."""
    return f"fake.{where.path}.{user}"


def _meta(start: int, size: int, total: int, count: int, last: str = "") -> Json:
    meta: Json = {"result_count": count, "has_more": start + size < total}
    if meta["has_more"]:
        meta["next_token"] = f"before-{last}" if last else f"from-{start + size}"
    return meta


def _offset(ask: Ask, total: int) -> int:
    asked = ask.query.get("pagination_token", "from-0")
    if not asked.removeprefix("from-").isdigit() or not asked.startswith("from-"):
        raise wrong_parameter("pagination_token", asked, "is not valid")
    return min(int(asked.removeprefix("from-")), total)


def _before(ask: Ask, found: list[ChatEvent]) -> int:
    asked = ask.query.get("pagination_token")
    if asked is None:
        return 0
    last = asked.removeprefix("before-")
    if not asked.startswith("before-") or not last.isdigit():
        raise wrong_parameter("pagination_token", asked, "is not valid")
    return next((i for i, event in enumerate(found) if int(event.id) < int(last)), len(found))
