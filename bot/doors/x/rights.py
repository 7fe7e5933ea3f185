"""What people may ask about what is kept of them: silence, privacy, export, erasure."""

import json
from functools import partial
from typing import Any, Optional

from bot.brain import interface
from bot.brain.interface import BrainError
from bot.doors.x.desk import Desk, Visit
from bot.doors.x.inbound import PLATFORM
from bot.doors.x.page import Page
from bot.gateway.erasure import KEPT_DAYS, erase_person, kept_of
from bot.gateway.model import Answer
from bot.knowledge.model import LANGUAGES


async def stop(desk: Desk, visit: Visit) -> Answer:
    """One confirmation, in both languages, and nothing after it."""
    await desk.threads.stop(visit.person)
    if visit.thread.farewell:
        return Answer()
    both = "\n\n".join(desk.say[language]("stopped") for language in LANGUAGES)
    body = {"last": True, "choices": [], "tells_skipped": visit.thread.skipped}
    return await desk.deliver(visit, Page(visit.language, both), body)


async def start(desk: Desk, visit: Visit) -> Answer:
    await desk.threads.resume(visit.person)
    await desk.threads.note(visit.person, farewell=False)
    return await desk.line(visit, "started")


async def privacy(desk: Desk, visit: Visit) -> Answer:
    """What is kept, for how long, and what one can do."""
    days = {name: str(days) for name, days in KEPT_DAYS.items()}
    kept = {"turns": str(interface.KEPT_TURNS), "conversation_days": str(interface.KEPT_DAYS)}
    return await desk.line(visit, "privacy", **days, **kept)


async def export(desk: Desk, visit: Visit) -> Answer:
    """All that is kept, in one message."""
    content = json.dumps(await _everything(desk, visit), ensure_ascii=False, indent=1)
    lead = desk.say[visit.language]("export")
    return await desk.answer(visit, Page(visit.language, f"{lead}\n\n{content}"))


async def forget(desk: Desk, visit: Visit) -> Answer:
    """Erase everything, and say so unless the person asked for silence."""
    complete = await erase(desk, visit)
    if visit.thread.stopped:
        return Answer()
    key = "forgotten" if complete else "forgotten_soon"
    page = Page(visit.language, desk.say[visit.language](key))
    # Nothing is kept of having said it either.
    forgotten = partial(desk.transports.dms.forget, visit.message.sender)
    return await desk.deliver(visit, page, {"traceless": True}, forgotten)


async def erase(desk: Desk, visit: Visit) -> bool:
    """Erase all that is kept of the person; whether the brain could be told at once."""
    for transport in desk.transports.all():
        await transport.forget(visit.message.sender)
    await erase_person(desk.store, PLATFORM, visit.person, but=visit.event)
    desk.people.forgotten(visit.person)
    desk.threads.forgotten(visit.person)
    return await desk.oblivion.forget(visit.person)


async def _everything(desk: Desk, visit: Visit) -> dict[str, Any]:
    return {
        "pseudonym": visit.person,
        "kept": await kept_of(desk.store, PLATFORM, visit.person),
        "thread": {
            "greeted": visit.thread.greeted,
            "choices": visit.thread.choices,
            "last": visit.thread.last,
        },
        "conversation": await _conversation(desk, visit),
    }


async def _conversation(desk: Desk, visit: Visit) -> Optional[list[str]]:
    """What the brain remembers, or None when it cannot be asked now."""
    try:
        return await desk.brain.recall(visit.person)
    except BrainError:
        return None
