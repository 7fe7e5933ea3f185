"""One turn of a conversation: what was understood now, and what was spoken of before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Optional

from rasa_sdk import Tracker

from bot.knowledge.model import LANGUAGES, Language
from bot.replies.compose import Composer
from bot.replies.knowledge import Knowledge
from bot.replies.model import Reply

# Above this margin the words decide which language to answer in, below it the conversation does.
CLEAR_LANGUAGE = 1.5


@dataclass(frozen=True)
class Turn:
    """`terms`: what the matcher found, each with "entries", "text" and "strength".

    `answers`: the entries that answer, or those to offer, best first. `facet`: what is asked about
    a term. `follow_up`: the facet to take the text for if something was spoken of before.
    """

    text: str
    intent: str
    label: str
    confidence: float
    language: Language
    terms: list[Mapping[str, Any]]
    answers: list[str]
    facet: str
    follow_up: Optional[str]
    asked: Optional[str]
    aspect: Optional[str]
    last_entry: Optional[str]
    last_aspect: Optional[str]
    offered: list[str]
    knowledge: Knowledge

    @property
    def compose(self) -> Composer:
        return self.knowledge.composers[self.language]

    def remember(self, reply: Reply) -> dict[str, Any]:
        """The slots after `reply`."""
        clarifying = reply.intent == "clarify"
        answered = reply.entries[0] if reply.entries and reply.facet else None
        return {
            "language": reply.language,
            "entry": answered or self.last_entry,
            "aspect": reply.facet or self.last_aspect,
            "offered": list(reply.entries) if clarifying else [],
        }


def read_turn(tracker: Tracker, knowledge: Knowledge) -> Turn:
    """What actions need to know of `tracker`."""
    message = tracker.latest_message
    understood = message.get("understood") or {}
    intent = message["intent"]
    last_entry = tracker.get_slot("entry")
    return Turn(
        text=message.get("text") or "",
        intent=intent["name"],
        label=understood.get("label") or intent["name"],
        confidence=float(intent.get("confidence") or 0.0),
        language=_language(understood, tracker),
        terms=understood.get("terms") or [],
        answers=_known(understood.get("answers"), knowledge),
        facet=understood.get("facet") or intent["name"],
        follow_up=understood.get("follow_up"),
        asked=understood.get("asked"),
        aspect=understood.get("aspect"),
        last_entry=last_entry if last_entry in knowledge.glossary else None,
        last_aspect=tracker.get_slot("aspect"),
        offered=_known(tracker.get_slot("offered"), knowledge),
        knowledge=knowledge,
    )


def _known(ids: Optional[list[str]], knowledge: Knowledge) -> list[str]:
    return [name for name in ids or () if name in knowledge.glossary]


def _language(understood: Mapping[str, Any], tracker: Tracker) -> Language:
    remembered = tracker.get_slot("language")
    hinted = (tracker.latest_message.get("metadata") or {}).get("language")
    before = next((name for name in (remembered, hinted) if name in LANGUAGES), None)
    guessed = understood.get("language", "fr")
    clear = understood.get("margin", 0.0) >= CLEAR_LANGUAGE
    chosen = guessed if clear or before is None else before
    return "en" if chosen == "en" else "fr"
