"""Reading legacy DMs (docs.x.com/x-api/direct-messages/lookup).

Parameters and answers follow the official OpenAPI file of the schema in force.
"""

import base64
import re
from typing import TYPE_CHECKING

from tests.fakes.x import problems, shapes
from tests.fakes.x.accounts import USER_FIELDS
from tests.fakes.x.asking import Ask
from tests.fakes.x.ids import CONVERSATION
from tests.fakes.x.mail import DmEvent
from tests.fakes.x.problems import Json, wrong_parameter
from tests.fakes.x.registry import Answer, route

if TYPE_CHECKING:
    from tests.fakes.x.world import World

READ = "dm.read tweet.read users.read"
KINDS = ["MessageCreate", "ParticipantsJoin", "ParticipantsLeave"]
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
