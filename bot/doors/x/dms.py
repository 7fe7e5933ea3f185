"""Legacy messages: reading them and writing them, by tweepy."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Optional

from bot.doors.x.api import Api
from bot.doors.x.dm_events import ids_in, read_page
from bot.doors.x.inbound import Body, Inbound, Names, Sending
from bot.doors.x.page import numbered
from bot.doors.x.problems import Failing, Invalid, Problem, Raw
from bot.doors.x.wire import Wire
from bot.gateway.keepsakes import Keepsakes
from bot.gateway.model import SendError
from bot.replies.model import Choice

FIELDS = ("id", "event_type", "text", "created_at", "dm_conversation_id", "attachments", "entities")
NEWER_REFUSES = "sender_id"  # the newer schema gives it by expansion alone
ECHOES = 10
LONGEST = 10_000


@dataclass(frozen=True)
class Page:
    """What one call gives: `count` events, of which some are messages, newest first."""

    messages: tuple[Inbound, ...]
    ids: tuple[str, ...]
    next: Optional[str]


class Dms:
    """The legacy messages of the account `me`."""

    def __init__(self, api: Api, wire: Wire, names: Names, keepsakes: Keepsakes, me: str) -> None:
        self._api = api
        self._wire = wire
        self._names = names
        self._keepsakes = keepsakes
        self._me = me
        self._older = True

    async def page(self, size: int, after: Optional[str] = None, to: Optional[str] = None) -> Page:
        """The newest `size` events, or those after the token of a page before; `to`: of one person.

        Raises:
            Problem: they cannot be had.
        """
        older = self._older
        try:
            raw = await self._fetch(size, after, to, older)
        except Invalid as refused:
            if not older or "dm_event.fields" not in refused.parameters:
                raise
            self._older = False
            raw = await self._fetch(size, after, to, older=False)
        data = raw.data()
        ids = ids_in(data)
        await self._api.meter.count("dm_event", ids)
        meta = data.get("meta")
        following = meta.get("next_token") if isinstance(meta, dict) else None
        return Page(tuple(read_page(data)), tuple(ids), following if ids else None)

    async def _fetch(self, size: int, after: Optional[str], to: Optional[str], older: bool) -> Raw:
        fields = [*FIELDS, NEWER_REFUSES] if older else [*FIELDS]
        asked: dict[str, Any] = {
            "max_results": size, "dm_event_fields": fields, "expansions": "sender_id",
            "event_types": "MessageCreate", "user_fields": "affiliation", "user_auth": False,
        }  # fmt: skip
        if after:
            asked["pagination_token"] = after
        if to:
            asked["participant_id"] = to
        return await self._api.call(
            "dm_with_events" if to else "dm_events",
            lambda token: self._wire.call(
                token, lambda client: client.get_direct_message_events(**asked)
            ),
        )

    async def write(self, to: str, text: str, choices: Sequence[Choice], after: str) -> Body:
        """See `Transport.write`: the choices are numbered lines."""
        return {"text": numbered(text, choices, LONGEST), "after": after}

    async def send(self, to: str, body: Body, sending: Sending) -> str:
        """See `Transport.send`.

        X knows no repeated message from a new one: what may have been sent already is looked for
        before it is sent again, also when another process sent it.
        """
        found = await self._sent_before(to, body, sending)
        if found is None:
            await self._note(to, sending.key, "")
            found = await self._post(to, body["text"], sending)
        await self._api.meter.count("dm_send", [found])
        await self._note(to, sending.key, found)
        return found

    async def forget(self, to: str) -> None:
        """See `Transport.forget`."""
        await self._keepsakes.drop(self._slot(to))

    async def _sent_before(self, to: str, body: Body, sending: Sending) -> Optional[str]:
        """The message of an earlier try of this delivery, if there is one."""
        kept = json.loads(await self._keepsakes.get(self._slot(to)) or "{}")
        if kept.get("key") != sending.key:
            return None
        return kept["sent"] or await self._echo(to, body, sending.last)

    async def _note(self, to: str, key: str, sent: str) -> None:
        text = json.dumps({"key": key, "sent": sent})
        await self._keepsakes.put(self._slot(to), text, self._names.person(to))

    async def _post(self, to: str, text: str, sending: Sending) -> str:
        try:
            raw = await self._api.call(
                "dm_send",
                lambda token: self._wire.call(
                    token,
                    lambda client: client.create_direct_message(
                        participant_id=to, text=text, user_auth=False
                    ),
                ),
                sending.check,
            )
        except Failing:
            raise
        except (Problem, SendError):
            await self._keepsakes.drop(self._slot(to))  # it was not sent, that is certain
            raise
        return _id_in(raw)

    async def _echo(self, to: str, body: Body, last: str) -> Optional[str]:
        """Our message with this text that is newer than all we know of, if there is one."""
        oldest = max(int(known) for known in (body["after"] or "0", last or "0") if known.isdigit())
        page = await self.page(ECHOES, to=to)
        for message in page.messages:
            ours = message.sender == self._me and int(message.id) > oldest
            if ours and _same(message.text, body["text"]):
                return message.id
        return None

    def _slot(self, to: str) -> str:
        return f"attempt {self._names.person(to)}"


def _id_in(raw: Raw) -> str:
    made = raw.data().get("data")
    identity = str(made.get("dm_event_id", "")) if isinstance(made, dict) else ""
    if not identity.isdigit():
        raise Failing("no id in the answer")
    return identity


def _same(one: str, other: str) -> bool:
    """X may change blanks at the ends and in the lines."""
    return one.split() == other.split()
