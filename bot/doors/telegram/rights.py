"""What people may ask about what is kept of them: privacy, export, erasure, silence."""

import json
from typing import Any

from bot.brain import interface
from bot.brain.interface import BrainError
from bot.doors.telegram.buttons import button, rows
from bot.doors.telegram.channel import deliver
from bot.doors.telegram.desk import Desk
from bot.doors.telegram.render import page, sentence
from bot.doors.telegram.visit import PLATFORM, Visit
from bot.gateway.erasure import KEPT_DAYS, erase_person, kept_of
from bot.gateway.model import Answer


def privacy(desk: Desk, visit: Visit, shown: tuple[int, ...] = ()) -> Answer:
    """What is kept, for how long, and what one can do."""
    days = {name: str(days) for name, days in KEPT_DAYS.items()}
    kept = {
        "turns": str(interface.KEPT_TURNS),
        "conversation_days": str(interface.KEPT_DAYS),
    }
    return desk.line(visit, "privacy", shown, **days, **kept)


def developer_info(desk: Desk, visit: Visit) -> Answer:
    operator = desk.operator or desk.say(visit)("nobody")
    return desk.line(visit, "developer_info", operator=operator)


async def export(desk: Desk, visit: Visit) -> Answer:
    """A file with all that is kept; only where nobody else reads it."""
    say = desk.say(visit)
    if visit.group:
        return desk.line(visit, "export.in_private")
    content = json.dumps(await _everything(desk, visit), ensure_ascii=False, indent=2)
    body = {"op": "document", "name": say("export.name"), "caption": say("export.caption")}
    return Answer((deliver(visit, {**body, "content": content}),))


async def _everything(desk: Desk, visit: Visit) -> dict[str, Any]:
    misses = [miss.text for miss in await desk.people.misses(visit.person)]
    subscriptions = [
        {"hour": each.hour, "where": each.body}
        for each in await desk.people.subscriptions(person=visit.person)
    ]
    return {
        "pseudonym": visit.person,
        "kept": await kept_of(desk.store, PLATFORM, visit.person),
        "word_of_the_day": subscriptions,
        "questions_kept_with_consent": misses,
        "conversations": await _conversations(desk, visit),
    }


async def _conversations(desk: Desk, visit: Visit) -> Any:
    """What the brain remembers, or that it cannot be asked now."""
    try:
        return [
            await desk.brain.recall(name) for name in await desk.people.conversations(visit.person)
        ]
    except BrainError:
        return "not available now: ask again later"


def forget_asked(desk: Desk, visit: Visit) -> Answer:
    """Nothing is erased by a slip of the finger, nor by somebody else's in a group."""
    if visit.group:
        return desk.line(visit, "forget.in_private")
    say = desk.say(visit)
    yes = button(say("forget.confirm"), visit.language, "forget:yes")
    no = button(say("forget.cancel"), visit.language, "forget:no")
    return desk.answer(visit, page(sentence(say("forget.ask")), rows([yes, no])))


async def erase(desk: Desk, visit: Visit) -> int:
    """Erase all that is kept of the visitor; how many things that was."""
    for conversation in await desk.people.conversations(visit.person):
        await desk.brain.forget(conversation)
    count = await erase_person(desk.store, PLATFORM, visit.person, but=visit.event)
    desk.people.forgotten(visit.person)
    desk.recent.forget(visit.person)
    return count


async def stop(desk: Desk, visit: Visit) -> Answer:
    """Nothing is sent any more that was not asked for."""
    await desk.people.unsubscribe_person(visit.person)
    await desk.people.unsubscribe(visit.place)
    return desk.line(visit, "stop")
