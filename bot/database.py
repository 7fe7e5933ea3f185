"""Opening the database: a SQLite file or PostgreSQL, by the same code."""

from typing import Any

import sqlalchemy as sa

_PRAGMAS = ("journal_mode=WAL", "busy_timeout=5000", "secure_delete=ON")


def open_database(url: str, durable: bool = False) -> sa.engine.Engine:
    """The engine behind `url`; SQLite in WAL mode, waiting up to 5 s for a writer.

    `durable`: what is committed also survives a power cut, at the price of a disk flush each time.
    """
    engine = sa.create_engine(url, future=True)
    if engine.dialect.name == "sqlite":
        synchronous = "FULL" if durable else "NORMAL"

        def tune(connection: Any, _record: Any) -> None:
            for pragma in (*_PRAGMAS, f"synchronous={synchronous}"):
                connection.execute(f"PRAGMA {pragma}")

        sa.event.listen(engine, "connect", tune)
    return engine
