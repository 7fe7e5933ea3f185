"""Rare turns and counted money: who is answered when, and what it costs."""

import asyncio
from pathlib import Path

from bot.doors.x.meter import DAY
from bot.replies.knowledge import Knowledge
from tests.contract.stand_in import StandIn, until
from tests.contract.x_house import House, opened_x
from tests.fakes.x import FakeUser, FakeX

QUARTER = 900


def tight(house: House, most: int) -> None:
    house.x.world.limits.resize("dm_send", "user", most)


async def full(house: House, most: int) -> list[FakeUser]:
    """The quarter's sends are used up by others."""
    tight(house, most)
    first = [house.user(f"F{number}") for number in range(most)]
    for person in first:
        person.dm("un RT ?")
        await person.next_heard()
    return first


async def test_no_request_is_made_that_the_headers_say_would_be_refused(house: House) -> None:
    await full(house, 3)
    people = [house.user(f"P{number}") for number in range(5)]
    for person in people:
        person.dm("un RT ?")
    await house.polled_without_settling(3)
    assert not any(person.heard for person in people)
    for _ in range(2):
        house.clock.advance(QUARTER + 6)
        await house.polled_without_settling(3)
    await until(lambda: all(person.heard for person in people))
    assert {call.status for call in house.sends} == {201}


async def test_turns_are_fair_between_people(house: House) -> None:
    """One who writes much does not keep those out who wrote after."""
    await full(house, 3)
    eager, others = house.user("Eager"), [house.user(f"P{number}") for number in range(2)]
    for number in range(6):
        eager.dm(f"un RT ? {number}")
    await house.polled_without_settling()
    for person in others:
        person.dm("un hashtag ?")
    await house.polled_without_settling()
    house.clock.advance(QUARTER + 6)
    await until(lambda: all(person.heard for person in [eager, *others]))


async def test_under_pressure_only_the_latest_question_is_answered_and_that_is_said(
    house: House,
) -> None:
    await full(house, 2)
    ann = house.user()
    for word in ("RT", "DM", "hashtag"):
        ann.dm(f"un {word} ?")
        await house.polled_without_settling()
    house.clock.advance(QUARTER + 6)
    answer = (await ann.next_heard()).text
    await house.polled()
    assert "n'ai pas pu répondre à toutes" in answer
    assert "retweet" not in answer
    assert [each.text for each in house.brain.told[2:]] == ["un hashtag ?"]
    assert len(ann.heard) == 1
    ann.dm("un RT ?")
    assert "n'ai pas pu" not in (await ann.next_heard()).text


async def test_rights_are_not_passed_over_and_go_before_questions(house: House) -> None:
    await full(house, 2)
    crowd = [house.user(f"P{number}") for number in range(4)]
    for person in crowd:
        person.dm("un RT ?")
    ann = house.user()
    ann.dm("oublie-moi")
    await house.polled_without_settling()
    ann.dm("un hashtag ?")
    await house.polled_without_settling()
    house.clock.advance(QUARTER + 6)
    assert "effacé" in (await ann.next_heard()).text
    assert house.brain.forgotten == [house.person(ann)]


async def test_a_wish_does_not_wait_behind_a_question_of_the_same_person(house: House) -> None:
    await full(house, 2)
    ann = house.user()
    ann.dm("un RT ?")
    await house.polled_without_settling()
    ann.dm("oublie-moi")
    await until(lambda: house.brain.forgotten)
    house.clock.advance(QUARTER + 6)
    assert "effacé" in (await ann.next_heard()).text


async def test_without_pressure_every_question_is_answered(house: House) -> None:
    ann = house.user()
    for number in range(5):
        ann.dm(f"un RT ? {number}")
    for _ in range(5):
        await ann.next_heard()


async def test_the_cost_is_what_x_charged(house: House) -> None:
    people = [house.user(f"P{number}") for number in range(4)]
    for day in range(2):
        for person in people:
            person.dm(f"un RT ? {day}")
            await person.next_heard()
        await house.polled()
        house.clock.advance(DAY)
    await house.polled()
    assert await house.cost() == house.x.world.money.thousandths


async def test_idle_polling_costs_little_the_next_day(house: House) -> None:
    people = [house.user(f"P{number}") for number in range(30)]
    for person in people:
        person.dm("un RT ?")
        await person.next_heard()
    await house.polled()
    before = house.x.world.money.thousandths
    house.clock.advance(DAY)
    await house.polled(4)
    assert house.x.world.money.thousandths - before <= 10 * 10  # one small page


async def test_an_empty_inbox_costs_nothing(house: House) -> None:
    before = house.x.world.money.thousandths
    await house.polled(5)
    assert house.x.world.money.thousandths == before


async def test_the_budget_of_a_day_pauses_until_midnight_and_says_so(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    async with opened_x(x, stand_in, knowledge, tmp_path, X_DAILY_BUDGET="0.04") as house:
        await house.begun()
        ann, bob = x.user("Ann"), x.user("Bob")
        ann.dm("un RT ?")  # 10 for who we are, 10 for the question, 15 for the answer, 10 for it
        await ann.next_heard()
        await until(lambda: any("X_DAILY_BUDGET" in line for line in house.said))
        bob.dm("un RT ?")
        calls = len(x.world.record.calls)
        await asyncio.sleep(0.2)
        assert len(x.world.record.calls) == calls
        house.clock.advance(DAY)
        await bob.next_heard()
        assert sum("X_DAILY_BUDGET" in line for line in house.said) == 1


async def test_what_was_spent_today_is_known_to_the_next_process(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    ann = x.user()
    async with opened_x(x, stand_in, knowledge, tmp_path) as house:
        await house.begun()
        ann.dm("un RT ?")
        await ann.next_heard()
        await house.polled()
    calls = len(x.world.record.calls)
    async with opened_x(x, stand_in, knowledge, tmp_path, X_DAILY_BUDGET="0.02") as house:
        await asyncio.sleep(0.2)
    assert len(x.world.record.calls) == calls


async def test_our_own_id_is_bought_once(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    for _ in range(3):
        async with opened_x(x, stand_in, knowledge, tmp_path) as house:
            await house.begun()
    assert len(x.world.record.of("me")) == 1
