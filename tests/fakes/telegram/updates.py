"""The queue of updates and long polling (tdlib Client.cpp, process_get_updates_query)."""

import asyncio
from dataclasses import dataclass

from tests.fakes.telegram.clock import Clock
from tests.fakes.telegram.errors import Json, Refused, bad
from tests.fakes.telegram.signals import Signal

DAY = 86_400
NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}
_OTHERS = (
    "message edited_message channel_post edited_channel_post business_connection business_message"
    " edited_business_message deleted_business_messages inline_query chosen_inline_result"
    " callback_query shipping_query pre_checkout_query purchased_paid_media poll poll_answer"
    " my_chat_member chat_join_request chat_boost removed_chat_boost managed_bot guest_message"
    " stopped_message_generation"
)
KINDS = NOT_BY_DEFAULT | set(_OTHERS.split())
OTHER_POLL = (
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)
WEBHOOK_ON = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook"
    " first"
)
BY_WEBHOOK = "terminated by setWebhook request"
_WAKE = ""


@dataclass(frozen=True)
class Update:
    id: int
    body: Json
    at: float
    key: str  # updates with the same key are delivered one after the other

    def shown(self) -> Json:
        return {"update_id": self.id, **self.body}


class Updates:
    """Numbered in order, kept a day or until confirmed."""

    def __init__(self, clock: Clock, first_id: int) -> None:
        self._clock = clock
        self._next_id = first_id
        self._poll: asyncio.Future[str] | None = None
        self.pending: list[Update] = []
        self.allowed: list[str] = []
        self.arrived = Signal()
        self.closed = False

    def wants(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT

    def allow(self, kinds: object) -> None:
        """An empty list restores the default; without one the last list stays."""
        if kinds is None:
            return
        if not isinstance(kinds, list) or not KINDS.issuperset(kinds):
            raise bad(f"allowed_updates must be an Array of update kinds, not {kinds}")
        self.allowed = kinds

    def push(self, body: Json, key: str) -> int:
        update = Update(self._next_id, body, self._clock(), key)
        self._next_id += 1
        self.pending.append(update)
        self.arrived.notify()
        self._end_poll(_WAKE)
        return update.id

    def confirm(self, offset: int) -> None:
        """All lower ones are forgotten; a negative offset keeps that many of the last."""
        self.expire()
        if offset < 0:
            self.pending = self.pending[offset:]
        elif offset > 0:
            self.pending = [update for update in self.pending if update.id >= offset]

    def expire(self) -> None:
        oldest = self._clock() - DAY
        self.pending = [update for update in self.pending if update.at > oldest]

    def drop(self, update: Update) -> None:
        self.pending = [other for other in self.pending if other.id != update.id]

    async def get(self, offset: int, limit: int, seconds: float) -> list[Json]:
        """At once if there are some; else as soon as one comes, or nothing after a while."""
        self._end_poll(OTHER_POLL)
        self.confirm(offset)
        end = asyncio.get_running_loop().time() + seconds
        while not self.pending and not self.closed:
            left = end - asyncio.get_running_loop().time()
            if left <= 0 or not await self._wait(left):
                break
            self.expire()
        return [update.shown() for update in self.pending[:limit]]

    async def _wait(self, seconds: float) -> bool:
        mine: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._poll = mine
        try:
            ended = await asyncio.wait_for(mine, seconds)
        except asyncio.TimeoutError:
            return False
        finally:
            if self._poll is mine:
                self._poll = None
        if ended != _WAKE:
            raise Refused(409, f"Conflict: {ended}")
        return True

    def end_poll_by_webhook(self) -> None:
        self._end_poll(BY_WEBHOOK)

    def close(self) -> None:
        self.closed = True
        self._end_poll(_WAKE)
        self.arrived.notify()

    def _end_poll(self, why: str) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(why)
