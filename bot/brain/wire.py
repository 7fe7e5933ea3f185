"""Messages and replies as JSON, between a door and a brain in another process."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bot.brain.interface import Message
from bot.knowledge.model import LANGUAGES
from bot.replies.model import Reply

LONGEST_BODY = 64 * 1024
LONGEST_PERSON = 128


class WireError(Exception):
    """What came over the wire is not a message."""


def pack_message(message: Message) -> dict[str, Any]:
    return asdict(message)


def unpack_message(data: Any) -> Message:
    """Read a message.

    Raises:
        WireError: a field is missing, of another type, or too long.
    """
    if not isinstance(data, Mapping):
        raise WireError("not an object")
    person, text, payload = data.get("person"), data.get("text", ""), data.get("payload")
    if not isinstance(person, str) or not 0 < len(person) <= LONGEST_PERSON:
        raise WireError("person")
    if not isinstance(text, str) or not isinstance(payload, (str, type(None))):
        raise WireError("text or payload")
    language = next((name for name in LANGUAGES if name == data.get("language")), None)
    return Message(person, text, payload, language)


def pack_replies(replies: list[Reply]) -> dict[str, Any]:
    return {"replies": [reply.as_dict() for reply in replies]}


def unpack_replies(data: Any) -> list[Reply]:
    """The reverse of `pack_replies`.

    Raises:
        WireError: the data are not replies.
    """
    try:
        return [Reply.from_dict(reply) for reply in data["replies"]]
    except (KeyError, TypeError) as error:
        raise WireError("not replies") from error


def unpack_words(data: Any) -> list[str]:
    """What a brain remembers of a person.

    Raises:
        WireError: the data are no list of texts.
    """
    words = data.get("words") if isinstance(data, Mapping) else None
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise WireError("not words")
    return words
