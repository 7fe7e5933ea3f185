"""What X pushes, by stream or by webhook, into the same inbox as what is polled."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Optional

from bot.doors.x.chat_events import ChatEvents
from bot.doors.x.dm_events import read_pushed
from bot.doors.x.inbound import Inbound
from bot.doors.x.meter import Meter

Take = Callable[[Sequence[Inbound]], Awaitable[None]]


@dataclass
class Activity:
    """Takes envelopes; `chats` is there once the account has keys.

    What was written before `begun`, the first start of all, is not answered.
    """

    take: Take
    meter: Meter
    begun: float
    say: Callable[[str], None]
    chats: Optional[ChatEvents] = None
    wake: Callable[[], None] = field(default=lambda: None)

    async def receive(self, envelope: Any) -> None:
        """One delivery, whatever it is; what is odd is left out.

        Raises:
            Problem: X does not tell whose keys are whose.
            SQLAlchemyError: it could not be kept.
        """
        whole = envelope if isinstance(envelope, dict) else {}
        inner = whole.get("data", whole)
        data = inner if isinstance(inner, dict) else {}
        payload = data.get("payload", data)
        if not isinstance(payload, dict):
            return
        kind = data.get("event_type")
        if kind == "chat.received":
            await self._chat(payload)
        elif kind == "oauth.revoke":
            self.say("X: the account has taken its consent back: nothing works any more.")
        elif kind in (None, "dm.received"):  # None: the older account activity
            await self._messages(payload)

    async def _messages(self, payload: dict[str, Any]) -> None:
        found = read_pushed(payload)
        await self.meter.count("dm.received", [each.id for each in found])
        fresh = [each for each in found if each.at >= self.begun]
        await self.take(sorted(fresh, key=lambda message: int(message.id)))

    async def _chat(self, payload: dict[str, Any]) -> None:
        identity = payload.get("id")
        if isinstance(identity, str) and identity:
            await self.meter.count("chat.received", [identity])
        if self.chats is not None:
            await self.chats.pushed(payload)
