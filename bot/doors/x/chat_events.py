"""Encrypted messages as they come: one by one when they are pushed, or from the histories."""

import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Optional

from bot.doors.x.api import Api
from bot.doors.x.chat_session import Session, Unreadable
from bot.doors.x.dm_events import is_id, moment, moment_of
from bot.doors.x.inbound import Inbound, Names
from bot.gateway.keepsakes import Keepsakes
from bot.gateway.model import Clock
from bot.gateway.threads import Threads

PAGE, NEXT_PAGES, CONVERSATIONS = 10, 100, 100
# Of a conversation that we know nothing of, nothing older than this is read again.
UNKNOWN_AGE = 2 * 86_400.0
FIELDS = "id,created_at,encoded_event,sender_id"

_log = logging.getLogger(__name__)

Take = Callable[[Sequence[Inbound]], Awaitable[None]]


@dataclass(frozen=True)
class Cursor:
    """How far a history was read: the last event, and when the conversation last changed."""

    last: int = 0
    updated: str = ""


class ChatEvents:
    """Brings encrypted messages in. What cannot be read is passed over: it will not get better."""

    def __init__(
        self,
        api: Api,
        session: Session,
        names: Names,
        keepsakes: Keepsakes,
        threads: Threads,
        take: Take,
        begun: float,
        clock: Clock,
    ) -> None:
        self._api = api
        self._session = session
        self._names = names
        self._keepsakes = keepsakes
        self._threads = threads
        self._take = take
        self._begun = begun
        self._clock = clock

    async def pushed(self, payload: dict[str, Any]) -> None:
        """A `chat.received`: its key change comes first.

        Raises:
            Problem: X does not tell whose keys are whose.
            SQLAlchemyError: it could not be kept.
        """
        sender, place = str(payload.get("sender_id", "")), str(payload.get("conversation_id", ""))
        encoded = payload.get("encoded_event")
        people = set(place.replace("-", ":").split(":"))
        if not is_id(sender) or people != {sender, self._session.me}:
            return  # a group, or our own echo
        change = payload.get("conversation_key_change_event")
        if isinstance(change, str):
            await self._session.learn_keys(sender, [change])
        if not await self._session.knows(sender):
            await self.learn_keys(sender)
        if isinstance(encoded, str):
            await self._keep(sender, [encoded])

    async def learn_keys(self, other: str) -> None:
        """Ask for the keys of a conversation.

        Raises:
            Problem: X does not give them.
        """
        data = await self._page(other, 1, None)
        await self._session.learn_keys(other, _key_events(data))

    async def step(self) -> None:
        """Read what is new in every conversation; the backlog of the first start is not answered.

        Raises:
            Problem: X does not give it.
            SQLAlchemyError: it could not be kept.
        """
        for other, updated in await self._conversations():
            cursor = await self._cursor(other)
            if updated and updated == cursor.updated:
                continue
            if updated and moment(updated) < self._begun:
                continue
            last = await self._read_history(other, cursor.last)
            await self._move(other, Cursor(max(last, cursor.last), updated))

    async def _conversations(self) -> list[tuple[str, str]]:
        """The other side of each conversation of two, and when it last changed."""
        found: list[tuple[str, str]] = []
        query = {
            "max_results": str(CONVERSATIONS), "expansions": "participant_ids",
            "chat_conversation.fields": "id,type,updated_at",
        }  # fmt: skip
        while True:
            data = (
                await self._api.get("chat_conversations", "/2/chat/conversations", query)
            ).data()
            for each in _listed(data.get("data")):
                people = str(each.get("id", "")).replace(":", "-").split("-")
                if len(people) == 2 and self._session.me in people:
                    other = next((one for one in people if one != self._session.me), "")
                    found += [(other, str(each.get("updated_at", "")))] if is_id(other) else []
            following = _next(data)
            if following is None:
                return found
            query["pagination_token"] = following

    async def _read_history(self, other: str, last: int) -> int:
        """Take what is newer than `last`; the newest id."""
        new: dict[int, dict[str, Any]] = {}
        oldest = self._begun if last else max(self._begun, self._clock() - UNKNOWN_AGE)
        size = PAGE
        after: Optional[str] = None
        while True:
            data = await self._page(other, size, after)
            await self._session.learn_keys(other, _key_events(data))
            page = {
                int(each["id"]): each for each in _listed(data.get("data")) if is_id(each.get("id"))
            }
            fresh = {
                number: each for number, each in page.items()
                if number > last and _moment(each) >= oldest
            }  # fmt: skip
            new.update(fresh)
            following = _next(data)
            if following is None or len(fresh) < len(page):
                break
            size, after = NEXT_PAGES, following
        order = sorted(new)
        await self._keep(other, [str(new[number].get("encoded_event", "")) for number in order])
        return order[-1] if order else last

    async def _page(self, other: str, size: int, after: Optional[str]) -> dict[str, Any]:
        path = f"/2/chat/conversations/{self._session.conversation(other).replace(':', '-')}/events"
        query = {"max_results": str(size), "chat_message_event.fields": FIELDS}
        if after:
            query["pagination_token"] = after
        data = (await self._api.get("chat_events", path, query)).data()
        ids = [str(each["id"]) for each in _listed(data.get("data")) if "id" in each]
        await self._api.meter.count("chat_event", ids)
        return data

    async def _keep(self, other: str, events: Sequence[str]) -> None:
        found = []
        for encoded in events:
            try:
                message = await self._session.read(other, encoded)
            except Unreadable:
                _log.warning("an encrypted message is not genuine, or has no key: passed over")
                continue
            if message is not None:
                found.append(message)
        if found:
            person = self._names.person(other)
            await self._threads.note(person, encrypted=found[-1].conversation)
            await self._take(found)

    async def _cursor(self, other: str) -> Cursor:
        kept = await self._keepsakes.get(self._slot(other))
        return Cursor(**json.loads(kept)) if kept else Cursor()

    async def _move(self, other: str, cursor: Cursor) -> None:
        text = json.dumps({"last": cursor.last, "updated": cursor.updated})
        await self._keepsakes.put(self._slot(other), text, self._names.person(other))

    def _slot(self, other: str) -> str:
        return f"chat cursor {self._names.person(other)}"


def _moment(event: dict[str, Any]) -> float:
    return moment(event.get("created_at")) or moment_of(event["id"])


def _key_events(data: dict[str, Any]) -> list[str]:
    meta = data.get("meta")
    found = meta.get("conversation_key_events") if isinstance(meta, dict) else None
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def _next(data: dict[str, Any]) -> Optional[str]:
    meta = data.get("meta")
    following = meta.get("next_token") if isinstance(meta, dict) else None
    return str(following) if following else None


def _listed(found: Any) -> list[dict[str, Any]]:
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
