"""Opening the database: a SQLite file or PostgreSQL, by the same code."""

from typing import Any

import sqlalchemy as sa

_PRAGMAS = ("journal_mode=WAL", "busy_timeout=5000", "secure_delete=ON")
_KEPT_OPEN: dict[str, Any] = {
    "poolclass": sa.pool.QueuePool,
    "connect_args": {"check_same_thread": False},
}


def open_database(url: str, durable: bool = False) -> sa.engine.Engine:
    """The engine behind `url`; SQLite in WAL mode, waiting up to 5 s for a writer.

    `durable`: what is committed also survives a power cut, at the price of a disk flush each time.
    Connections stay open, so that what was erased may stay in SQLite's journal: see
    `clear_journal`.
    """
    address = sa.engine.make_url(url)
    is_file = address.get_backend_name() == "sqlite" and address.database not in (None, ":memory:")
    # Opening a file anew for each transaction, as SQLAlchemy 1.4 does, takes longer than most.
    kept_open = _KEPT_OPEN if is_file else {}
    engine = sa.create_engine(address, future=True, **kept_open)
    if engine.dialect.name == "sqlite":
        synchronous = "FULL" if durable else "NORMAL"

        def tune(connection: Any, _record: Any) -> None:
            for pragma in (*_PRAGMAS, f"synchronous={synchronous}"):
                connection.execute(f"PRAGMA {pragma}")

        sa.event.listen(engine, "connect", tune)
    return engine


def clear_journal(connection: Any) -> None:
    """Leave nothing of what was erased in SQLite's journal; outside of a transaction."""
    if connection.dialect.name == "sqlite":
        connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
