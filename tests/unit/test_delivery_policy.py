"""What is done when a platform does not take a delivery."""

import asyncio
from collections import deque
from dataclasses import replace
from typing import Optional, Union

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gateway.courier import LONGEST_PAUSE, PATIENCE, Courier, Undeliverable
from bot.gateway.model import (
    Closed,
    Delivery,
    Moved,
    Refused,
    SendError,
    TooFast,
    Unavailable,
)
from bot.gateway.pace import Pace
from tests.clocks import SleepyClock
from tests.contract.conftest import until

HELLO = Delivery("7", {"text": "<b>hello</b>", "html": True})


class Scripted:
    """A channel that answers as it was told, then takes everything."""

    def __init__(self, clock: SleepyClock, *answers: Union[SendError, str]) -> None:
        self.clock = clock
        self.answers = deque(answers)
        self.sent: list[tuple[float, Delivery]] = []

    async def send(self, delivery: Delivery) -> Optional[str]:
        self.sent.append((self.clock(), delivery))
        answer = self.answers.popleft() if self.answers else "42"
        if isinstance(answer, SendError):
            raise answer
        return answer

    def plainer(self, delivery: Delivery, reason: str) -> Optional[Delivery]:
        if not delivery.body["html"]:
            return None
        return replace(delivery, body={"text": "hello", "html": False})


def courier(clock: SleepyClock, channel: Scripted, chance: float = 0.0) -> Courier:
    return Courier(channel, clock, clock.sleep, lambda: chance)


async def test_it_waits_as_long_as_the_platform_asks() -> None:
    clock = SleepyClock()
    channel = Scripted(clock, TooFast(17), TooFast(2))
    assert await courier(clock, channel).deliver(HELLO) == "42"
    assert [at for at, _ in channel.sent] == [1_000, 1_017, 1_019]


async def test_a_failing_platform_is_tried_again_ever_more_slowly() -> None:
    clock = SleepyClock()
    channel = Scripted(clock, *[Unavailable("502")] * 9)
    assert await courier(clock, channel).deliver(HELLO) == "42"
    assert clock.slept == [1, 2, 4, 8, 16, 32, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]


async def test_chance_only_lengthens_a_pause() -> None:
    clock = SleepyClock()
    await courier(clock, Scripted(clock, Unavailable("x"), TooFast(8)), chance=1.0).deliver(HELLO)
    assert clock.slept == [1.25, 10]


async def test_a_platform_that_stays_away_is_given_up_after_a_day() -> None:
    clock = SleepyClock()
    channel = Scripted(clock, *[Unavailable("502")] * 10_000)
    with pytest.raises(Undeliverable, match="out of reach"):
        await courier(clock, channel).deliver(HELLO)
    assert PATIENCE < clock() - 1_000 < PATIENCE + 2 * LONGEST_PAUSE


async def test_who_blocks_us_is_not_written_to_again() -> None:
    clock = SleepyClock()
    channel = Scripted(clock, Closed("blocked"))
    with pytest.raises(Undeliverable) as given_up:
        await courier(clock, channel).deliver(HELLO)
    assert given_up.value.closed
    assert len(channel.sent) == 1


async def test_a_moved_chat_is_followed_now_and_afterwards() -> None:
    clock, moves = SleepyClock(), []

    async def note(old: str, new: str) -> None:
        moves.append((old, new))

    channel = Scripted(clock, Moved("-100"))
    following = Courier(channel, clock, clock.sleep, lambda: 0.0, note)
    await following.deliver(HELLO)
    await following.deliver(HELLO)
    assert [delivery.address for _, delivery in channel.sent] == ["7", "-100", "-100"]
    assert moves == [("7", "-100")]


async def test_refused_markup_goes_out_as_plain_text_and_then_not_at_all() -> None:
    clock = SleepyClock()
    channel = Scripted(clock, Refused("can't parse entities"))
    assert await courier(clock, channel).deliver(HELLO) == "42"
    assert channel.sent[1][1].body == {"text": "hello", "html": False}
    stubborn = Scripted(clock, Refused("a"), Refused("b"))
    with pytest.raises(Undeliverable, match="b"):
        await courier(clock, stubborn).deliver(HELLO)


async def times(
    pace: Pace, clock: SleepyClock, address: str, count: int, group: bool
) -> list[float]:
    found = []
    for _ in range(count):
        await pace.turn(address, group)
        found.append(clock() - 1_000)
    return found


def most_within(moments: list[float], seconds: float) -> int:
    return max(sum(start <= at < start + seconds for at in moments) for start in moments)


async def test_one_a_second_in_a_chat_after_a_burst_of_three() -> None:
    clock = SleepyClock()
    moments = await times(Pace(clock, clock.sleep), clock, "7", 9, group=False)
    assert moments[:3] == [0, 0, 0]
    assert most_within(moments, 3.0) == 3


async def test_twenty_a_minute_in_a_group() -> None:
    clock = SleepyClock()
    moments = await times(Pace(clock, clock.sleep), clock, "-7", 50, group=True)
    assert most_within(moments, 60.0) == 20
    assert moments[-1] < 140


@given(st.lists(st.integers(0, 60), min_size=31, max_size=150))
async def test_thirty_a_second_in_all(addresses: list[int]) -> None:
    clock = SleepyClock()
    pace, moments = Pace(clock, clock.sleep), []
    for address in addresses:
        await pace.turn(str(address), False)
        moments.append(clock())
    assert most_within(moments, 1.0) <= 30


async def test_a_slow_group_does_not_slow_the_others() -> None:
    clock = SleepyClock()
    pace = Pace(clock, clock.sleep)
    await times(pace, clock, "-7", 20, group=True)
    before = clock()
    await pace.turn("8", False)
    assert clock() == before


async def test_what_nobody_waits_for_gives_way() -> None:
    clock = SleepyClock()
    pace, sent = Pace(clock, clock.sleep), list[float]()

    async def unasked(number: int) -> None:
        await pace.turn(f"{number}", group=False, unasked=True)
        sent.append(clock())

    words = [asyncio.create_task(unasked(number)) for number in range(100)]
    await until(lambda: len(sent) >= 25)
    before = clock()
    await pace.turn("asked", group=False)
    assert clock() == before
    await asyncio.gather(*words)
    assert most_within(sent, 1.0) == 20


async def test_what_nobody_waits_for_comes_after_all_who_wait() -> None:
    clock = SleepyClock()
    pace = Pace(clock, clock.sleep)
    for number in range(90):
        pace._overall.take(clock() + number / 30)  # that many wait already
    await pace.turn("word", group=False, unasked=True)
    assert clock() >= 1_000 + 60 / 30 + 1
