"""Windows that are learned from headers, never known beforehand."""

from bot.doors.x.limits import FIRST_LIMIT, QUARTER, Route, Window
from bot.doors.x.valve import Valve
from tests.clocks import SleepyClock


def window(clock: SleepyClock, chance: float = 0.0) -> Window:
    return Window(clock, lambda: chance)


def told(limit: int, left: int, reset: float, name: str = "x-rate-limit") -> dict[str, str]:
    return {
        f"{name}-limit": str(limit), f"{name}-remaining": str(left),
        f"{name}-reset": str(int(reset)),
    }  # fmt: skip


def test_it_starts_from_fifteen_in_a_quarter_of_an_hour() -> None:
    clock = SleepyClock()
    first = window(clock)
    assert first.interval() == QUARTER / FIRST_LIMIT
    for _ in range(FIRST_LIMIT):
        assert first.wait() == 0
        first.take()
    assert first.wait() == QUARTER
    clock.now += QUARTER
    assert first.left() == FIRST_LIMIT


def test_it_learns_another_size() -> None:
    clock = SleepyClock()
    learning = window(clock)
    learning.take()
    learning.learn(told(99, 98, clock.now + 400))
    assert learning.left() == 98
    assert learning.interval() == 400 / 98


def test_answers_that_come_in_another_order_do_not_give_turns_back() -> None:
    clock = SleepyClock()
    learning = window(clock)
    learning.learn(told(15, 10, clock.now + 400))
    for _ in range(3):
        learning.take()
    learning.learn(told(15, 7, clock.now + 400))
    learning.learn(told(15, 9, clock.now + 400))
    assert learning.left() == 7


def test_a_day_that_is_used_up_is_waited_for_though_the_quarter_is_not() -> None:
    clock = SleepyClock()
    learning = window(clock)
    day = told(1_440, 0, clock.now + 30_000, "x-user-limit-24hour")
    learning.learn({**told(15, 14, clock.now + 900), **day})
    assert learning.wait() == 30_000
    assert learning.left() == 0
    clock.now += 30_000
    assert learning.wait() == 0


def test_a_refusal_without_headers_is_waited_out_longer_each_time() -> None:
    clock = SleepyClock()
    refused = window(clock)
    pauses = []
    for _ in range(6):
        refused.learn({}, refused=True)
        pauses.append(refused.wait())
        clock.now += refused.wait()
    assert pauses == [60, 120, 240, 480, 900, 900]
    refused.learn({})
    refused.learn({}, refused=True)
    assert refused.wait() == 60


def test_a_reset_that_is_past_or_odd_is_not_believed() -> None:
    clock = SleepyClock()
    for reset in ("5", "soon", "", "9" * 40, "-3", "１２"):
        refused = window(clock)
        headers = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": reset}
        refused.learn(headers, refused=True)
        assert refused.wait() == 60


def test_those_who_waited_do_not_all_come_back_in_the_same_instant() -> None:
    clock = SleepyClock()
    refused = window(clock, chance=1.0)
    refused.learn(told(15, 0, clock.now + 100), refused=True)
    assert refused.wait() == 105


async def test_a_route_makes_its_callers_wait() -> None:
    clock = SleepyClock()
    route = Route(window(clock), clock.sleep)
    for _ in range(FIRST_LIMIT + 1):
        await route.turn()
    assert clock() == 1_000 + QUARTER


async def test_a_valve_says_once_why_it_closes() -> None:
    clock, said = SleepyClock(), []
    valve = Valve(clock, clock.sleep, said.append)
    valve.pause(10, "why")
    valve.pause(5, "why")
    assert (said, valve.wait()) == (["why"], 10)
    await valve.passage()
    assert clock() == 1_010
    valve.shut("for good")
    valve.shut("for good")
    assert said == ["why", "for good"]
    assert valve.wait() == float("inf")
