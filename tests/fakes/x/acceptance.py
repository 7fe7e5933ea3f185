"""What XChat's server takes in, though it cannot read it.

Documented: that a message id is signed, so that a send can be repeated; that key changes need
signatures. Inferred: a repeated send brings the first event; what is refused beyond the schema
(unknown key versions, somebody missing among the keys).
"""

from typing import TYPE_CHECKING, Any

from tests.fakes.x import framing
from tests.fakes.x.asking import object_of
from tests.fakes.x.chats import ChatEvent, Conversation, signed
from tests.fakes.x.problems import CLOSED, Json, blank, invalid

if TYPE_CHECKING:
    from tests.fakes.x.world import World

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


def message(world: "World", where: Conversation, sender: str, body: Json) -> ChatEvent:
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


def keys(world: "World", where: Conversation, sender: str, body: Json) -> ChatEvent:
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
