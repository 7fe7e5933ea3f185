"""Events as they came, kept until they are answered.

An event is committed here before its platform is told that we have it. Its text is sealed, and
erased as soon as the answer is ready; its id stays a while, so that it is recognised when it comes
again.
"""

import logging
from collections.abc import Sequence
from typing import Optional

import sqlalchemy as sa

from bot.gateway.model import Clock, Event
from bot.gateway.tables import INBOX, Connection, Store
from bot.privacy.cipher import Cipher, SealError

_log = logging.getLogger(__name__)

NEW, ANSWERED, DONE = "new", "answered", "done"
MOST_REPLAYS = 3

_STORE = sa.text(
    "INSERT INTO inbox (platform, event, person, body, state, replays, arrived)"
    " VALUES (:platform, :event, :person, :body, 'new', 0, :arrived) ON CONFLICT DO NOTHING"
)


def row(event: Event) -> sa.sql.ColumnElement:
    """The inbox's row of `event`."""
    return sa.and_(INBOX.c.platform == event.platform, INBOX.c.event == event.id)


class Inbox:
    """The events of every platform."""

    def __init__(self, store: Store, cipher: Cipher, clock: Clock) -> None:
        self._store = store
        self._cipher = cipher
        self._clock = clock
        self._last = 0.0

    async def keep(self, events: Sequence[Event]) -> list[Event]:
        """Commit the events; those that are new, in order."""
        rows = [
            {
                "platform": event.platform,
                "event": event.id,
                "person": event.person,
                "body": self._cipher.seal(event.body),
                "arrived": self._moment(),
            }
            for event in events
        ]

        def insert(connection: Connection) -> list[Event]:
            fresh = [connection.execute(_STORE, row).rowcount for row in rows]
            return [event for event, new in zip(events, fresh, strict=True) if new]

        return await self._store.run(insert) if rows else []

    async def undone(self, platform: str) -> list[Event]:
        """What a process that ended left behind, oldest first."""
        left = sa.and_(INBOX.c.platform == platform, INBOX.c.state != DONE)

        def read(connection: Connection) -> list[Event]:
            query = sa.select(INBOX).where(left).order_by(INBOX.c.arrived)
            events = [self._event(found) for found in connection.execute(query)]
            return [event for event in events if event is not None]

        return await self._store.run(read)

    async def begin_again(self, event: Event) -> bool:
        """Whether to answer an event that was left behind once more.

        What is begun too often without an end is what ends the process: it is let go of. Events
        that only waited meanwhile are not counted.
        """
        mine = row(event)

        def count(connection: Connection) -> bool:
            connection.execute(INBOX.update().where(mine).values(replays=INBOX.c.replays + 1))
            replays = connection.execute(sa.select(INBOX.c.replays).where(mine)).scalar() or 0
            if replays > MOST_REPLAYS:
                let_go = INBOX.update().where(mine).values(state=DONE, body="", person="")
                connection.execute(let_go)
            return replays <= MOST_REPLAYS

        return await self._store.run(count)

    def _moment(self) -> float:
        """Now, but always later than the last: the order must hold when the clock is put back."""
        self._last = max(self._clock(), self._last + 1e-6)
        return self._last

    def _event(self, found: sa.engine.Row) -> Optional[Event]:
        try:
            body = self._cipher.open(found.body) if found.body else ""
        except SealError as error:
            _log.error("an event of before cannot be read: %s (BOT_SECRET_KEY)", error)
            return None
        return Event(found.platform, found.event, found.person, body)
