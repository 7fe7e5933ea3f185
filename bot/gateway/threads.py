"""Where each person's conversation stands, on platforms that show no state of their own."""

import json
from collections import OrderedDict
from dataclasses import asdict, dataclass, replace
from typing import Any

import sqlalchemy as sa

from bot.gateway.model import Clock
from bot.gateway.tables import THREADS, Connection, Store
from bot.privacy.cipher import Cipher

_REMEMBERED = 5_000


@dataclass(frozen=True)
class Thread:
    """`greeted`: was told who we are. `choices`: payloads of what was offered last, in order.

    `stopped`: is not to be written to; `farewell`: and was told so. `skipped`: a question was
    passed over and the person does not know yet. `last`: the id of our last message, in `language`.
    `encrypted`: the conversation where we share keys, if there is one.
    """

    stopped: bool = False
    farewell: bool = False
    language: str = ""
    greeted: bool = False
    skipped: bool = False
    choices: tuple[str, ...] = ()
    last: str = ""
    encrypted: str = ""


class Threads:
    """The threads of one platform."""

    def __init__(self, platform: str, store: Store, cipher: Cipher, clock: Clock) -> None:
        self._platform = platform
        self._store = store
        self._cipher = cipher
        self._clock = clock
        self._known: OrderedDict[str, Thread] = OrderedDict()

    async def of(self, person: str) -> Thread:
        """A person's thread."""
        if person not in self._known:
            query = sa.select(THREADS).where(self._row(person))
            found = await self._store.run(lambda connection: connection.execute(query).first())
            self._known[person] = self._read(found) if found else Thread()
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        self._known.move_to_end(person)
        return self._known[person]

    async def note(self, person: str, **changes: Any) -> None:
        """Change what is known of a thread; whether it is stopped is not changed by this."""
        before = await self.of(person)
        after = replace(before, **changes)
        if after != before:
            self._known[person] = after
            await self._write(person, body=self._seal(after))

    async def stop(self, person: str) -> None:
        """The person is not to be written to any more."""
        await self._set_stopped(person, True)

    async def resume(self, person: str) -> None:
        """The person wants answers again."""
        await self._set_stopped(person, False)

    def forgotten(self, person: str) -> None:
        """Nothing of the person stays in memory either."""
        self._known.pop(person, None)

    async def _set_stopped(self, person: str, stopped: bool) -> None:
        self._known[person] = replace(await self.of(person), stopped=stopped)
        await self._write(person, stopped=stopped)

    async def _write(self, person: str, **values: Any) -> None:
        values["at"] = self._clock()
        new = {"platform": self._platform, "person": person, "stopped": False, "body": ""}

        def write(connection: Connection) -> None:
            changed = THREADS.update().where(self._row(person)).values(**values)
            if not connection.execute(changed).rowcount:
                connection.execute(THREADS.insert().values(**{**new, **values}))

        await self._store.run(write)

    def _seal(self, thread: Thread) -> str:
        kept = {name: value for name, value in asdict(thread).items() if name != "stopped"}
        return self._cipher.seal(json.dumps(kept))

    def _read(self, found: Any) -> Thread:
        kept = json.loads(self._cipher.open(found.body)) if found.body else {}
        kept["choices"] = tuple(kept.get("choices", ()))
        return Thread(**kept, stopped=found.stopped)

    def _row(self, person: str) -> sa.sql.ColumnElement:
        return sa.and_(THREADS.c.platform == self._platform, THREADS.c.person == person)
