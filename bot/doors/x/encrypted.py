"""Opens XChat beside the legacy messages, as soon as X knows the account's keys."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from bot.doors.x.activity import Activity
from bot.doors.x.api import Api
from bot.doors.x.chat_events import ChatEvents
from bot.doors.x.chat_keys import Identity, enrolled
from bot.doors.x.chat_session import Session
from bot.doors.x.chats import Chats
from bot.doors.x.desk import Desk
from bot.doors.x.poller import Poller
from bot.doors.x.problems import Failing, Problem, TooMany, Unauthorized
from bot.gateway.keepsakes import Keepsakes
from bot.gateway.model import Sleep

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 900.0
CLOSED = (
    "X: encrypted messages stay closed, as X does not take the account's keys ({}). Legacy messages"
    " go on; most people write encrypted ones."
)

_log = logging.getLogger(__name__)


@dataclass(repr=False)
class Encrypted:
    """XChat's half of the door."""

    api: Api
    desk: Desk
    activity: Activity
    keepsakes: Keepsakes
    folder: Path
    me: str
    sleep: Sleep
    shortest: float
    say: Callable[[str], None]
    poller: Optional[Poller] = None

    async def run(self) -> None:
        """Enrol, then read what comes, until cancelled.

        Raises:
            SettingError: the file of keys is another account's, or damaged.
        """
        identity = await self._identity()
        if identity is None:
            return
        self.poller = self.open(identity)
        self.say("X: encrypted messages are open.")
        await self.poller.run()

    def open(self, identity: Identity) -> Poller:
        """Put the transport and the reader in their places."""
        desk, api, clock = self.desk, self.api, self.desk.clock
        session = Session(api, identity, desk.names, self.keepsakes, clock)
        events = ChatEvents(
            api, session, desk.names, self.keepsakes, desk.threads, self.activity.take,
            self.activity.begun, clock,
        )  # fmt: skip
        desk.transports.settle(Chats(api, session, events))
        self.activity.chats = events
        return Poller(api, "chat_conversations", events.step, self.sleep, self.shortest)

    async def _identity(self) -> Optional[Identity]:
        """The keys, once X knows them; None when X does not take them at all."""
        pause = FIRST_PAUSE
        while True:
            try:
                return await enrolled(self.api, self.me, self.folder)
            except TooMany:
                continue  # the route's window knows how long to wait
            except (Failing, Unauthorized) as problem:
                _log.warning("the account's keys are not registered yet: %s", problem)
                await self.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            except Problem as problem:
                self.say(CLOSED.format(type(problem).__name__))
                self.desk.transports.settle(None)
                return None
