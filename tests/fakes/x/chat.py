"""XChat's routes, /2/chat/*.

Documented (the official OpenAPI file, docs.x.com/xchat): paths, scopes, parameters, bodies and
answers; that a message id is signed, so that a send can be repeated; that key changes need
signatures. Inferred: a repeated send answers with the first event; what is refused beyond the
schema (unknown key versions, somebody missing among the keys); the sequence id as the id of an
event; the words of refusals; which fields come without asking; that history is billed as DM events
and sending as a DM.
"""

from typing import TYPE_CHECKING, Any

from tests.fakes.x import framing
from tests.fakes.x.accounts import USER_FIELDS
from tests.fakes.x.asking import Ask, object_of
from tests.fakes.x.chats import ChatEvent, Conversation, signed
from tests.fakes.x.problems import CLOSED, Json, blank, invalid, wrong_parameter
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
_WRAPPED = dict.fromkeys(("user_id", "encrypted_conversation_key", "public_key_version"), "string")
_ACTION = {
    "message_id": "string",
    "encoded_message_event_detail": "string",
    "message_event_signature": "object",
    "signature_payload": "string",
}
_SIGNATURE = {
    **dict.fromkeys(("signature", "public_key_version", "signature_version"), "string"),
    "signing_public_key": "string",
    "message_signing_key_info_list": "array",
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
    event = accept(world, where, ask.user, body)
    world.money.write("dm_send", event.id)
    return Answer({"data": {"encoded_message_event": event.encoded}}, 201)


def accept(world: "World", where: Conversation, sender: str, body: Json) -> ChatEvent:
    """Takes a message in, once: the same message again brings the first event."""
    content = body["encoded_message_create_event"]
    if body["message_id"] in where.sent:
        first, event = where.sent[body["message_id"]]
        if first != content:
            raise invalid("$.message_id: another message has this id")
        return event
    created = _struct(content, "$.encoded_message_create_event")
    signature = _struct(
        body.get("encoded_message_event_signature", ""), "$.encoded_message_event_signature"
    )
    _check_message(world, where, sender, created, signature)
    event = world.chats.add_message(where, sender, body["message_id"], created, signature)
    where.sent[event.message_id] = (content, event)
    world.deliver(where, event)
    return event


def _struct(text: str, where: str) -> bytes:
    try:
        body = framing.decoded(text)
        framing.read(body)
    except ValueError:
        raise invalid(f"{where}: is not an encoded event") from None
    return body


def _check_message(
    world: "World", where: Conversation, sender: str, created: bytes, signature: bytes
) -> None:
    version = framing.read(created).get(framing.CREATED_KEY_VERSION, b"").decode()
    if where.key_change(version) is None:
        raise invalid("$.encoded_message_create_event: unknown conversation key version")
    try:
        signer = signed(signature)["public_key_version"]
    except KeyError:
        raise invalid("$.encoded_message_event_signature: is incomplete") from None
    if not world.keys.knows(sender, signer):
        raise invalid("$.encoded_message_event_signature: unknown public key version")
    others = [world.accounts.get(one) for one in where.members - {sender}]
    if len(others) == 1 and not (others[0] and others[0].admits(sender)):
        raise blank(403, CLOSED)


@route("chat_keys", "POST", f"{HERE}/keys", WRITE)
def change_keys(world: "World", ask: Ask) -> Answer:
    needed = "conversation_key_version conversation_participant_keys"
    body = object_of(ask.body(), "$", _KEYS, needed)
    where = _here(world, ask)
    event = accept_keys(world, where, ask.user, body)
    return Answer({"data": {"conversation_id": where.path, "sequence_id": event.id}})


def accept_keys(world: "World", where: Conversation, sender: str, body: Json) -> ChatEvent:
    """A new conversation key, wrapped for everybody and signed by the one who changes it."""
    actions = body.get("action_signatures") or []
    if not actions:
        raise invalid("$.action_signatures: is missing but it is required")
    action = _action(world, sender, actions[0])
    version = body["conversation_key_version"]
    wrapped = [_wrapped(world, item) for item in body["conversation_participant_keys"]]
    if set(wrapped) != where.members:
        raise invalid("$.conversation_participant_keys: must hold every participant once")
    if any(int(version) <= int(known.key_version) for known in where.key_changes):
        raise invalid("$.conversation_key_version: must be newer than the one in use")
    event = world.chats.add_action(where, sender, action, version)
    world.deliver(where, event)
    return event


def _action(world: "World", sender: str, item: Any) -> Json:
    at = "$.action_signatures[0]"
    needed = "message_id encoded_message_event_detail message_event_signature"
    action = object_of(item, at, _ACTION, needed)
    needed = "signature public_key_version signature_version"
    signature = object_of(action["message_event_signature"], at, _SIGNATURE, needed)
    if not world.keys.knows(sender, signature["public_key_version"]):
        raise invalid(f"{at}: unknown public key version")
    _struct(action["encoded_message_event_detail"], f"{at}.encoded_message_event_detail")
    return action


def _wrapped(world: "World", item: Any) -> str:
    at = "$.conversation_participant_keys[]"
    found = object_of(item, at, _WRAPPED, " ".join(_WRAPPED))
    if not world.keys.knows(found["user_id"], found["public_key_version"]):
        raise invalid(f"{at}: unknown public key version")
    return str(found["user_id"])


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
