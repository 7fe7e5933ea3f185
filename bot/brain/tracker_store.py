"""Where conversations are kept: one row a person, the last events only, and it can forget.

Rasa's SQL store keeps every event for ever and replays them at each message; a conversation about
words needs the last few. Slots outlive the events that are let go of.
"""

import json
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Optional

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SerializedTrackerAsText, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses

from bot.brain.interface import KEPT_TURNS
from bot.database import clear_journal

_METADATA = sa.MetaData()
CONVERSATIONS = sa.Table(
    "conversations",
    _METADATA,
    sa.Column("person", sa.String(128), primary_key=True),
    sa.Column("events", sa.Text, nullable=False),
    sa.Column("updated", sa.Float, nullable=False, index=True),
)


class ForgettingTrackerStore(TrackerStore, SerializedTrackerAsText):
    """Rasa's tracker store over one table."""

    def __init__(
        self,
        domain: Optional[Domain],
        engine: sa.engine.Engine,
        event_broker: Optional[EventBroker] = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(domain, event_broker)
        self._engine = engine
        self._clock = clock
        _METADATA.create_all(engine)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Replace the row of a person by the last turns of `tracker`."""
        events = json.dumps([event.as_dict() for event in kept_events(tracker)])
        values = {"events": events, "updated": self._clock()}
        with self._engine.begin() as connection:
            row = CONVERSATIONS.c.person == tracker.sender_id
            changed = connection.execute(CONVERSATIONS.update().where(row).values(**values))
            if not changed.rowcount:
                insert = CONVERSATIONS.insert().values(person=tracker.sender_id, **values)
                connection.execute(insert)

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """The conversation of a person, or None."""
        query = sa.select(CONVERSATIONS.c.events).where(CONVERSATIONS.c.person == sender_id)
        with self._engine.connect() as connection:
            stored = connection.execute(query).scalar()
        if stored is None:
            return None
        events = [_event(data) for data in json.loads(stored)]
        return DialogueStateTracker.from_events(
            sender_id, events, self.domain.slots, domain=self.domain
        )

    async def keys(self) -> Iterable[str]:
        """Every person with a conversation."""
        with self._engine.connect() as connection:
            return list(connection.execute(sa.select(CONVERSATIONS.c.person)).scalars())

    async def forget(self, sender_id: str) -> None:
        """Erase a person's conversation."""
        self._delete(CONVERSATIONS.c.person == sender_id)

    def purge(self, before: float) -> int:
        """Erase conversations untouched since `before` (seconds since 1970); how many they were."""
        return self._delete(CONVERSATIONS.c.updated < before)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _delete(self, which: Any) -> int:
        with self._engine.begin() as connection:
            deleted = int(connection.execute(CONVERSATIONS.delete().where(which)).rowcount)
        with self._engine.connect() as connection:
            clear_journal(connection)
        return deleted


@lru_cache(maxsize=1)
def _event_types() -> dict[str, type[Event]]:
    return {kind.type_name: kind for kind in all_subclasses(Event)}


def _event(data: dict[str, Any]) -> Event:
    # Rasa's own reader looks through all classes for each event: 3 ms a message.
    return _event_types()[data["event"]]._from_parameters(data)


def kept_events(tracker: DialogueStateTracker) -> list[Event]:
    """The events of the last turns, after the slots as they stood before them."""
    events = list(tracker.events)
    turns = [i for i, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(turns) <= KEPT_TURNS:
        return events
    cut = turns[-KEPT_TURNS]
    slots = {event.key: event for event in events[:cut] if isinstance(event, SlotSet)}
    return [*slots.values(), *events[cut:]]
