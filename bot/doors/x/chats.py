"""XChat: encrypted messages with real buttons, and typing that shows."""

from collections.abc import Sequence

from bot.doors.x.api import Api
from bot.doors.x.chat_events import ChatEvents
from bot.doors.x.chat_session import Session
from bot.doors.x.inbound import Body, Sending
from bot.doors.x.page import shortened
from bot.doors.x.problems import Invalid, PersonClosed
from bot.replies.model import Choice

LONGEST = 10_000  # not told by X: what legacy messages hold
LONGEST_LABEL = 48


class Chats:
    """Writes encrypted messages."""

    def __init__(self, api: Api, session: Session, events: ChatEvents) -> None:
        self._api = api
        self._session = session
        self._events = events

    async def write(self, to: str, text: str, choices: Sequence[Choice], after: str) -> Body:
        """See `Transport.write`: it is encrypted here, so that all tries are one message."""
        options = [(each.payload, shortened(each.label, LONGEST_LABEL)) for each in choices]
        return await self._written(to, {"text": shortened(text, LONGEST), "options": options})

    async def send(self, to: str, body: Body, sending: Sending) -> str:
        """See `Transport.send`: X knows a repeated message by its signed id."""
        try:
            return await self._sent(to, body, sending)
        except Invalid:  # the key of the conversation may have changed since
            await self._events.learn_keys(to)
            return await self._sent(to, await self._written(to, body), sending)

    async def show_typing(self, to: str) -> None:
        """Show once that an answer is being prepared, if that is allowed now.

        Raises:
            Problem: it was not shown.
        """
        if self._api.route("chat_typing").window.left() > 0:
            await self._api.post("chat_typing", f"{self._here(to)}/typing")

    async def forget(self, to: str) -> None:
        """See `Transport.forget`."""
        await self._session.forget(to)

    async def _written(self, to: str, body: Body) -> Body:
        try:
            sent = await self._session.encrypt(to, body["text"], body["options"])
        except ValueError:
            await self._events.learn_keys(to)
            try:
                sent = await self._session.encrypt(to, body["text"], body["options"])
            except ValueError:
                raise PersonClosed("no key is shared") from None
        return {**body, "sent": sent}

    async def _sent(self, to: str, body: Body, sending: Sending) -> str:
        path, identity = f"{self._here(to)}/messages", str(body["sent"]["message_id"])
        await self._api.post("chat_send", path, body["sent"], sending.check)
        await self._api.meter.count("chat_send", [identity])
        return identity

    def _here(self, to: str) -> str:
        return f"/2/chat/conversations/{self._session.conversation(to).replace(':', '-')}"
