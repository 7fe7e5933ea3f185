"""The people of a test, who write as an app lets them write."""

from typing import TYPE_CHECKING

from tests.fakes.x.accounts import Account
from tests.fakes.x.chats import ChatEvent
from tests.fakes.x.envelopes import typing
from tests.fakes.x.mail import DmEvent
from tests.fakes.x.peer import Peer
from tests.fakes.x.record import Said

if TYPE_CHECKING:
    from tests.fakes.x.world import World

PATIENCE = 5.0


class FakeUser:
    """Somebody with an account on X; `peer` is there once the person has XChat keys."""

    def __init__(self, world: "World", account: Account) -> None:
        self.world = world
        self.account = account
        self._peer: Peer | None = None
        self._read = 0

    @property
    def id(self) -> str:
        return self.account.id

    def enrol(self) -> "FakeUser":
        """The person's app turns to XChat."""
        self._peer = self._peer or Peer(self.world, self.id)
        return self

    @property
    def enrolled(self) -> bool:
        return self._peer is not None

    @property
    def peer(self) -> Peer:
        if self._peer is None:
            raise LookupError(f"{self.account.name} has no XChat keys")
        return self._peer

    def write(self, text: str) -> DmEvent | ChatEvent:
        """As the app does: by XChat where both sides have keys, else as a legacy message."""
        if self.enrolled and self.world.keys.of(self.world.bot.id):
            return self.peer.write(text)
        return self.dm(text)

    # Legacy messages

    @property
    def conversation(self) -> str:
        """The legacy conversation with the bot."""
        return self.world.mail.with_(self.id, self.world.bot.id)

    def dm(self, text: str, media: int = 0, posts: int = 0) -> DmEvent:
        """With so many pictures and shared posts."""
        keys = [f"3_{self.world.ids.next()}" for _ in range(media)]
        shared = [self.world.ids.next() for _ in range(posts)]
        return self.world.post(self.conversation, self.id, text, media=keys, posts=shared)

    def group(self, *others: "FakeUser", bot: bool = True) -> str:
        """Opens a legacy group; everybody's joining is an event. Returns the conversation id."""
        members = [self.id, *(other.id for other in others)]
        members += [self.world.bot.id] if bot else []
        group = self.world.mail.group(members)
        self.world.mail.add("ParticipantsJoin", group, self.id, participants=members[1:])
        return group

    def write_in(self, group: str, text: str) -> DmEvent:
        return self.world.post(group, self.id, text)

    def leave(self, group: str) -> DmEvent:
        event = self.world.mail.add("ParticipantsLeave", group, "", participants=[self.id])
        self.world.mail.groups[group].discard(self.id)
        return event

    def type(self) -> None:
        """The person is writing; nothing comes of it."""
        now, bot = str(int(self.world.clock() * 1000)), self.world.bot.id
        self.world.activity.publish("dm.indicate_typing", bot, typing(self.id, bot, now))

    # Both

    def block(self) -> None:
        self.account.blocked.add(self.world.bot.id)

    def unblock(self) -> None:
        self.account.blocked.discard(self.world.bot.id)

    @property
    def heard(self) -> list[Said]:
        """All that the bot has said to this person, oldest first."""
        return self.world.record.heard(self.id, by=self.world.bot.id)

    async def next_heard(self, timeout: float = PATIENCE) -> Said:
        """The next message of the bot that this call has not returned yet."""

        def look() -> Said | None:
            heard = self.heard
            return heard[self._read] if len(heard) > self._read else None

        said = await self.world.changed.until(look, timeout, f"message to {self.account.name}")
        self._read += 1
        return said

    def pick(self, label: str) -> ChatEvent:
        """Taps the choice with this label under the bot's latest message that offers it."""
        offers = [said for said in self.heard if label in said.choices]
        if not offers:
            raise LookupError(f"nothing offers {label!r}")
        return self.peer.pick(label, offers[-1])
