"""The word of the day: the same for everybody, every word once before any comes again."""

import hashlib
import json
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.doors.telegram.buttons import button, rows
from bot.doors.telegram.desk import Desk
from bot.doors.telegram.markup import Span, joined
from bot.doors.telegram.render import Page, sentence
from bot.doors.telegram.talk import Talk
from bot.doors.telegram.visit import PLATFORM, Visit
from bot.gateway.model import Answer, Event
from bot.gateway.people import Subscription
from bot.knowledge.load import Glossary
from bot.knowledge.model import LANGUAGES, Language

HOUR = 9
LATE_HOURS = 3


def today(desk: Desk) -> datetime:
    return datetime.fromtimestamp(desk.clock(), ZoneInfo(desk.timezone))


def chosen_word(glossary: Glossary, day: date) -> str:
    """The word of a day."""
    words = [term.id for term in glossary.terms() if term.status == "current"
             and term.category != "phrases"]  # fmt: skip
    words.sort(key=lambda name: hashlib.sha256(name.encode()).digest())
    return words[day.toordinal() % len(words)]


async def command(desk: Desk, talk: Talk, visit: Visit, rest: str) -> Answer:
    """/word, /word on, /word on 18, /word off."""
    wish, _, hour = rest.lower().partition(" ")
    if wish == "off":
        return await unsubscribe(desk, visit)
    if wish == "on" and (not hour or (hour.isascii() and hour.isdigit() and int(hour) < 24)):
        return await subscribe(desk, visit, int(hour or HOUR))
    if wish:
        return desk.line(visit, "word.usage")
    return show(desk, talk, visit)


def show(desk: Desk, talk: Talk, visit: Visit, shown: tuple[int, ...] = ()) -> Answer:
    """The word of today, and the offer to send one each day."""
    offer = button(desk.say(visit)("word.subscribe"), visit.language, "word:on")
    return _shown(desk, talk, visit, [offer], "", shown)


def _shown(
    desk: Desk,
    talk: Talk,
    visit: Visit,
    more: list[dict[str, str]],
    hint: str,
    shown: tuple[int, ...] = (),
) -> Answer:
    entry = chosen_word(desk.knowledge.glossary, today(desk).date())
    reply = desk.compose(visit).answer([entry], "meaning", "look_up")
    found = talk.page(reply)
    title = (Span(desk.say(visit)("word.title"), "i"),)
    blocks = [title, found.text, *([sentence(hint)] if hint else [])]
    buttons = (*found.rows, *map(tuple, rows(more)))
    return desk.answer(visit, Page(joined(blocks), buttons), entries=(entry,), shown=shown)


async def subscribe(desk: Desk, visit: Visit, hour: int = HOUR) -> Answer:
    """Send a word each day to where the visitor is."""
    where = {"chat": visit.chat, "thread": visit.thread, "language": visit.language}
    await desk.people.subscribe(
        Subscription(visit.place, visit.person, hour, {**where, "group": visit.group})
    )
    return desk.line(visit, "word.begun", hour=str(hour))


async def unsubscribe(desk: Desk, visit: Visit) -> Answer:
    ended = await desk.people.unsubscribe(visit.place)
    return desk.line(visit, "word.ended" if ended else "word.never_begun")


async def due(desk: Desk) -> list[Event]:
    """The deliveries of this hour; each has an id of its day, so that it is made once."""
    now = today(desk)
    return [
        _event(each, now.date())
        for each in await desk.people.subscriptions()
        if each.hour <= now.hour < each.hour + LATE_HOURS
    ]


def _event(subscription: Subscription, day: date) -> Event:
    identity = f"word {day.isoformat()} {subscription.place[:32]}"
    body = {"word": {**subscription.body, "place": subscription.place}}
    return Event(PLATFORM, identity, subscription.person, json.dumps(body))


async def deliver_due(desk: Desk, talk: Talk, event: Event, body: dict[str, Any]) -> Answer:
    """The word of the day for a subscription; a person may have changed languages since."""
    language: Language = next(name for name in LANGUAGES if name == body["language"])
    if not body["group"]:
        language = (await desk.people.profile(event.person)).language or language
    visit = Visit(
        event, event.person, event.person, body["place"], body["chat"], language,
        body["group"], body["thread"],
    )  # fmt: skip
    say = desk.say(visit)
    stop = button(say("word.unsubscribe"), language, "word:off")
    shown = _shown(desk, talk, visit, [stop], say("word.off_hint"))
    return replace(shown, deliveries=tuple(replace(d, unasked=True) for d in shown.deliveries))


async def relocate(desk: Desk, old: int, new: int) -> None:
    """A group that becomes a supergroup keeps its word of the day."""
    place = desk.names.place(old)
    for each in await desk.people.subscriptions(place=place):
        await desk.people.unsubscribe(place)
        moved = replace(each, place=desk.names.place(new), body={**each.body, "chat": new})
        await desk.people.subscribe(moved)
