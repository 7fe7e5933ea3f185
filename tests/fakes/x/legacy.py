"""Legacy DMs: /2/dm_events and /2/dm_conversations (docs.x.com/x-api/direct-messages).

Parameters, bodies and answers follow the official OpenAPI file of the schema in force. The limit
of 10,000 characters is documented by X's announcement and clients only.
"""

import base64
import re
from typing import TYPE_CHECKING, Any

from tests.fakes.x import problems, shapes
from tests.fakes.x.accounts import USER_FIELDS
from tests.fakes.x.asking import Ask, object_of
from tests.fakes.x.ids import NUMBER
from tests.fakes.x.mail import DmEvent
from tests.fakes.x.problems import Json, invalid, wrong_parameter
from tests.fakes.x.registry import Answer, route

if TYPE_CHECKING:
    from tests.fakes.x.world import World

READ, WRITE = "dm.read tweet.read users.read", "dm.write tweet.read users.read"
CONVERSATION = r"[0-9]{1,19}-[0-9]{1,19}|[0-9]{15,19}"
KINDS = ["MessageCreate", "ParticipantsJoin", "ParticipantsLeave"]
LONGEST = 10_000
_MEDIA_FIELDS = ["alt_text", "height", "media_key", "preview_image_url", "type", "url", "width"]


@route("dm_events", "GET", "/2/dm_events", READ)
def all_events(world: "World", ask: Ask) -> Answer:
    return _page(world, ask, world.mail.seen_by(ask.user))


@route("dm_with_events", "GET", "/2/dm_conversations/with/{participant_id}/dm_events", READ)
def events_with(world: "World", ask: Ask) -> Answer:
    conversation = world.mail.with_(ask.user, ask.number("participant_id"))
    return _page(world, ask, world.mail.seen_by(ask.user, conversation))


@route("dm_conversation_events", "GET", "/2/dm_conversations/{id}/dm_events", READ)
def events_of(world: "World", ask: Ask) -> Answer:
    conversation = ask.matching("id", CONVERSATION)
    return _page(world, ask, world.mail.seen_by(ask.user, conversation))


@route("dm_event", "GET", "/2/dm_events/{event_id}", READ)
def one_event(world: "World", ask: Ask) -> Answer:
    wish = _wish(world, ask, paged=False)
    wanted = ask.number("event_id")
    found = [event for event in world.mail.seen_by(ask.user) if event.id == wanted]
    if not found:
        return Answer({"errors": [problems.missing("dm_event", "event_id", wanted)]})
    body = {"data": shapes.event(world, found[0], wish)}
    return Answer(body | _read(world, found, wish))


def _page(world: "World", ask: Ask, events: list[DmEvent]) -> Answer:
    wish = _wish(world, ask, paged=True)
    size = ask.within("max_results", 100, 1, 100)
    kinds = ask.chosen("event_types", KINDS) or KINDS
    events = [event for event in events if event.kind in kinds]
    start = _start(ask, events, size)
    found = events[start : start + size]
    body: Json = {}
    if found:
        body = {"data": [shapes.event(world, event, wish) for event in found]}
        body |= _read(world, found, wish)
    return Answer(body | {"meta": _meta(events, start, size)})


def _start(ask: Ask, events: list[DmEvent], size: int) -> int:
    """Tokens name an event, so that what arrives between two pages moves nothing."""
    token = ask.query.get("pagination_token")
    if token is None:
        return 0
    way, number = _opened(token)
    older = next((i for i, event in enumerate(events) if int(event.id) < number), len(events))
    return older if way == "n" else max(0, older - 1 - size)


def _meta(events: list[DmEvent], start: int, size: int) -> Json:
    found = events[start : start + size]
    meta: Json = {"result_count": len(found)}
    if start + size < len(events):
        meta["next_token"] = _token("n", found[-1].id)
    if start and found:
        meta["previous_token"] = _token("p", found[0].id)
    return meta


def _token(way: str, number: str) -> str:
    return base64.b32hexencode(f"{way}{number}".encode()).decode().rstrip("=")


def _opened(token: str) -> tuple[str, int]:
    try:
        padded = token + "=" * (-len(token) % 8)
        text = base64.b32hexdecode(padded.encode()).decode()
    except ValueError:
        text = ""
    if len(token) < 16 or not re.fullmatch(r"[np][0-9]{1,19}", text):
        raise wrong_parameter("pagination_token", token, "is not valid")
    return text[0], int(text[1:])


def _wish(world: "World", ask: Ask, paged: bool) -> shapes.Wish:
    posts = shapes.POST_FIELDS[world.schema]
    known = ["dm_event.fields", "expansions", "media.fields", "user.fields", posts]
    ask.only(known + (["event_types", "max_results", "pagination_token"] if paged else []))
    ask.chosen("media.fields", _MEDIA_FIELDS)
    fields = ask.chosen("dm_event.fields", shapes.FIELDS[world.schema])
    expansions = ask.chosen("expansions", shapes.EXPANSIONS[world.schema])
    return shapes.Wish(fields, expansions, ask.chosen("user.fields", USER_FIELDS))


def _read(world: "World", found: list[DmEvent], wish: shapes.Wish) -> Json:
    """What the answer holds besides data; charges each event."""
    for event in found:
        world.money.read("dm_event", event.id)
    included = shapes.includes(world, found, wish)
    return {"includes": included} if included else {}


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
