"""How messages come in, from wherever: none is let go of before it is committed here."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.doors.x.inbound import Inbound, Names
from bot.gateway.gateway import Gateway


@dataclass(frozen=True)
class Intake:
    """Takes what is for us: not our own echo, no group, no other robot."""

    gateway: Gateway
    names: Names
    me: str

    async def take(self, messages: Sequence[Inbound]) -> None:
        """Commit the messages, oldest first.

        Raises:
            SQLAlchemyError: nothing was kept.
        """
        wanted = [each for each in messages if self._is_wanted(each)]
        await self.gateway.take([self.names.event(each) for each in wanted])

    def _is_wanted(self, message: Inbound) -> bool:
        return message.sender != self.me and not message.group and not message.automated
