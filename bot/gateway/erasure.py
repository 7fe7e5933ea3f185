"""Retention and the rights of people over the gateway's tables."""

from typing import Any

import sqlalchemy as sa

from bot.database import clear_journal
from bot.gateway.inbox import DONE
from bot.gateway.model import Event
from bot.gateway.tables import (
    ANSWERS,
    CONVERSATIONS,
    INBOX,
    KEEPSAKES,
    MISSES,
    OUTBOX,
    PEOPLE,
    SPENDING,
    SUBSCRIPTIONS,
    THREADS,
    Connection,
    Store,
)

DAY = 86_400.0
KEPT_DAYS = {
    "events": 2, "answers": 2, "unanswered": 7, "misses": 90, "people": 180, "spending": 400,
}  # fmt: skip
# What is signed may be played again later: where that is so, ids are kept for longer. They are
# nobody's by then.
KEPT_IDS = {"x": 180}
_PERSONAL = (
    INBOX, OUTBOX, ANSWERS, PEOPLE, CONVERSATIONS, SUBSCRIPTIONS, MISSES, THREADS, KEEPSAKES,
)  # fmt: skip
_NEVER_SHOWN = {"body", "text"}  # sealed


async def erase_person(store: Store, platform: str, person: str, but: Event) -> int:
    """Erase all that is kept of a person but the event that asks for it; how many rows it was."""

    def erase(connection: Connection) -> int:
        mine = sa.and_(THREADS.c.platform == platform, THREADS.c.person == person)
        # Who said STOP is not to be written to again because the STOP was erased.
        connection.execute(THREADS.update().where(mine, THREADS.c.stopped).values(body="", at=0.0))
        return sum(
            connection.execute(table.delete().where(_other_than(table, platform, person, but)))
            .rowcount
            for table in _PERSONAL
        )  # fmt: skip

    erased = await store.run(erase)
    await store.run(clear_journal)
    return erased


def _other_than(table: sa.Table, platform: str, person: str, but: Event) -> sa.sql.ColumnElement:
    mine = sa.and_(table.c.platform == platform, table.c.person == person)
    if table in (INBOX, OUTBOX):
        return sa.and_(mine, table.c.event != but.id)
    return sa.and_(mine, sa.not_(THREADS.c.stopped)) if table is THREADS else mine


def _same_event(one: sa.Table, other: sa.Table) -> tuple[sa.sql.ColumnElement, ...]:
    return one.c.platform == other.c.platform, one.c.event == other.c.event


async def kept_of(store: Store, platform: str, person: str) -> dict[str, list[dict[str, Any]]]:
    """Every row about a person, by table, without what is sealed."""

    def read(connection: Connection) -> dict[str, list[dict[str, Any]]]:
        return {table.name: _rows(connection, table, platform, person) for table in _PERSONAL}

    return await store.run(read)


def _rows(
    connection: Connection, table: sa.Table, platform: str, person: str
) -> list[dict[str, Any]]:
    shown = [column for column in table.c if column.name not in _NEVER_SHOWN]
    query = sa.select(*shown).where(table.c.platform == platform, table.c.person == person)
    return [dict(row._mapping) for row in connection.execute(query)]


async def purge(store: Store, now: float) -> int:
    """Erase what has been kept for its time; how many rows it was.

    What is unanswered after so long never will be, such as what another key sealed.
    """
    limits = {name: now - days * DAY for name, days in KEPT_DAYS.items()}
    replayed = sa.case(
        *((INBOX.c.platform == name, now - days * DAY) for name, days in KEPT_IDS.items()),
        else_=limits["events"],
    )
    statements = [
        INBOX.delete().where(INBOX.c.state == DONE, INBOX.c.arrived < replayed),
        INBOX.delete().where(INBOX.c.state != DONE, INBOX.c.arrived < limits["unanswered"]),
        OUTBOX.delete().where(~sa.exists().where(*_same_event(INBOX, OUTBOX))),
        THREADS.delete().where(THREADS.c.at < limits["people"], sa.not_(THREADS.c.stopped)),
        KEEPSAKES.delete().where(KEEPSAKES.c.at < limits["people"], KEEPSAKES.c.person != ""),
        SPENDING.delete().where(SPENDING.c.day < limits["spending"] // DAY),
        ANSWERS.delete().where(ANSWERS.c.at < limits["answers"]),
        MISSES.delete().where(MISSES.c.at < limits["misses"]),
        PEOPLE.delete().where(PEOPLE.c.seen < limits["people"]),
        CONVERSATIONS.delete().where(CONVERSATIONS.c.at < limits["people"]),
    ]

    def erase(connection: Connection) -> int:
        return sum(connection.execute(statement).rowcount for statement in statements)

    erased = await store.run(erase)
    await store.run(clear_journal)
    return erased
