"""What a door must remember from one process to the next, sealed: tokens, cursors, keys."""

from typing import Optional

import sqlalchemy as sa

from bot.gateway.model import Clock
from bot.gateway.tables import KEEPSAKES, Connection, Store
from bot.privacy.cipher import Cipher


class Keepsakes:
    """Texts by name, for one platform."""

    def __init__(self, platform: str, store: Store, cipher: Cipher, clock: Clock) -> None:
        self._platform = platform
        self._store = store
        self._cipher = cipher
        self._clock = clock

    async def get(self, name: str) -> Optional[str]:
        """What is kept under `name`.

        Raises:
            SealError: it was sealed with another key.
        """
        query = sa.select(KEEPSAKES.c.body).where(self._row(name))
        sealed = await self._store.run(lambda connection: connection.execute(query).scalar())
        return self._cipher.open(sealed) if sealed is not None else None

    async def put(self, name: str, text: str, person: str = "") -> None:
        """Keep `text`, in place of what was kept; committed once this returns.

        What is a person's is erased with the person.
        """
        values = {"body": self._cipher.seal(text), "person": person, "at": self._clock()}

        def write(connection: Connection) -> None:
            if not connection.execute(KEEPSAKES.update().where(self._row(name)).values(**values)
                                      ).rowcount:  # fmt: skip
                new = KEEPSAKES.insert().values(platform=self._platform, name=name, **values)
                connection.execute(new)

        await self._store.run(write)

    async def drop(self, name: str) -> None:
        statement = KEEPSAKES.delete().where(self._row(name))
        await self._store.run(lambda connection: connection.execute(statement).rowcount)

    def _row(self, name: str) -> sa.sql.ColumnElement:
        return sa.and_(KEEPSAKES.c.platform == self._platform, KEEPSAKES.c.name == name)
