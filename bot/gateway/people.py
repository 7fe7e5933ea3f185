"""What a person chose: language, a word each day, what may be kept of a question that failed.

There is no row for a person who chose nothing.
"""

import json
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Any, Optional

import sqlalchemy as sa

from bot.gateway.model import Clock
from bot.gateway.tables import (
    CONVERSATIONS,
    MISSES,
    PEOPLE,
    SUBSCRIPTIONS,
    Connection,
    Store,
)
from bot.knowledge.model import Language
from bot.privacy.cipher import Cipher

DAY = 86_400.0
_REMEMBERED = 5_000


@dataclass(frozen=True)
class Profile:
    """`closed`: the person does not want us to write."""

    language: Optional[Language] = None
    closed: bool = False
    seen: float = 0.0


@dataclass(frozen=True)
class Subscription:
    """Where the word of the day goes; `body` is for the door to read."""

    place: str
    person: str
    hour: int
    body: dict[str, Any]


@dataclass(frozen=True)
class Miss:
    """A question that was not answered well, kept because the person agreed."""

    place: str
    question: str
    person: str
    language: str
    text: str
    entries: tuple[str, ...]


class People:
    """The choices of one platform's people."""

    def __init__(self, platform: str, store: Store, cipher: Cipher, clock: Clock) -> None:
        self.platform = platform
        self._store = store
        self._cipher = cipher
        self._clock = clock
        self._profiles: OrderedDict[str, Profile] = OrderedDict()
        self._conversations: OrderedDict[tuple[str, str], float] = OrderedDict()

    async def profile(self, person: str) -> Profile:
        """What a person chose, read once in a while."""
        if person not in self._profiles:
            query = sa.select(PEOPLE).where(self._row(PEOPLE, person=person))
            found = await self._store.run(lambda connection: connection.execute(query).first())
            kept = Profile(found.language, found.closed, found.seen) if found else Profile()
            _remember(self._profiles, person, kept)
        return self._profiles[person]

    async def choose_language(self, person: str, language: Language) -> None:
        await self._write(person, replace(await self.profile(person), language=language))

    async def close(self, person: str) -> None:
        """The person does not want to be written to."""
        await self._write(person, replace(await self.profile(person), closed=True))
        await self.unsubscribe_person(person)

    async def came_back(self, person: str) -> None:
        """The person wrote: they may be written to, and what they chose is still of use."""
        profile = await self.profile(person)
        stale = bool(profile.seen) and self._clock() - profile.seen > DAY
        if profile.closed or stale:
            await self._write(person, replace(profile, closed=False))

    async def speaks_in(self, person: str, conversation: str) -> None:
        """A conversation that has to be forgotten with the person."""
        key, now = (person, conversation), self._clock()
        if now - self._conversations.get(key, float("-inf")) < DAY:
            return
        row = self._row(CONVERSATIONS, person=person, conversation=conversation)
        values = {"platform": self.platform, "person": person, "conversation": conversation}

        def write(connection: Connection) -> None:
            connection.execute(CONVERSATIONS.delete().where(row))
            connection.execute(CONVERSATIONS.insert().values(**values, at=now))

        await self._store.run(write)
        _remember(self._conversations, key, now)

    async def conversations(self, person: str) -> list[str]:
        """Every conversation of a person."""
        query = sa.select(CONVERSATIONS.c.conversation).where(
            self._row(CONVERSATIONS, person=person)
        )

        def read(connection: Connection) -> list[str]:
            return list(connection.execute(query).scalars())

        return [person, *(name for name in await self._store.run(read) if name != person)]

    async def subscribe(self, wanted: Subscription) -> None:
        """Send the word of the day to a place, in place of what was asked for before."""
        row = self._row(SUBSCRIPTIONS, place=wanted.place)
        values = {
            "platform": self.platform,
            "place": wanted.place,
            "person": wanted.person,
            "hour": wanted.hour,
            "body": self._cipher.seal(json.dumps(wanted.body)),
        }

        def write(connection: Connection) -> None:
            connection.execute(SUBSCRIPTIONS.delete().where(row))
            connection.execute(SUBSCRIPTIONS.insert().values(**values))

        await self._store.run(write)

    async def unsubscribe(self, place: str) -> bool:
        """Whether there was anything to end."""
        return bool(await self._delete(SUBSCRIPTIONS, place=place))

    async def unsubscribe_person(self, person: str) -> None:
        await self._delete(SUBSCRIPTIONS, person=person)

    async def subscriptions(self, **which: str) -> list[Subscription]:
        """The places that want the word of the day: all, or those of a `place` or `person`."""
        query = sa.select(SUBSCRIPTIONS).where(self._row(SUBSCRIPTIONS, **which))

        def read(connection: Connection) -> list[Subscription]:
            return [
                Subscription(
                    one.place, one.person, one.hour, json.loads(self._cipher.open(one.body))
                )
                for one in connection.execute(query).all()
            ]

        return await self._store.run(read)

    async def add_miss(self, miss: Miss) -> None:
        """Keep a question; the person agreed to it."""
        row = self._row(MISSES, place=miss.place, question=miss.question)
        values = {
            "platform": self.platform,
            "place": miss.place,
            "question": miss.question,
            "person": miss.person,
            "language": miss.language,
            "text": self._cipher.seal(miss.text),
            "entries": " ".join(miss.entries),
            "at": self._clock(),
        }

        def write(connection: Connection) -> None:
            connection.execute(MISSES.delete().where(row))
            connection.execute(MISSES.insert().values(**values))

        await self._store.run(write)

    async def drop_miss(self, place: str, question: str) -> None:
        """The person changed their mind."""
        await self._delete(MISSES, place=place, question=question)

    async def misses(self, person: Optional[str] = None) -> list[Miss]:
        """The questions kept, of one person or of all."""
        which = self._row(MISSES, person=person) if person else self._row(MISSES)
        query = sa.select(MISSES).where(which).order_by(MISSES.c.at)

        def read(connection: Connection) -> list[Miss]:
            return [
                Miss(
                    one.place, one.question, one.person, one.language,
                    self._cipher.open(one.text), tuple(one.entries.split()),
                )
                for one in connection.execute(query).all()
            ]  # fmt: skip

        return await self._store.run(read)

    def forgotten(self, person: str) -> None:
        """Nothing of the person stays in memory either."""
        self._profiles.pop(person, None)
        self._conversations = OrderedDict(
            (key, at) for key, at in self._conversations.items() if key[0] != person
        )

    async def _write(self, person: str, profile: Profile) -> None:
        profile = replace(profile, seen=self._clock())
        values = {"language": profile.language, "closed": profile.closed, "seen": profile.seen}
        row = self._row(PEOPLE, person=person)

        def write(connection: Connection) -> None:
            if not connection.execute(PEOPLE.update().where(row).values(**values)).rowcount:
                connection.execute(
                    PEOPLE.insert().values(platform=self.platform, person=person, **values)
                )

        await self._store.run(write)
        _remember(self._profiles, person, profile)

    async def _delete(self, table: sa.Table, **which: str) -> int:
        statement = table.delete().where(self._row(table, **which))
        return await self._store.run(lambda connection: connection.execute(statement).rowcount)

    def _row(self, table: sa.Table, **which: str) -> sa.sql.ColumnElement:
        equal = [table.c[name] == value for name, value in which.items()]
        return sa.and_(table.c.platform == self.platform, *equal)


def _remember(kept: "OrderedDict[Any, Any]", key: Any, value: Any) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > _REMEMBERED:
        kept.popitem(last=False)
