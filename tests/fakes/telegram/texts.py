"""Lengths and the entities that Telegram finds by itself in a plain text.

Offsets and lengths are in UTF-16 code units (core.telegram.org/bots/api#messageentity).
"""

import re

from tests.fakes.telegram.errors import Json

_FOUND = (
    (
        "url",
        re.compile(r"https?://[^\s<>\"]+|(?<![\w@./])(?:[\w-]+\.)+(?:com|org|net|fr|me|io)\b\S*"),
    ),
    (
        "bot_command",
        re.compile(r"(?<![\w/@<])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])"),
    ),
    ("mention", re.compile(r"(?<![\w@/])@[A-Za-z]\w{2,31}(?!\w)", re.ASCII)),
    ("hashtag", re.compile(r"(?<![\w#])#\w*[^\W\d]\w*")),
)
_NEVER_INSIDE = {"code", "pre", "text_link", "text_mention"}


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def piece(text: str, entity: Json) -> str:
    """What an entity covers."""
    raw = text.encode("utf-16-le", "surrogatepass")
    start = entity["offset"] * 2
    return raw[start : start + entity["length"] * 2].decode("utf-16-le", "surrogatepass")


def find_entities(text: str) -> list[Json]:
    """Commands, mentions, hashtags and links, none inside another, in order."""
    found: list[Json] = []
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            covered = match.group().rstrip(".,;:!?)»”") if kind == "url" else match.group()
            entity = {
                "type": kind,
                "offset": units(text[: match.start()]),
                "length": units(covered),
            }
            if not any(overlap(entity, other) for other in found):
                found.append(entity)
    return sorted(found, key=lambda entity: int(entity["offset"]))


def with_found(text: str, given: list[Json]) -> list[Json]:
    """The given entities and those that Telegram finds outside of links and code."""
    walls = [entity for entity in given if entity["type"] in _NEVER_INSIDE]
    free = [e for e in find_entities(text) if not any(overlap(e, wall) for wall in walls)]
    return sorted(given + free, key=lambda entity: (entity["offset"], -entity["length"]))


def overlap(one: Json, other: Json) -> bool:
    return bool(
        one["offset"] < other["offset"] + other["length"]
        and other["offset"] < one["offset"] + one["length"]
    )


def trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """As the server stores it: no blanks at either end, entities moved and cut to fit."""
    kept = text.strip()
    start = units(text[: len(text) - len(text.lstrip())])
    end = start + units(kept)
    moved = []
    for entity in entities:
        first = max(entity["offset"], start)
        last = min(entity["offset"] + entity["length"], end)
        if first < last:
            moved.append({**entity, "offset": first - start, "length": last - first})
    return kept, moved
