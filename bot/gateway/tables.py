"""The gateway's tables; `open_store` makes those that are missing."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from typing import Any, Optional, TypeVar

import sqlalchemy as sa

from bot.database import open_database

T = TypeVar("T")
Connection = Any  # SQLAlchemy 1.4 carries no types

METADATA = sa.MetaData()
_TOGETHER = 64
KEPT_TEXTS = "gateway texts"  # what the key that seals them is derived for
_PSEUDONYM, _ID = sa.String(64), sa.String(128)

INBOX = sa.Table(
    "inbox",
    METADATA,
    sa.Column("platform", sa.String(16), primary_key=True),
    sa.Column("event", _ID, primary_key=True),
    sa.Column("person", _PSEUDONYM, nullable=False, index=True),
    sa.Column("body", sa.Text, nullable=False),  # sealed; empty once it is answered
    sa.Column("state", sa.String(8), nullable=False, index=True),
    sa.Column("replays", sa.Integer, nullable=False),
    sa.Column("arrived", sa.Float, nullable=False),
)
OUTBOX = sa.Table(
    "outbox",
    METADATA,
    sa.Column("platform", sa.String(16), primary_key=True),
    sa.Column("event", _ID, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("person", _PSEUDONYM, nullable=False, index=True),
    sa.Column("body", sa.Text, nullable=False),  # sealed: the delivery and its exchange
)
ANSWERS = sa.Table(
    "answers",
    METADATA,
    sa.Column("platform", sa.String(16), primary_key=True),
    sa.Column("place", _PSEUDONYM, primary_key=True),
    sa.Column("question", _ID, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("message", _ID, nullable=False, index=True),
    sa.Column("person", _PSEUDONYM, nullable=False, index=True),
    sa.Column("entries", sa.Text, nullable=False),
    sa.Column("at", sa.Float, nullable=False, index=True),
)
PEOPLE = sa.Table(
    "people",
    METADATA,
    sa.Column("platform", sa.String(16), primary_key=True),
    sa.Column("person", _PSEUDONYM, primary_key=True),
    sa.Column("language", sa.String(2), nullable=True),
    sa.Column("closed", sa.Boolean, nullable=False),
    sa.Column("seen", sa.Float, nullable=False, index=True),
)
CONVERSATIONS = sa.Table(
    "group_conversations",
    METADATA,
    sa.Column("platform", sa.String(16), primary_key=True),
    sa.Column("person", _PSEUDONYM, primary_key=True),
    sa.Column("conversation", _PSEUDONYM, primary_key=True),
    sa.Column("at", sa.Float, nullable=False, index=True),
)
SUBSCRIPTIONS = sa.Table(
    "subscriptions",
    METADATA,
    sa.Column("platform", sa.String(16), primary_key=True),
    sa.Column("place", _PSEUDONYM, primary_key=True),
    sa.Column("person", _PSEUDONYM, nullable=False, index=True),
    sa.Column("body", sa.Text, nullable=False),  # sealed: where and in which language to write
    sa.Column("hour", sa.Integer, nullable=False),
)
MISSES = sa.Table(
    "misses",
    METADATA,
    sa.Column("platform", sa.String(16), primary_key=True),
    sa.Column("place", _PSEUDONYM, primary_key=True),
    sa.Column("question", _ID, primary_key=True),
    sa.Column("person", _PSEUDONYM, nullable=False, index=True),
    sa.Column("language", sa.String(2), nullable=False),
    sa.Column("text", sa.Text, nullable=False),  # sealed
    sa.Column("entries", sa.Text, nullable=False),
    sa.Column("at", sa.Float, nullable=False, index=True),
)


THREADS = sa.Table(
    "threads",
    METADATA,
    sa.Column("platform", sa.String(16), primary_key=True),
    sa.Column("person", _PSEUDONYM, primary_key=True),
    sa.Column("stopped", sa.Boolean, nullable=False),  # said STOP: kept even when all is erased
    sa.Column("body", sa.Text, nullable=False),  # sealed: where the conversation stands
    sa.Column("at", sa.Float, nullable=False, index=True),
)
KEEPSAKES = sa.Table(
    "keepsakes",
    METADATA,
    sa.Column("platform", sa.String(16), primary_key=True),
    sa.Column("name", _ID, primary_key=True),
    sa.Column("person", _PSEUDONYM, nullable=False, index=True),  # "" when it is nobody's
    sa.Column("body", sa.Text, nullable=False),  # sealed
    sa.Column("at", sa.Float, nullable=False, index=True),
)
SPENDING = sa.Table(
    "spending",
    METADATA,
    sa.Column("platform", sa.String(16), primary_key=True),
    sa.Column("day", sa.Integer, primary_key=True),  # UTC days since 1970
    sa.Column("item", sa.String(32), primary_key=True),
    sa.Column("resource", _PSEUDONYM, primary_key=True),
    sa.Column("thousandths", sa.Integer, nullable=False),  # of a dollar
)


Work = Callable[[Connection], Any]


class Store:
    """Runs work in a thread of its own, so that no disk stops a door.

    What was asked for while a transaction was under way shares the next one: a disk flush for many.
    """

    def __init__(self, engine: sa.engine.Engine) -> None:
        self._engine = engine
        self._asked: SimpleQueue[Optional[tuple[Work, Future[Any]]]] = SimpleQueue()
        self._thread = Thread(target=self._serve, name="store", daemon=True)
        self._thread.start()

    async def run(self, work: Callable[[Connection], T]) -> T:
        """What `work` gives, committed; it may be run again if what shares its commit fails.

        It is done even if who asked for it is cancelled: a message that was sent must be marked.
        """
        done: Future[T] = Future()
        self._asked.put((work, done))
        return await asyncio.shield(asyncio.wrap_future(done))

    def close(self) -> None:
        """Finish what was begun, then close every connection."""
        self._asked.put(None)
        self._thread.join()
        self._engine.dispose()

    def _serve(self) -> None:
        closing = False
        while not closing:
            batch = [self._asked.get()]
            while len(batch) < _TOGETHER and not self._asked.empty():
                batch.append(self._asked.get())
            closing = None in batch
            asked = [each for each in batch if each is not None]
            live = [each for each in asked if each[1].set_running_or_notify_cancel()]
            if live:
                self._commit(live)

    def _commit(self, asked: "list[tuple[Work, Future[Any]]]") -> None:
        try:
            with self._engine.begin() as connection:
                results = [work(connection) for work, _ in asked]
        except Exception as error:
            if len(asked) == 1:
                asked[0][1].set_exception(error)
                return
            for alone in asked:
                self._commit([alone])
            return
        for (_, done), result in zip(asked, results, strict=True):
            done.set_result(result)


async def open_store(url: str) -> Store:
    """The store at `url`.

    Raises:
        SQLAlchemyError: the database cannot be used.
    """
    store = Store(open_database(url, durable=True))
    try:
        await _make_tables_once(store)
    except sa.exc.SQLAlchemyError:
        store.close()
        raise
    return store


async def _make_tables_once(store: Store) -> None:
    try:
        await store.run(_make_tables)
    except sa.exc.IntegrityError:  # PostgreSQL, when another process makes them at this moment
        await store.run(_make_tables)


def _make_tables(connection: Connection) -> None:
    for table in METADATA.sorted_tables:
        connection.execute(sa.schema.CreateTable(table, if_not_exists=True))
        for index in table.indexes:
            connection.execute(sa.schema.CreateIndex(index, if_not_exists=True))
