"""Each kind of refusal that X is known to answer with, and what the door does about it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.replies.knowledge import Knowledge
from bot.settings import SettingError
from tests.contract.stand_in import StandIn, until
from tests.contract.x_house import House, opened_x
from tests.fakes.x import FakeX


def routes(house: House) -> list[tuple[str, int]]:
    return [(call.route, call.status) for call in house.x.world.record.calls]


async def test_400_is_never_tried_again(house: House) -> None:
    ann = house.user()
    house.x.world.faults.next("dm_send", status=400)
    ann.dm("un RT ?")
    await until(lambda: house.sends and house.sends[0].status)
    await house.polled(4)
    assert [call.status for call in house.sends] == [400]
    ann.dm("un hashtag ?")
    await ann.next_heard()


async def test_400_about_a_field_drops_the_field_and_remembers(x: FakeX, house: House) -> None:
    assert x.world.schema == "newer"
    ann = house.user()
    ann.dm("un RT ?")
    await ann.next_heard()
    assert [status for route, status in routes(house) if route == "dm_events"].count(400) == 1


@pytest.mark.parametrize("escape", [True, False])
async def test_the_older_schema_is_read_as_well(
    stand_in: StandIn, knowledge: Knowledge, tmp_path: Path, escape: bool
) -> None:
    async with FakeX(schema="older", escape=escape) as x:
        async with opened_x(x, stand_in, knowledge, tmp_path) as house:
            await house.begun()
            ann = x.user()
            ann.dm("R&D, un RT ?")
            await ann.next_heard()
        assert 400 not in [status for _, status in routes(house)]
    assert stand_in.told[0].text == "R&D, un RT ?"


async def test_401_renews_the_token_once_and_goes_on(house: House) -> None:
    ann = house.user()
    house.x.world.faults.next("dm_send", status=401)
    ann.dm("un RT ?")
    await ann.next_heard()
    assert [call.status for call in house.sends] == [401, 201]
    assert house.x.world.tokens.refreshes == 1


async def test_401_that_stays_degrades_says_so_and_keeps_the_cursor(house: House) -> None:
    """As in an incident, when X answered 401 to everybody for two hours."""
    ann = house.user()
    house.x.world.faults.next("*", status=401, count=8)
    ann.dm("un RT ?")
    await until(lambda: any("refuses the token" in line for line in house.said))
    while not ann.heard:
        house.clock.advance(301)
        await asyncio.sleep(0.05)
    await house.polled()
    assert len(ann.heard) == 1


async def test_401_at_the_start_names_the_variable_and_not_its_value(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    wrong = {"X_ACCESS_TOKEN": "canary-access", "X_REFRESH_TOKEN": "canary-refresh"}
    with pytest.raises(SettingError, match="X_ACCESS_TOKEN") as caught:
        async with opened_x(x, stand_in, knowledge, tmp_path, **wrong):
            pass
    assert "canary" not in str(caught.value)


async def test_402_stops_reading_too_and_says_so(house: House) -> None:
    house.x.world.faults.next("dm_events", status=402)
    await until(lambda: any("402" in line for line in house.said))
    calls = len(house.x.world.record.calls)
    await asyncio.sleep(0.2)
    assert len(house.x.world.record.calls) == calls


async def test_403_of_the_recipient_marks_the_person(house: House) -> None:
    ann = house.user()
    house.x.world.faults.next("dm_send", status=403, kind="closed")
    ann.dm("un RT ?")
    await until(lambda: house.sends and house.sends[0].status)
    await house.polled(3)
    assert [call.status for call in house.sends] == [403]
    assert (await house.door.desk.people.profile(house.person(ann))).closed


async def test_403_of_the_sender_pauses_all_sending_and_loses_nothing(house: House) -> None:
    ann, bob = house.user("Ann"), house.user("Bob")
    house.x.world.faults.next("dm_send", status=403, kind="restricted")
    ann.dm("un RT ?")
    await until(lambda: any("403" in line for line in house.said))
    bob.dm("un RT ?")
    await house.polled_without_settling(3)
    assert [call.status for call in house.sends] == [403]
    house.clock.advance(901)
    await ann.next_heard()
    await bob.next_heard()
    assert [call.status for call in house.sends] == [403, 201, 201]


@pytest.mark.parametrize(
    "kind", ["unsupported-authentication", "not-enrolled", "oauth1-permissions"]
)
async def test_403_of_the_configuration_fails_the_start(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path, kind: str
) -> None:
    x.world.faults.next("me", status=403, kind=kind)
    with pytest.raises(SettingError, match="403"):
        async with opened_x(x, stand_in, knowledge, tmp_path):
            pass


async def test_403_of_a_missing_scope_names_the_scopes(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    x.world.faults.next("me", status=403, kind="scope")
    with pytest.raises(SettingError, match=r"dm\.read dm\.write"):
        async with opened_x(x, stand_in, knowledge, tmp_path):
            pass


@pytest.mark.parametrize("kind", ["window", "prose", "bare", "stale"])
async def test_429_is_waited_out(house: House, kind: str) -> None:
    ann = house.user()
    house.x.world.faults.next("dm_send", status=429, kind=kind, reset=120)
    ann.dm("un RT ?")
    await until(lambda: house.sends and house.sends[0].status)
    await house.polled_without_settling(4)
    assert [call.status for call in house.sends] == [429]
    house.clock.advance(126)
    await ann.next_heard()
    assert [call.status for call in house.sends] == [429, 201]


async def test_429_of_the_day_waits_for_the_next_day(house: House) -> None:
    ann = house.user()
    house.x.world.faults.next("dm_send", status=429, kind="day", reset=40_000)
    ann.dm("un RT ?")
    await until(lambda: house.sends and house.sends[0].status)
    house.clock.advance(1_000)
    await house.polled_without_settling(3)
    assert [call.status for call in house.sends] == [429]
    house.clock.advance(39_006)
    await ann.next_heard()


@pytest.mark.parametrize("route", ["dm_events", "dm_send"])
@pytest.mark.parametrize("form", ["json", "html", "empty"])
@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_5xx_is_tried_again(house: House, route: str, form: str, status: int) -> None:
    ann = house.user()
    house.x.world.faults.next(route, status=status, form=form, count=2)
    ann.dm("un RT ?")
    await ann.next_heard()
    await house.polled()
    assert len(ann.heard) == 1


@pytest.mark.parametrize("drop", ["before", "after"])
@pytest.mark.parametrize("route", ["dm_events", "dm_send"])
async def test_a_cut_connection_is_tried_again(house: House, route: Any, drop: Any) -> None:
    ann = house.user()
    house.x.world.faults.next(route, drop=drop)
    ann.dm("un RT ?")
    await ann.next_heard()
    await house.polled()
    assert len(ann.heard) == 1


async def test_200_with_partial_errors_is_used(house: House) -> None:
    ann = house.user()
    house.x.world.faults.next("dm_events", partial=True, count=3)
    ann.dm("un RT ?")
    await ann.next_heard()


async def test_a_person_whom_the_answer_does_not_resolve_is_answered(house: House) -> None:
    ann = house.user()
    house.x.world.lost.add(ann.id)
    ann.dm("un RT ?")
    await ann.next_heard()


async def test_what_comes_twice_in_a_page_is_answered_once(house: House) -> None:
    ann = house.user()
    house.x.world.faults.next("dm_events", duplicate=True, count=5)
    ann.dm("un RT ?")
    await ann.next_heard()
    await house.polled(3)
    assert len(ann.heard) == 1


async def test_no_token_is_one_clear_line(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    none = {"X_ACCESS_TOKEN": "", "X_REFRESH_TOKEN": ""}
    with pytest.raises(SettingError, match="X_ACCESS_TOKEN is not set"):
        async with opened_x(x, stand_in, knowledge, tmp_path, **none):
            pass
