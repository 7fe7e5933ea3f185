"""Real sending limits (core.telegram.org/bots/faq#my-bot-is-hitting-limits), off unless asked for.

30 messages a second overall, one a second in a chat with a small burst, 20 a minute in a group. The
exact figures are not published: these are the ones the documentation names.
"""

import asyncio
import math
from collections import defaultdict, deque

from tests.fakes.telegram.chats import Chat
from tests.fakes.telegram.errors import too_many

OVERALL, GROUP, BURST = 30, 20, 3


class Limits:
    def __init__(self, on: bool) -> None:
        self.on = on
        self._sent: deque[float] = deque()
        self._in_chat: dict[int, deque[float]] = defaultdict(deque)

    def count(self, chat: Chat, now: float) -> None:
        """Counts one message, or refuses it; a refused one does not count."""
        if not self.on:
            return
        wait = max(
            _wait(self._sent, OVERALL, 1, now),
            _wait(self._in_chat[chat.id], BURST, BURST, now),
            0 if chat.private else _wait(self._in_chat[chat.id], GROUP, 60, now),
        )
        if wait > 0:
            raise too_many(math.ceil(wait))
        self._sent.append(now)
        self._in_chat[chat.id].append(now)


def _wait(sent: deque[float], most: int, seconds: float, now: float) -> float:
    """How long until fewer than `most` were sent within the last `seconds`."""
    while sent and sent[0] <= now - 60:
        sent.popleft()
    recent = [at for at in sent if at > now - seconds]
    return 0 if len(recent) < most else recent[-most] + seconds - now


class Pace:
    """The real server's brakes on impatient bots (process_get_updates_query)."""

    def __init__(self) -> None:
        self.offset, self.asked_at, self.conflict_at, self.hook_at = -1, 0.0, 0.0, 0.0

    def ask(self, offset: int, limit: int, seconds: int, now: float) -> tuple[int, int]:
        """The same offset again within 3 s waits; within 0.5 s it brings one update only."""
        if offset == self.offset and now < self.asked_at + 3:
            seconds = max(seconds, 3)
        if offset == self.offset and now < self.asked_at + 0.5:
            limit = 1
        self.offset, self.asked_at = offset, now
        return limit, seconds

    async def conflict(self, now: float) -> None:
        """Conflicts are told 3 s apart."""
        if now < self.conflict_at:
            await asyncio.sleep(3)
        else:
            self.conflict_at = now + 3

    def hook(self, now: float) -> None:
        if now < self.hook_at:
            raise too_many(1)
        self.hook_at = now + 1
