"""One process for each door: two over one database would answer everybody twice.

Beside a SQLite file lies a lock that the kernel lets go of when the process ends, however it ends;
in PostgreSQL it is an advisory lock, which ends with its connection.
"""

import asyncio
import fcntl
import hashlib
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Optional, Protocol

import sqlalchemy as sa

from bot.gateway.model import Sleep
from bot.gateway.tables import Connection

LOOK_SECONDS = 2.0
# The machine of a process may vanish without a word: its place is free after about a minute.
_SHORT_SILENCE = (
    "SET tcp_keepalives_idle = 30",
    "SET tcp_keepalives_interval = 10",
    "SET tcp_keepalives_count = 3",
)

_log = logging.getLogger(__name__)


class Displaced(Exception):
    """Another process took this door's place while the database was away."""


class Place(Protocol):
    """What only one process can have; `breaks`: one may lose it without knowing."""

    breaks: bool

    def take(self) -> bool:
        """Whether this process has it, taken now or before.

        Raises:
            OSError: the lock cannot be made.
            SQLAlchemyError: the database cannot be used.
        """
        ...

    def leave(self) -> None:
        """Let the next process have it."""
        ...


class FilePlace:
    """A locked file; without a path there is nothing to share."""

    breaks = False

    def __init__(self, path: Optional[Path]) -> None:
        self._path = path
        self._file: Optional[int] = None

    def take(self) -> bool:
        """See `Place.take`."""
        if self._path is None or self._file is not None:
            return True
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True

    def leave(self) -> None:
        """See `Place.leave`."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


class ServerPlace:
    """An advisory lock on a connection of its own, taken again when that broke."""

    breaks = True

    def __init__(self, url: str, name: str) -> None:
        number = hashlib.sha256(f"cuicui {name}".encode()).digest()[:8]
        signed = int.from_bytes(number, "big", signed=True)
        self._lock = sa.select(sa.func.pg_try_advisory_lock(signed))
        # No pool: a connection that is let go of must end, and its lock with it.
        self._engine = sa.create_engine(
            url, future=True, poolclass=sa.pool.NullPool, isolation_level="AUTOCOMMIT"
        )
        self._connection: Optional[Connection] = None

    def take(self) -> bool:
        """See `Place.take`."""
        if self._connection is not None and _answers(self._connection):
            return True
        self.leave()
        connection = self._engine.connect()
        for statement in _SHORT_SILENCE:
            connection.execute(sa.text(statement))
        if connection.execute(self._lock).scalar():
            self._connection = connection
            return True
        connection.close()
        return False

    def leave(self) -> None:
        """See `Place.leave`."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None


def place_of(url: str, name: str) -> Place:
    """The place of the door `name` over the database at `url`."""
    address = sa.engine.make_url(url)
    if address.get_backend_name() != "sqlite":
        return ServerPlace(url, name)
    path = address.database
    in_memory = not path or path == ":memory:"
    return FilePlace(None if in_memory else Path(f"{path}.{name}.lock"))


class Instance:
    """The one process that serves a door."""

    def __init__(self, place: Place, name: str, sleep: Sleep, say: Callable[[str], None]) -> None:
        self._place, self._name = place, name
        self._sleep, self._say = sleep, say
        self._away = False

    async def alone(self) -> None:
        """Wait until no other process serves this door, and say so once if one does.

        Raises:
            OSError: the lock cannot be made.
            SQLAlchemyError: the database cannot be used.
        """
        if await asyncio.to_thread(self._place.take):
            return
        self._say(
            f"ANOTHER PROCESS SERVES THE {self._name.upper()} DOOR OVER THIS DATABASE:"
            " this one answers nobody, and waits until the other ends."
        )
        while not await self._ours():
            await self._sleep(LOOK_SECONDS)
        if self._place.breaks:  # who had it has to notice first that it no longer has
            await self._sleep(2 * LOOK_SECONDS)

    async def watch(self) -> None:
        """See to it that the place stays ours, until cancelled.

        Raises:
            Displaced: another process has it now.
        """
        while True:
            await self._sleep(LOOK_SECONDS)
            if await self._ours() is False:
                raise Displaced(
                    f"another process took over the {self._name} door while the database was away"
                )

    def leave(self) -> None:
        """Let the next process begin."""
        self._place.leave()

    async def _ours(self) -> Optional[bool]:
        """Whether the place is ours, taken now or before; None while the database is away."""
        try:
            ours = await asyncio.to_thread(self._place.take)
        except sa.exc.SQLAlchemyError as error:
            if not self._away:
                _log.warning("the database is away: %s", type(error).__name__)
            self._away = True
            return None
        self._away = False
        return ours


def _answers(connection: Connection) -> bool:
    try:
        connection.execute(sa.text("SELECT 1"))
    except sa.exc.SQLAlchemyError:
        return False
    return True
