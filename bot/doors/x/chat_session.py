"""Reading and writing encrypted messages: whose keys, which conversation, what is genuine.

What does not verify is not read: forged, moved into another conversation, or signed by keys that
the sender does not have.
"""

import json
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Optional

from bot.doors.x.api import Api
from bot.doors.x.chat_keys import Identity, public_keys
from bot.doors.x.inbound import Inbound, Names
from bot.gateway.keepsakes import Keepsakes
from bot.gateway.model import Clock

_REMEMBERED = 1_000
ROSTER_AGE = 60.0
MOST_KEYS = 20
LONGEST = 10_001  # characters; one more than a brain reads, so that it says what is too long


class Unreadable(Exception):
    """A message that is not genuine, or that we have no key for; it will not get better."""


class Session:
    """The account's side of every encrypted conversation."""

    def __init__(
        self, api: Api, identity: Identity, names: Names, keepsakes: Keepsakes, clock: Clock
    ) -> None:
        self.me = identity.user
        self._api = api
        self._chat = identity.chat()
        self._names = names
        self._keepsakes = keepsakes
        self._clock = clock
        self._rosters: OrderedDict[str, list[dict[str, str]]] = OrderedDict()
        self._renewed: OrderedDict[str, float] = OrderedDict()
        self._open: set[str] = set()

    def conversation(self, other: str) -> str:
        """What XChat calls the conversation with another."""
        return ":".join(sorted((self.me, other), key=int))

    async def learn_keys(self, other: str, events: Sequence[str]) -> bool:
        """Take in the key changes of a conversation; whether any of them is genuine.

        Raises:
            Problem: X does not tell who signed them.
        """
        wanted = [event for event in events if isinstance(event, str)][-MOST_KEYS:]
        good = await self._verified(other, wanted)
        if len(good) < len(wanted) and await self._renew_roster(other):
            good = await self._verified(other, wanted)
        if good:
            self._open.add(other)
            kept = await self._kept_keys(other)
            together = list(dict.fromkeys([*kept, *good]))[-MOST_KEYS:]
            if together != kept:
                slot, person = self._slot(other), self._names.person(other)
                await self._keepsakes.put(slot, json.dumps(together), person)
        return bool(good)

    async def knows(self, other: str) -> bool:
        """Whether we share a key with this person.

        Raises:
            Problem: X does not tell who signed what we keep.
        """
        if other not in self._open:
            kept = await self._kept_keys(other)
            if kept and await self._verified(other, kept):
                self._open.add(other)
        return other in self._open

    async def read(self, other: str, encoded: str) -> Optional[Inbound]:
        """The message in an event of a conversation; None when it is no message to answer.

        Raises:
            Unreadable: it is not genuine, or there is no key for it.
            Problem: X does not tell whose keys are whose.
        """
        await self.knows(other)
        try:
            event = await self._decrypted(other, encoded)
        except ValueError:
            if not await self._renew_roster(other):
                raise Unreadable from None
            try:
                event = await self._decrypted(other, encoded)
            except ValueError:
                raise Unreadable from None  # chatxdk's message may quote what was sent
        return self._message(other, event)

    async def encrypt(
        self, other: str, text: str, options: Sequence[tuple[str, str]]
    ) -> dict[str, str]:
        """What POST …/messages takes; `options` are ids and labels of buttons.

        Raises:
            ValueError: there is no key.
            Problem: X does not tell who signed what we keep.
        """
        await self.knows(other)
        shown = [{"id": name, "label": label} for name, label in options]
        quick = {"request": {"options": {"id": "choices", "options": shown}}} if shown else None
        made = self._chat.encrypt_message(self.conversation(other), text, quick_reply=quick)
        return {
            "message_id": made.message_id,
            "encoded_message_create_event": made.encrypted_content,
            "encoded_message_event_signature": made.encoded_event_signature,
        }

    async def forget(self, other: str) -> None:
        """Keep no keys of this conversation."""
        self._open.discard(other)
        await self._keepsakes.drop(self._slot(other))

    def _message(self, other: str, event: dict[str, Any]) -> Optional[Inbound]:
        place = str(event.get("conversation_id", "")).replace("-", ":")
        genuine = event.get("verified") is True and place == self.conversation(other)
        if not genuine:
            raise Unreadable
        content = event.get("content")
        if event.get("type") != "Message" or not isinstance(content, dict):
            return None
        kind = content.get("content_type")
        if kind == "Reaction" or event.get("sender_id") == self.me:
            return None
        return Inbound(
            id=str(event["id"]),
            sender=str(event["sender_id"]),
            text=str(content.get("text") or content.get("new_text") or "")[:LONGEST],
            at=float(event.get("created_at_msec") or 0) / 1000,
            thread=other,
            stack="chat",
            conversation=place,
            choice=_chosen(content),
            media=kind not in ("Text", "Edit"),
        )

    async def _decrypted(self, other: str, encoded: str) -> dict[str, Any]:
        return dict(self._chat.decrypt_event(encoded, None, await self._roster(other)))

    async def _verified(self, other: str, events: list[str]) -> list[str]:
        """Those that verify; chatxdk keeps the keys in them."""
        if not events:
            return []
        outcome = self._chat.decrypt_events(events, await self._roster(other))
        wrong = {int(place) for place in outcome["errors"]}
        return [event for place, event in enumerate(events) if place not in wrong]

    async def _roster(self, other: str) -> list[dict[str, str]]:
        """The signing keys of both sides: those of nobody else count in this conversation."""
        return [*await self._keys_of(self.me), *await self._keys_of(other)]

    async def _keys_of(self, user: str) -> list[dict[str, str]]:
        if user not in self._rosters:
            found = [_entry(user, record) for record in await public_keys(self._api, user)]
            self._rosters[user] = [entry for entry in found if entry]
            if len(self._rosters) > _REMEMBERED:
                self._rosters.popitem(last=False)
        self._rosters.move_to_end(user)
        return self._rosters[user]

    async def _renew_roster(self, other: str) -> bool:
        """Whether to ask for the keys anew: somebody may have others than before.

        What does not verify makes us ask once in a while only: anybody can send such things.
        """
        last = self._renewed.get(other, float("-inf"))
        if self._clock() - last < ROSTER_AGE:
            return False
        self._rosters.pop(other, None)
        self._renewed[other] = self._clock()
        if len(self._renewed) > _REMEMBERED:
            self._renewed.popitem(last=False)
        return True

    async def _kept_keys(self, other: str) -> list[str]:
        return list(json.loads(await self._keepsakes.get(self._slot(other)) or "[]"))

    def _slot(self, other: str) -> str:
        return f"chat keys {self._names.person(other)}"


def _entry(user: str, record: dict[str, Any]) -> dict[str, str]:
    wanted = {
        "public_key_version": "public_key_version", "public_key": "signing_public_key",
        "identity_public_key": "public_key",
        "identity_public_key_signature": "identity_public_key_signature",
    }  # fmt: skip
    if not all(isinstance(record.get(name), str) for name in wanted.values()):
        return {}
    return {"user_id": user, **{ours: record[theirs] for ours, theirs in wanted.items()}}


def _chosen(content: dict[str, Any]) -> Optional[str]:
    """The id of the button that was tapped."""
    found: Any = content
    for step in ("quick_reply", "response", "options", "selected_option_id"):
        found = found.get(step) if isinstance(found, dict) else None
    return found if isinstance(found, str) else None
