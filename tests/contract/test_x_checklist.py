"""What a naive poller of X gets wrong, one test each."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.doors.x.door import Door
from bot.doors.x.inbound import Inbound
from bot.replies.knowledge import Knowledge
from tests.contract.stand_in import StandIn, until
from tests.contract.x_house import House, opened_x
from tests.fakes.x import FakeX

QUARTER, DAY = 900, 86_400


def told(brain: StandIn) -> list[str]:
    return [message.text for message in brain.told]


async def test_its_own_echo_is_not_answered(house: House) -> None:
    house.x.world.bot.automated = False  # nothing else tells it apart
    ann = house.user()
    ann.dm("un RT ?")
    await ann.next_heard()
    await house.polled(4)
    assert told(house.brain) == ["un RT ?"]
    assert len(house.sends) == 1


async def test_the_backlog_of_the_first_start_is_not_answered(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    people = [x.user(f"P{number}") for number in range(120)]
    for person in people:
        person.dm("un RT ?")
    async with opened_x(x, stand_in, knowledge, tmp_path) as house:
        await house.begun()
        people[0].dm("un hashtag ?")
        await people[0].next_heard()
    assert told(stand_in) == ["un hashtag ?"]


async def test_answers_come_oldest_first_whatever_the_order_of_a_page(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    ann = x.user()
    async with opened_x(x, stand_in, knowledge, tmp_path) as house:
        await house.begun()
    for number in range(9):
        ann.dm(f"{number} ?")
    x.world.faults.next("dm_events", shuffle=True)
    async with opened_x(x, stand_in, knowledge, tmp_path):
        for _ in range(9):
            await ann.next_heard()
    assert told(stand_in) == [f"{number} ?" for number in range(9)]


@pytest.mark.parametrize("count", [9, 10, 11, 109, 110, 111, 250])
async def test_nothing_is_lost_at_the_boundary_of_a_page(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path, count: int
) -> None:
    x.user("Earlier").dm("before")
    async with opened_x(x, stand_in, knowledge, tmp_path) as house:
        await house.begun()
    people = [x.user(f"P{number}") for number in range(count)]
    for person in people:
        person.dm("un RT ?")
    async with opened_x(x, stand_in, knowledge, tmp_path):
        await until(lambda: all(person.heard for person in people), 30)
    assert len(stand_in.told) == count


async def test_an_answer_that_left_before_a_crash_is_not_sent_again(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    ann = x.user()
    async with opened_x(x, stand_in, knowledge, tmp_path) as house:
        await house.begun()
        forgetful(house.door)
        ann.dm("un RT ?")
        await ann.next_heard()
    async with opened_x(x, stand_in, knowledge, tmp_path) as house:
        await house.polled(3)
    assert len(ann.heard) == 1
    assert len(house.sends) == 1


def forgetful(door: Door) -> None:
    """The process ends before it has marked a delivery as made."""
    outbox: Any = door.gateway._outbox

    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    outbox.delivered = never


async def test_a_message_that_was_kept_before_a_crash_is_answered_after_it(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    ann = x.user()
    async with opened_x(x, stand_in, knowledge, tmp_path) as house:
        await house.begun()
        stand_in.pause = 3_600  # the process ends before there is an answer
        ann.dm("un RT ?")
        await until(lambda: stand_in.told)
        await house.polled_without_settling()
    stand_in.pause = 0
    async with opened_x(x, stand_in, knowledge, tmp_path):
        await ann.next_heard()
    assert len(ann.heard) == 1


@pytest.mark.parametrize(
    "fault", [{"drop": "after"}, {"status": 503}, {"status": 502, "form": "html"}]
)
async def test_a_send_without_an_answer_is_looked_for_before_it_is_sent_again(
    house: House, fault: dict[str, Any]
) -> None:
    ann = house.user()
    house.x.world.faults.next("dm_send", **fault)
    ann.dm("un RT ?")
    await ann.next_heard()
    await house.polled(4)
    assert len(ann.heard) == 1
    assert len(house.sends) == (1 if "drop" in fault else 2)
    assert len(house.x.world.record.of("dm_with_events")) == 1


async def test_the_same_answer_to_a_second_question_is_no_echo_of_the_first(house: House) -> None:
    ann = house.user()
    for _ in range(2):
        ann.dm("un RT ?")
        await ann.next_heard()
    house.x.world.faults.next("dm_send", status=503)
    ann.dm("un RT ?")
    await ann.next_heard()
    assert len(ann.heard) == 3


async def test_all_that_a_turn_says_is_one_message(house: House) -> None:
    ann = house.user()
    ann.dm("un RT ? // un hashtag ? // un DM ?")
    answer = (await ann.next_heard()).text
    await house.polled(3)
    assert len(house.sends) == 1
    for word in ("retweet", "#", "DM"):
        assert word in answer


async def test_a_cap_of_a_day_is_not_taken_for_one_of_a_quarter(house: House) -> None:
    ann, before = house.user(), len(house.sends)
    for scope in ("user_day", "app_day"):
        house.x.world.limits.resize("dm_send", scope, 2)
    for number in range(4):
        ann.dm(f"un RT ? {number}")
        await house.polled_without_settling()
    await until(lambda: len(ann.heard) == 2)
    house.clock.advance(4 * QUARTER)
    await house.polled_without_settling(3)
    assert len(ann.heard) == 2
    asked = len(house.sends) - before
    assert asked <= 3
    house.clock.advance(DAY)
    await until(lambda: len(ann.heard) > 2)
    assert len(house.sends) - before <= asked + 3


async def test_without_credit_nothing_is_asked_again(house: House) -> None:
    ann = house.user()
    house.x.world.money.budget = house.x.world.money.thousandths
    ann.dm("un RT ?")
    await until(lambda: any("402" in line for line in house.said))
    calls = len(house.x.world.record.calls)
    await asyncio.sleep(0.2)
    house.clock.advance(DAY)
    await asyncio.sleep(0.2)
    assert len(house.x.world.record.calls) == calls
    assert sum("402" in line for line in house.said) == 1


async def test_a_question_waits_for_credit_and_is_not_lost(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    ann = x.user()
    async with opened_x(x, stand_in, knowledge, tmp_path) as house:
        await house.begun()
        x.world.faults.next("dm_send", status=402)
        ann.dm("un RT ?")
        await until(lambda: any("402" in line for line in house.said))
    async with opened_x(x, stand_in, knowledge, tmp_path):
        await ann.next_heard()
    assert len(ann.heard) == 1


async def test_an_expired_token_is_renewed_once_and_the_new_refresh_token_is_kept(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    ann, environment = x.user(), x.environment
    async with opened_x(x, stand_in, knowledge, tmp_path) as house:
        await house.begun()
        for _ in range(2):
            x.world.tokens.expire()
            ann.dm("un RT ?")
            await ann.next_heard()
    x.world.tokens.expire()
    async with opened_x(x, stand_in, knowledge, tmp_path, **tokens_of(environment)):
        ann.dm("un RT ?")
        await ann.next_heard()
    assert x.world.tokens.refreshes == 3
    assert x.world.tokens.refused == []


def tokens_of(environment: dict[str, str]) -> dict[str, str]:
    return {name: environment[name] for name in ("X_ACCESS_TOKEN", "X_REFRESH_TOKEN")}


async def test_a_person_who_cannot_be_written_to_is_tried_once_a_message(house: House) -> None:
    ann = house.user()
    ann.block()
    ann.dm("un RT ?")
    await until(lambda: house.sends and house.sends[0].status)
    await house.polled(4)
    assert [call.status for call in house.sends] == [403]
    assert (await house.door.desk.people.profile(house.person(ann))).closed
    ann.unblock()
    ann.dm("un hashtag ?")
    await ann.next_heard()
    assert len(ann.heard) == 1


async def test_joins_and_leaves_are_not_answered_and_cost_nothing(house: House) -> None:
    ann, bob = house.user("Ann"), house.user("Bob")
    before = house.x.world.money.thousandths
    group = ann.group(bob)
    bob.leave(group)
    await house.polled(3)
    assert (house.sends, house.brain.told) == ([], [])
    assert house.x.world.money.thousandths == before


@pytest.mark.parametrize("media", [{"media": 1}, {"posts": 1}])
async def test_a_picture_or_a_shared_post_alone_gets_a_short_honest_answer(
    house: House, media: dict[str, int]
) -> None:
    ann = house.user()
    ann.dm("", **media)
    assert "Je ne lis que les mots" in (await ann.next_heard()).text


@pytest.mark.parametrize("text", ["   ", "🤷", "‮​"])
async def test_a_message_of_blanks_or_signs_alone_gets_an_answer(house: House, text: str) -> None:
    ann = house.user()
    ann.dm(text)
    assert (await ann.next_heard()).text


async def test_an_edited_message_is_answered_as_the_message_it_is_now(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    ann = x.user("Ann", xchat=True)
    async with opened_x(x, stand_in, knowledge, tmp_path, X_CHAT="on") as house:
        await house.encrypted()
        written = ann.peer.write("un RT ?")
        await ann.next_heard()
        ann.peer.edit(written, "un hashtag ?")
        assert "#" in (await ann.next_heard()).text
    assert told(stand_in) == ["un RT ?", "un hashtag ?"]


async def test_groups_are_left_alone(house: House) -> None:
    ann, bob = house.user("Ann"), house.user("Bob")
    group = ann.group(bob)
    ann.write_in(group, "un RT ?")
    await house.polled(3)
    assert (house.sends, house.brain.told) == ([], [])


async def test_a_labelled_robot_is_not_answered(house: House) -> None:
    robot = house.user("Robot", automated=True)
    robot.dm("un RT ?")
    await house.polled(3)
    assert (house.sends, house.brain.told) == ([], [])


async def test_links_are_read_as_they_were_written(house: House) -> None:
    ann = house.user()
    ann.dm("c'est quoi https://help.x.com/en/using-x ?")
    await ann.next_heard()
    assert told(house.brain) == ["c'est quoi https://help.x.com/en/using-x ?"]


async def test_escaped_signs_are_read_as_they_were_written(house: House) -> None:
    ann = house.user()
    ann.dm("R&D <3 &amp; ?")
    await ann.next_heard()
    assert told(house.brain) == ["R&D <3 &amp; ?"]


async def test_a_message_by_stream_and_by_poll_is_answered_once(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    ann, bearer = x.user(), x.environment["X_BEARER_TOKEN"]
    async with opened_x(x, stand_in, knowledge, tmp_path, X_BEARER_TOKEN=bearer) as house:
        await house.begun()
        await house.listening()
        x.world.activity.duplicate = 1
        ann.dm("un RT ?")
        await ann.next_heard()
        await house.polled(3)
    assert len(ann.heard) == 1
    assert x.world.money.by_item()["dm.received"] == 1


async def test_of_two_processes_one_serves_and_the_other_waits(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    ann, second = x.user(), StandIn(knowledge)

    async def wait_behind() -> None:
        async with opened_x(x, second, knowledge, tmp_path, said=waiting) as house:
            await house.polled()
            await asyncio.Event().wait()

    waiting: list[str] = []
    async with opened_x(x, stand_in, knowledge, tmp_path) as house:
        await house.begun()
        behind = asyncio.create_task(wait_behind())
        await until(lambda: any("ANOTHER PROCESS" in line for line in waiting))
        ann.dm("un RT ?")
        await ann.next_heard()
        await house.polled(3)
        assert (len(ann.heard), second.told) == (1, [])
    ann.dm("un hashtag ?")
    await ann.next_heard(10)
    assert told(second) == ["un hashtag ?"]
    behind.cancel()
    await asyncio.gather(behind, return_exceptions=True)


async def test_an_answer_longer_than_a_message_is_cut_at_a_word(house: House) -> None:
    ann = house.user()
    ann.dm(" // ".join(["c'est quoi un RT ?"] * 90))
    answer = (await ann.next_heard()).text
    assert 9_000 < len(answer) <= 10_000
    assert "…\n\n1. " in answer


async def test_a_question_of_ten_thousand_characters_gets_an_answer(house: House) -> None:
    ann = house.user()
    ann.dm("RT " * 3_333)
    assert (await ann.next_heard()).text


async def test_stop_is_obeyed_before_what_waits_to_be_sent(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    ann = x.user()
    async with opened_x(x, stand_in, knowledge, tmp_path) as house:
        await house.begun()
        x.world.faults.next("dm_send", status=429, reset=600)
        ann.dm("un RT ?")
        await until(lambda: house.sends and house.sends[0].status)
        ann.dm("STOP")
        await house.polled_without_settling(3)
        house.clock.advance(700)
        await ann.next_heard()
        await house.polled(3)
    assert [said.text[:13] for said in ann.heard] == ["C'est noté, j"]


async def test_ids_keep_their_last_digits(house: House) -> None:
    """As floating numbers these three would be one."""
    kept: list[Inbound] = []

    async def keep(messages: Sequence[Inbound]) -> None:
        kept.extend(messages)

    activity = house.door.pushed.activity
    activity.take = keep
    for last in (1, 2, 3):
        identity = f"208076590152853509{last}"
        message = {"sender_id": "2222222222222222221", "message_data": {"text": "RT ?"}}
        event = {"type": "message_create", "id": identity, "message_create": message}
        payload = {"direct_message_events": [{**event, "created_timestamp": "9999999999999"}]}
        await activity.receive({"data": {"event_type": "dm.received", "payload": payload}})
    assert [each.id[-1] for each in kept] == ["1", "2", "3"]
    assert kept[0].sender == "2222222222222222221"
