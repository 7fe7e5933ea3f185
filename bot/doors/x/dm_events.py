"""Reads legacy messages, in the forms in which X has had them; what is odd is left out."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Optional

from bot.doors.x.inbound import Inbound

AUTOMATED = "automated"
_LONGEST_ID = 19
_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def read_page(page: dict[str, Any]) -> list[Inbound]:
    """The messages of an answer of /2/dm_events, in its order."""
    users = _listed(_object(page.get("includes")).get("users"))
    automated = {str(user.get("id")) for user in users if _is_automated(user)}
    found = (_event(each, automated) for each in _listed(page.get("data")))
    return [each for each in found if each is not None]


def ids_in(page: dict[str, Any]) -> list[str]:
    """The ids of all events of an answer, of whichever kind: what X counts."""
    return [str(each["id"]) for each in _listed(page.get("data")) if is_id(each.get("id"))]


def read_pushed(payload: dict[str, Any]) -> list[Inbound]:
    """The messages of a `dm.received` or of an account activity: the same inner events."""
    users = _object(payload.get("users"))
    automated = {
        str(name) for name, user in users.items()
        if _is_automated(_object(_object(user).get("data", user)))
    }  # fmt: skip
    found = (_pushed(each, automated) for each in _listed(payload.get("direct_message_events")))
    return [each for each in found if each is not None]


def _event(event: dict[str, Any], automated: set[str]) -> Optional[Inbound]:
    kind, sender = event.get("event_type", "MessageCreate"), event.get("sender_id")
    if kind != "MessageCreate" or not is_id(event.get("id")) or not is_id(sender):
        return None
    place = str(event.get("dm_conversation_id") or "")
    attached = _object(event.get("attachments")) or any(
        event.get(name) for name in ("referenced_posts", "referenced_tweets")
    )
    return Inbound(
        id=event["id"],
        sender=str(sender),
        text=_text(event.get("text"), event.get("entities")),
        at=moment(event.get("created_at")) or moment_of(event["id"]),
        thread=place if place and "-" not in place else str(sender),
        media=bool(attached),
        automated=sender in automated,
    )


def _pushed(event: dict[str, Any], automated: set[str]) -> Optional[Inbound]:
    made = _object(event.get("message_create"))
    data, sender = _object(made.get("message_data")), made.get("sender_id")
    if event.get("type") != "message_create" or not is_id(event.get("id")) or not is_id(sender):
        return None
    told = str(event.get("created_timestamp", ""))
    return Inbound(
        id=event["id"],
        sender=str(sender),
        text=_text(data.get("text"), data.get("entities")),
        at=int(told) / 1000 if told.isascii() and told.isdigit() else moment_of(event["id"]),
        thread=str(sender),
        media="attachment" in data,
        automated=sender in automated,
    )


def _text(text: Any, entities: Any) -> str:
    """What was written: links as they were, signs unescaped."""
    written = text if isinstance(text, str) else ""
    for link in _listed(_object(entities).get("urls")):
        short, long = link.get("url"), link.get("expanded_url")
        if isinstance(short, str) and short and isinstance(long, str):
            written = written.replace(short, long)
    for escaped, sign in _ESCAPES:
        written = written.replace(escaped, sign)
    return written


def moment_of(identity: str) -> float:
    """When an id was made: it begins with the milliseconds since X began to count."""
    return ((int(identity) >> 22) + 1_288_834_974_657) / 1000


def moment(written: Any) -> float:
    """A written moment in seconds since 1970; 0 when it is none."""
    try:
        return datetime.fromisoformat(str(written).replace("Z", "+00:00")).timestamp()
    except ValueError:
        return 0.0


def is_id(found: Any) -> bool:
    """Whether this is an id of X: digits in a text, as a number would lose the last of them."""
    text = isinstance(found, str) and found.isascii() and found.isdigit()
    return text and 0 < len(found) <= _LONGEST_ID


def _is_automated(user: dict[str, Any]) -> bool:
    described = _object(user.get("affiliation")).get("description")
    return isinstance(described, str) and described.lower() == AUTOMATED


def _listed(found: Any) -> list[dict[str, Any]]:
    listed: Iterable[Any] = found if isinstance(found, list) else ()
    return [each for each in listed if isinstance(each, dict)]


def _object(found: Any) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}
