"""Legacy events as JSON, in the two schemas that X has had.

`older`: up to version 2.166 of the official OpenAPI file. `newer`: from 2.167 on, which lost
`sender_id`, `participant_ids` and `referenced_tweets` from dm_event.fields.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tests.fakes.x.mail import DmEvent
from tests.fakes.x.problems import Json
from tests.fakes.x.texts import shown

if TYPE_CHECKING:
    from tests.fakes.x.world import World

Schema = Literal["older", "newer"]

_BOTH = ["attachments", "created_at", "dm_conversation_id", "entities", "event_type", "id", "text"]
FIELDS: dict[Schema, list[str]] = {
    "older": sorted([*_BOTH, "participant_ids", "referenced_tweets", "sender_id"]),
    "newer": _BOTH,
}
EXPANSIONS: dict[Schema, list[str]] = {
    "older": ["attachments.media_keys", "participant_ids", "referenced_tweets.id", "sender_id"],
    "newer": ["attachments.media_keys", "participant_ids", "referenced_posts", "sender_id"],
}
POSTS: dict[Schema, str] = {"older": "referenced_tweets", "newer": "referenced_posts"}
POST_FIELDS: dict[Schema, str] = {"older": "tweet.fields", "newer": "post.fields"}
HOSTS: dict[Schema, str] = {"older": "api.twitter.com", "newer": "api.x.com"}
_DEFAULT = {"id", "event_type", "text"}


@dataclass
class Wish:
    """What the caller asked to be told of each event."""

    fields: list[str] = field(default_factory=list)
    expansions: list[str] = field(default_factory=list)
    user_fields: list[str] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        return _DEFAULT | set(self.fields) | {name.partition(".")[0] for name in self.expansions}


def event(world: "World", event: DmEvent, wish: Wish) -> Json:
    known = {"id": event.id, "event_type": event.kind, **_content(world, event)}
    known |= {"created_at": event.created_at, "dm_conversation_id": event.conversation}
    if event.sender:
        known["sender_id"] = event.sender
    return {name: value for name, value in known.items() if name in wish.names}


def _content(world: "World", event: DmEvent) -> Json:
    if event.kind != "MessageCreate":
        return {"participant_ids": event.participants}
    text, entities = shown(event.text, world.escape)
    content: Json = {"text": text} if text else {}
    if entities:
        content["entities"] = entities
    if event.media:
        content["attachments"] = {"media_keys": event.media}
    if event.posts:
        content[POSTS[world.schema]] = [{"id": post} for post in event.posts]
    return content


def includes(world: "World", events: Iterable[DmEvent], wish: Wish) -> Json:
    found = list(events)
    wanted = {name.partition(".")[0] for name in wish.expansions}
    people: list[str] = []
    if "sender_id" in wanted:
        people += [event.sender for event in found if event.sender]
    if "participant_ids" in wanted:
        people += [one for event in found for one in event.participants]
    parts: Json = {"users": [_user(world, one, wish) for one in _resolved(world, people)]}
    if "attachments" in wanted:
        keys = dict.fromkeys(key for event in found for key in event.media)
        parts["media"] = [{"media_key": key, "type": "photo"} for key in keys]
    if POSTS[world.schema] in wanted:
        posts = dict.fromkeys(post for event in found for post in event.posts)
        name = POSTS[world.schema].removeprefix("referenced_")
        parts[name] = [{"id": post, "text": f"Post {post}"} for post in posts]
    return {name: value for name, value in parts.items() if value}


def _resolved(world: "World", people: list[str]) -> list[str]:
    """Not every sender is: third parties saw some missing."""
    return [one for one in dict.fromkeys(people) if one in world.accounts and one not in world.lost]


def _user(world: "World", one: str, wish: Wish) -> Json:
    return world.accounts[one].shown(wish.user_fields)
