"""One process at a time serves a platform; the hold ends with the process, however it ends."""

import fcntl
import hashlib
import os
from pathlib import Path
from typing import Optional

import sqlalchemy as sa

from bot.database import open_database


class Hold:
    """The right to serve a platform: an advisory lock of PostgreSQL, or a lock on a file."""

    def __init__(self, database: str, folder: Path, platform: str) -> None:
        self._database = database
        self._platform = platform
        self._path = folder / f"{platform}.lock"
        self._file: Optional[int] = None
        self._engine: Optional[sa.engine.Engine] = None

    def take(self) -> bool:
        """Whether it is ours now; at once.

        Raises:
            OSError: the file cannot be made.
            SQLAlchemyError: the database cannot be used.
        """
        if sa.engine.make_url(self._database).get_backend_name() == "postgresql":
            return self._take_in_database()
        return self._take_on_file()

    def release(self) -> None:
        if self._engine is not None:
            self._connection.close()
            self._engine.dispose()
            self._engine = None
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _take_on_file(self) -> bool:
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True

    def _take_in_database(self) -> bool:
        engine = open_database(self._database)
        connection = engine.connect()
        number = int.from_bytes(hashlib.sha256(self._platform.encode()).digest()[:7], "big")
        taken = connection.execute(sa.select(sa.func.pg_try_advisory_lock(number))).scalar()
        connection.commit()  # the lock is the connection's; no transaction stays open for it
        if not taken:
            connection.close()
            engine.dispose()
            return False
        self._engine, self._connection = engine, connection
        return True
