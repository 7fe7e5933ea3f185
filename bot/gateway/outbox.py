"""Answers that are ready and not all delivered, and which message answers which question."""

import json
from dataclasses import asdict, dataclass
from typing import Optional

import sqlalchemy as sa

from bot.gateway.inbox import ANSWERED, DONE, row
from bot.gateway.model import Answer, Clock, Delivery, Event, Exchange
from bot.gateway.tables import ANSWERS, INBOX, OUTBOX, Connection, Store
from bot.privacy.cipher import Cipher


@dataclass(frozen=True)
class Waiting:
    """A delivery that is to be made."""

    number: int
    delivery: Delivery
    exchange: Optional[Exchange] = None


@dataclass(frozen=True)
class Answered:
    """A message that answers a question."""

    question: str
    message: str
    person: str
    entries: tuple[str, ...]


class Outbox:
    """The deliveries of every platform."""

    def __init__(self, store: Store, cipher: Cipher, clock: Clock) -> None:
        self._store = store
        self._cipher = cipher
        self._clock = clock

    async def keep(self, event: Event, answer: Answer) -> list[Waiting]:
        """Commit the answer to `event`; the event's own text is erased with it."""
        waiting = [
            Waiting(number, delivery, answer.exchange)
            for number, delivery in enumerate(answer.deliveries)
        ]
        rows = [{**_key(event, each), "person": event.person, "body": self._seal(each)}
                for each in waiting]  # fmt: skip

        def insert(connection: Connection) -> None:
            # A connection may break after a commit that nobody heard of: then this comes again.
            connection.execute(OUTBOX.delete().where(_of(event)))
            if rows:
                connection.execute(OUTBOX.insert(), rows)
            connection.execute(INBOX.update().where(row(event)).values(**_state(bool(rows))))

        await self._store.run(insert)
        return waiting

    async def waiting(self, event: Event) -> list[Waiting]:
        """What is still to be delivered for `event`, in order."""
        query = sa.select(OUTBOX).where(_of(event)).order_by(OUTBOX.c.number)

        def read(connection: Connection) -> list[Waiting]:
            # Read to the end: what cannot be opened must not leave a statement open.
            found = connection.execute(query).all()
            return [self._open(each.number, each.body) for each in found]

        return await self._store.run(read)

    async def delivered(self, event: Event, made: Waiting, message: Optional[str]) -> None:
        """Mark a delivery as made; the last one makes the event done."""

        def mark(connection: Connection) -> None:
            if made.exchange is not None:
                self._link(connection, event, made, made.exchange, message)
            connection.execute(OUTBOX.delete().where(_of(event), OUTBOX.c.number == made.number))
            left = sa.select(sa.func.count()).select_from(OUTBOX).where(_of(event))
            if not connection.execute(left).scalar():
                connection.execute(INBOX.update().where(row(event)).values(**_state(False)))

        await self._store.run(mark)

    async def dropped(self, event: Event) -> None:
        """Let go of what is left to deliver for `event`."""

        def drop(connection: Connection) -> None:
            connection.execute(OUTBOX.delete().where(_of(event)))
            connection.execute(INBOX.update().where(row(event)).values(**_state(False)))

        await self._store.run(drop)

    async def answers(self, platform: str, place: str, question: str) -> list[Answered]:
        """The messages that answer a question, in order."""
        there = _there(platform, place)
        return await self._answered(there, ANSWERS.c.question == question)

    async def answered_by(self, platform: str, place: str, message: str) -> Optional[Answered]:
        """The question that a message of ours answers."""
        found = await self._answered(_there(platform, place), ANSWERS.c.message == message)
        return found[0] if found else None

    async def _answered(self, *which: sa.sql.ColumnElement) -> list[Answered]:
        query = sa.select(ANSWERS).where(*which).order_by(ANSWERS.c.number)

        def read(connection: Connection) -> list[Answered]:
            return [
                Answered(one.question, one.message, one.person, tuple(one.entries.split()))
                for one in connection.execute(query).all()
            ]

        return await self._store.run(read)

    def _link(
        self,
        connection: Connection,
        event: Event,
        made: Waiting,
        exchange: Exchange,
        message: Optional[str],
    ) -> None:
        key = {"platform": event.platform, "place": exchange.place, "number": made.number,
               "question": exchange.question}  # fmt: skip
        connection.execute(_unlink(key))
        if message is not None:
            values = {"message": message, "person": event.person, "at": self._clock()}
            entries = " ".join(exchange.entries)
            connection.execute(ANSWERS.insert().values(**key, **values, entries=entries))

    def _seal(self, waiting: Waiting) -> str:
        return self._cipher.seal(json.dumps(asdict(waiting)))

    def _open(self, number: int, sealed: str) -> Waiting:
        data = json.loads(self._cipher.open(sealed))
        exchange = data["exchange"]
        if exchange is not None:
            exchange = Exchange(**{**exchange, "entries": tuple(exchange["entries"])})
        return Waiting(number, Delivery(**data["delivery"]), exchange)


def _unlink(key: dict[str, object]) -> sa.sql.Delete:
    return ANSWERS.delete().where(*(ANSWERS.c[name] == value for name, value in key.items()))


def _key(event: Event, waiting: Waiting) -> dict[str, object]:
    return {"platform": event.platform, "event": event.id, "number": waiting.number}


def _of(event: Event) -> sa.sql.ColumnElement:
    return sa.and_(OUTBOX.c.platform == event.platform, OUTBOX.c.event == event.id)


def _there(platform: str, place: str) -> sa.sql.ColumnElement:
    return sa.and_(ANSWERS.c.platform == platform, ANSWERS.c.place == place)


def _state(waits: bool) -> dict[str, str]:
    """An event that is done is nobody's."""
    return {"state": ANSWERED, "body": ""} if waits else {"state": DONE, "body": "", "person": ""}
