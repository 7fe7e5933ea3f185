"""The delivery policy: what to do when a platform does not take what we send."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Optional

from bot.gateway.model import (
    Chance,
    Channel,
    Clock,
    Closed,
    Delivery,
    Moved,
    Refused,
    Sleep,
    TooFast,
    Unavailable,
)
from bot.gateway.pace import Pace, Paced

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
PATIENCE = 24 * 3600.0
MOST_MOVES = 3

_log = logging.getLogger(__name__)


class Undeliverable(Exception):
    """A delivery that will never be made; `closed` when nothing more should be sent there."""

    def __init__(self, reason: str, closed: bool = False) -> None:
        super().__init__(reason)
        self.closed = closed


class Courier:
    """Delivers at a pace that the platform allows, again and again while it may work."""

    def __init__(
        self,
        channel: Channel,
        clock: Clock,
        sleep: Sleep,
        chance: Chance,
        on_move: Optional[Callable[[str, str], Awaitable[None]]] = None,
        pace: Optional[Paced] = None,
    ) -> None:
        self._channel = channel
        self._clock = clock
        self._sleep = sleep
        self._chance = chance
        self._on_move = on_move
        self._pace: Paced = pace or Pace(clock, sleep)
        self._moved: dict[str, str] = {}

    async def deliver(self, delivery: Delivery) -> Optional[str]:
        """The id of the message that now shows it, if one does.

        Raises:
            Undeliverable: it is of no use to try again.
        """
        begun, pause, moves = self._clock(), FIRST_PAUSE, 0
        while True:
            delivery = self._forwarded(delivery)
            try:
                await self._pace.turn(delivery.address, delivery.group, delivery.unasked)
                return await self._channel.send(delivery)
            except TooFast as error:
                await self._sleep(self._jitter(error.wait))
            except Unavailable as error:
                if self._clock() - begun > PATIENCE:
                    raise Undeliverable("the platform was out of reach for too long") from error
                await self._sleep(self._jitter(pause))
                pause = min(2 * pause, LONGEST_PAUSE)
            except Moved as error:
                moves += 1
                if moves > MOST_MOVES:
                    raise Undeliverable("the chat keeps moving") from error
                await self._note_move(delivery.address, error.address)
            except Closed as error:
                raise Undeliverable("the chat is closed to us", closed=True) from error
            except Refused as error:
                delivery = self._simplified(delivery, error)

    def _jitter(self, seconds: float) -> float:
        """A little more, never less, so that those who wait do not all come back at once."""
        return seconds * (1 + 0.25 * self._chance())

    def _forwarded(self, delivery: Delivery) -> Delivery:
        address = self._moved.get(delivery.address)
        return delivery if address is None else replace(delivery, address=address)

    async def _note_move(self, old: str, new: str) -> None:
        self._moved[old] = new
        if self._on_move is not None:
            await self._on_move(old, new)

    def _simplified(self, delivery: Delivery, error: Refused) -> Delivery:
        plainer = self._channel.plainer(delivery, error.reason)
        if plainer is None:
            raise Undeliverable(error.reason) from error
        _log.warning("a delivery was refused (%s): sent in a plainer form", error.reason)
        return plainer
