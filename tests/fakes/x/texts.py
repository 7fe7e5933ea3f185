"""Texts as the legacy API gives them: links wrapped in t.co, `&`, `<` and `>` escaped.

That v2 escapes as v1.1 did is inferred, not documented; the world can switch it off.
"""

import hashlib
import re

from tests.fakes.x.problems import Json

_URL = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)]")
_WORDS = {
    "hashtags": (re.compile(r"(?<!\w)#(\w*[^\W\d_]\w*)"), "tag"),
    "cashtags": (re.compile(r"(?<!\w)\$([A-Za-z]{1,6})\b"), "tag"),
    "mentions": (re.compile(r"(?<!\w)@(\w{1,15})\b"), "username"),
}


def shown(text: str, escape: bool) -> tuple[str, Json]:
    """The text in an answer, and its entities with offsets in that text."""
    long: dict[str, str] = {}

    def wrap(found: re.Match[str]) -> str:
        mark = hashlib.sha256(found[0].encode()).hexdigest()[:10]
        long[f"https://t.co/{mark}"] = found[0]
        return f"https://t.co/{mark}"

    text = _URL.sub(wrap, text)
    if escape:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text, _entities(text, long)


def _entities(text: str, long: dict[str, str]) -> Json:
    entities: Json = {}
    urls = [_link(found, long[found[0]]) for found in _URL.finditer(text) if found[0] in long]
    if urls:
        entities["urls"] = urls
    for name, (pattern, key) in _WORDS.items():
        words = [_at(found) | {key: found[1]} for found in pattern.finditer(text)]
        if words:
            entities[name] = words
    return entities


def _at(found: re.Match[str]) -> Json:
    return {"start": found.start(), "end": found.end()}


def _link(found: re.Match[str], long: str) -> Json:
    display = long.partition("://")[2][:30]
    return _at(found) | {"url": found[0], "expanded_url": long, "display_url": display}
