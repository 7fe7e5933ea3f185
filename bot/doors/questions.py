"""The `ask` and `decode` commands: questions in, answers out, one a line."""

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any
from uuid import uuid4

from bot.brain.interface import Brain, Message
from bot.knowledge.model import Language
from bot.replies.decoded import tell
from bot.replies.knowledge import Knowledge
from bot.replies.model import Reply
from bot.replies.plain import plain


async def ask(brain: Brain, knowledge: Knowledge, question: str, person: str) -> dict[str, Any]:
    """The answer to one question, as the `ask --json` contract says."""
    replies = await brain.reply(Message(person, question))
    first = replies[0]
    return {
        "question": question,
        "language": first.language,
        "intent": first.intent,
        "entries": list(dict.fromkeys(chain.from_iterable(reply.entries for reply in replies))),
        "facet": first.facet,
        "confidence": round(min(reply.confidence for reply in replies), 4),
        "reply": "\n\n".join(_text(reply, knowledge) for reply in replies),
    }


def new_person() -> str:
    """A person nobody has spoken to."""
    return uuid4().hex


def decode(knowledge: Knowledge, tweet: str) -> dict[str, Any]:
    """The terms of one tweet, as the `decode --json` contract says."""
    decoding = knowledge.decoder.decode(tweet)
    reply = tell(decoding, knowledge.composers[decoding.guess.language])
    return {
        "tweet": tweet,
        "language": decoding.guess.language,
        "entries": [
            {"id": match.entries[0], "text": match.text, "start": match.start, "end": match.end}
            for match in decoding.matches
        ],
        "reply": _text(reply, knowledge),
    }


def _text(reply: Reply, knowledge: Knowledge) -> str:
    say = knowledge.composers[reply.language].say
    return plain(reply, say, choices=reply.facet is None or reply.intent == "clarify")


def as_line(answer: dict[str, Any], as_json: bool) -> str:
    """One answer as it is printed."""
    return json.dumps(answer, ensure_ascii=False) if as_json else f"{answer['reply']}\n"


def questions_in(arguments: tuple[str, ...], lines: Iterable[str]) -> Iterator[str]:
    """The words of the command line as one question, else each line that is not empty."""
    if arguments:
        yield " ".join(arguments)
        return
    for line in lines:
        if question := line.strip("\n\r"):
            yield question


def greeting(knowledge: Knowledge, language: Language) -> str:
    """What a conversation opens with: it says that it is a robot."""
    return knowledge.composers[language].say("welcome")
