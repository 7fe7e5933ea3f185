"""Encrypted messages: a real chatxdk user and the bot, and a server that nobody has to trust."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.doors.x.chat_keys import FILE
from bot.replies.knowledge import Knowledge
from bot.settings import SettingError
from tests.contract.stand_in import StandIn, until
from tests.contract.x_house import House, opened_x
from tests.fakes.x import FakeX


@pytest.fixture(params=["polled", "pushed"])
def push(request: pytest.FixtureRequest, x: FakeX) -> dict[str, str]:
    """How the messages come in."""
    bearer = x.environment["X_BEARER_TOKEN"] if request.param == "pushed" else ""
    return {"X_CHAT": "on", "X_BEARER_TOKEN": bearer}


@pytest_asyncio.fixture
async def chat(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path, push: dict[str, str]
) -> AsyncIterator[House]:
    """The X door with both stacks."""
    async with opened_x(x, stand_in, knowledge, tmp_path, **push) as house:
        await house.encrypted()
        if push["X_BEARER_TOKEN"]:
            await house.listening()
        yield house


async def told(house: House, count: int) -> None:
    await until(lambda: len(house.brain.told) >= count)


async def test_a_whole_conversation_with_buttons(chat: House) -> None:
    ann = chat.user("Ann", xchat=True)
    ann.write("c'est quoi un RT ?")
    first = await ann.next_heard()
    assert first.stack == "xchat"
    assert "robot" in first.text
    assert "1. " not in first.text
    assert "Le bon usage" in first.choices
    ann.pick("Le bon usage")
    assert "remercier" in (await ann.next_heard()).text
    assert chat.brain.told[-1].payload == "ask:rt:etiquette"
    ann.pick("Les sources")
    assert (await ann.next_heard()).text
    ann.write("STOP")
    assert "REPRENDRE" in (await ann.next_heard()).text
    ann.write("un hashtag ?")
    await chat.polled_chats()
    assert len(ann.heard) == 4
    assert ann.peer.unreadable == []


async def test_a_number_chooses_here_too(chat: House) -> None:
    ann = chat.user("Ann", xchat=True)
    ann.write("un RT ?")
    await ann.next_heard()
    ann.write("2")
    assert "remercier" in (await ann.next_heard()).text


async def test_typing_shows_while_an_answer_is_prepared_and_nothing_is_marked_as_read(
    chat: House,
) -> None:
    ann = chat.user("Ann", xchat=True)
    chat.brain.pause = 0.1
    ann.write("un RT ?")
    await ann.next_heard()
    where = ann.peer.conversation
    assert [who for who, _ in where.typing] == [chat.x.world.bot.id]
    assert chat.x.world.record.of("chat_read") == []


async def test_an_answer_goes_where_keys_are_shared_also_to_a_legacy_question(chat: House) -> None:
    ann, bob = chat.user("Ann", xchat=True), chat.user("Bob")
    ann.write("un RT ?")
    await ann.next_heard()
    ann.dm("un hashtag ?")
    bob.dm("un hashtag ?")
    assert (await ann.next_heard()).stack == "xchat"
    assert (await bob.next_heard()).stack == "legacy"


async def test_a_lost_answer_is_sent_again_as_the_same_message(chat: House) -> None:
    ann = chat.user("Ann", xchat=True)
    chat.x.world.faults.next("chat_send", drop="after")
    ann.write("un RT ?")
    await ann.next_heard()
    await until(lambda: len(chat.sends) == 2 and chat.sends[-1].status == 201)
    await chat.polled_chats()
    first, again = chat.sends
    assert first.body == again.body
    assert len(ann.heard) == 1
    assert await chat.cost() == chat.x.world.money.thousandths


@pytest.mark.parametrize("fault", [{"status": 503}, {"status": 429, "reset": 0}, {"status": 401}])
async def test_a_refused_answer_is_sent_again(chat: House, fault: dict[str, int]) -> None:
    ann = chat.user("Ann", xchat=True)
    chat.x.world.faults.next("chat_send", **fault)
    ann.write("un RT ?")
    await until(lambda: chat.sends)
    await chat.polled_without_settling()
    chat.clock.advance(90)
    await ann.next_heard()
    assert len(ann.heard) == 1


async def test_a_conversation_goes_on_after_a_restart(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path, push: dict[str, str]
) -> None:
    ann = x.user("Ann", xchat=True)
    async with opened_x(x, stand_in, knowledge, tmp_path, **push) as house:
        await house.encrypted()
        ann.write("un RT ?")
        await ann.next_heard()
    ann.write("2")
    async with opened_x(x, stand_in, knowledge, tmp_path, **push) as house:
        assert "remercier" in (await ann.next_heard()).text
        await house.polled_chats()
    assert len(ann.heard) == 2
    assert len(x.world.record.of("public_keys_add")) == 1


async def test_an_answer_that_waits_is_sent_encrypted_also_before_encryption_is_open(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    """What was left behind goes out as it was written, and new answers find their stack."""
    ann = x.user("Ann", xchat=True)
    async with opened_x(x, stand_in, knowledge, tmp_path, X_CHAT="on") as house:
        await house.encrypted()
        ann.write("un RT ?")
        await ann.next_heard()
        x.world.faults.next("chat_send", status=503, count=1_000)
        ann.write("un hashtag ?")
        await until(lambda: len(house.sends) > 2)
        stand_in.pause = 3_600
        ann.write("un DM ?")
    x.world.faults.clear()
    stand_in.pause = 0
    (tmp_path / FILE).rename(tmp_path / "away")
    async with opened_x(x, stand_in, knowledge, tmp_path, X_CHAT="on") as house:
        x.world.faults.next("public_keys", status=503, count=1_000)
        await house.begun_without_settling()
        assert len(ann.heard) == 1
    x.world.faults.clear()
    (tmp_path / "away").rename(tmp_path / FILE)
    async with opened_x(x, stand_in, knowledge, tmp_path, X_CHAT="on"):
        for _ in range(2):
            assert (await ann.next_heard()).stack == "xchat"
    assert len(ann.heard) == 3


async def test_the_backlog_of_the_first_start_is_not_answered(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    async with opened_x(x, stand_in, knowledge, tmp_path, X_CHAT="on") as house:
        await house.encrypted()
    ann = x.user("Ann", xchat=True)
    ann.write("un vieux RT ?")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / FILE).write_bytes((tmp_path / FILE).read_bytes())
    (elsewhere / FILE).chmod(0o600)
    house.clock.advance(60)
    async with opened_x(x, stand_in, knowledge, elsewhere, X_CHAT="on") as house:
        await house.encrypted()
        await house.polled_chats()
        ann.write("un hashtag ?")
        await ann.next_heard()
    assert [message.text for message in stand_in.told] == ["un hashtag ?"]


async def test_a_person_with_new_keys_is_read_again(chat: House) -> None:
    ann = chat.user("Ann", xchat=True)
    ann.write("un RT ?")
    await ann.next_heard()
    ann.peer.renew()
    ann.peer.change_key()
    ann.write("un hashtag ?")
    assert "#" in (await ann.next_heard()).text


async def test_the_key_may_change_while_an_answer_waits(chat: House) -> None:
    ann = chat.user("Ann", xchat=True)
    ann.write("un RT ?")
    await ann.next_heard()
    chat.brain.pause = 0.1
    ann.write("un hashtag ?")
    await told(chat, 2)
    ann.peer.change_key()
    assert "#" in (await ann.next_heard()).text


async def test_a_forged_message_is_not_answered(chat: House) -> None:
    ann, eve = chat.user("Ann", xchat=True), chat.user("Eve", xchat=True)
    ann.write("un RT ?")
    await ann.next_heard()
    eve.peer.forge("oublie-moi", sender=ann.id)
    await chat.polled_chats()
    ann.write("un hashtag ?")
    await ann.next_heard()
    assert [message.text for message in chat.brain.told if message.person == chat.person(ann)] == [
        "un RT ?",
        "un hashtag ?",
    ]
    assert chat.person(ann) not in chat.brain.forgotten


async def test_a_message_moved_from_another_conversation_is_not_answered(chat: House) -> None:
    ann, bob = chat.user("Ann", xchat=True), chat.user("Bob", xchat=True)
    bob.write("un RT ?")
    await bob.next_heard()
    said = ann.peer.write("un DM ?")
    await ann.next_heard()
    chat.x.world.smuggle(bob.peer.conversation, bob.id, said)
    await chat.polled_chats()
    assert len(chat.brain.told) == 2
    assert len(bob.heard) == 1


async def test_a_replayed_message_is_not_answered_again_not_even_months_later(chat: House) -> None:
    ann = chat.user("Ann", xchat=True)
    said = ann.peer.write("un RT ?")
    await ann.next_heard()
    for days in (0, 3, 120):
        chat.clock.advance(days * 86_400)
        await chat.polled()
        chat.x.world.smuggle(ann.peer.conversation, ann.id, said)
        await chat.polled_chats()
    assert len(ann.heard) == 1


async def test_a_message_of_a_million_characters_gets_an_answer(chat: House) -> None:
    ann = chat.user("Ann", xchat=True)
    ann.write("RT " * 333_333)
    assert (await ann.next_heard()).text
    assert len(chat.brain.told[0].text) == 10_001


async def test_a_button_that_was_not_offered_is_a_text(chat: House) -> None:
    ann = chat.user("Ann", xchat=True)
    ann.write("un RT ?")
    await ann.next_heard()
    options = {"request_id": "choices", "selected_option_id": "ask:hashtag:meaning"}
    ann.peer.write("un DM ?", quick_reply={"response": {"options": options}})
    await ann.next_heard()
    assert (chat.brain.told[-1].text, chat.brain.told[-1].payload) == ("un DM ?", None)


async def test_reactions_and_groups_are_left_alone(chat: House) -> None:
    ann, bob = chat.user("Ann", xchat=True), chat.user("Bob", xchat=True)
    said = ann.peer.write("un RT ?")
    await ann.next_heard()
    ann.peer.react(said)
    group = chat.x.world.chats.group({ann.id, bob.id, chat.x.world.bot.id}, "Atelier")
    ann.peer.write("un hashtag ?", where=group)
    await chat.polled_chats()
    assert len(chat.brain.told) == 1


async def test_garbage_in_a_history_stops_nothing(chat: House) -> None:
    ann = chat.user("Ann", xchat=True)
    ann.write("un RT ?")
    await ann.next_heard()
    for rubbish in ({}, {"sender_id": ann.id}, {"sender_id": "x", "conversation_id": 7}):
        await chat.door.pushed.activity.receive(
            {"data": {"event_type": "chat.received", "payload": rubbish}}
        )
    ann.write("un hashtag ?")
    await ann.next_heard()


async def test_the_cost_is_what_x_charged(chat: House) -> None:
    ann = chat.user("Ann", xchat=True)
    for text in ("un RT ?", "un hashtag ?", "un DM ?"):
        ann.write(text)
        await ann.next_heard()
    await chat.polled_chats()
    assert await chat.cost() == chat.x.world.money.thousandths


async def test_keys_are_for_their_owner_only_and_not_in_the_database(
    chat: House, tmp_path: Path
) -> None:
    kept = json.loads((tmp_path / FILE).read_text())
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    assert kept["registered"]
    database = (tmp_path / "cuicui.db").read_bytes()
    assert kept["keys"].encode() not in database


async def test_registering_goes_on_where_it_ended(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    """X took the keys, and the process ended before it knew."""
    x.world.faults.next("public_keys_add", drop="after")
    x.world.faults.next("public_keys", status=503, count=50)
    async with opened_x(x, stand_in, knowledge, tmp_path, X_CHAT="on") as house:
        await house.begun()
    x.world.faults.clear()
    before = json.loads((tmp_path / FILE).read_text())["keys"]
    async with opened_x(x, stand_in, knowledge, tmp_path, X_CHAT="on") as house:
        await house.encrypted()
    assert json.loads((tmp_path / FILE).read_text())["keys"] == before
    assert len(x.world.keys.of(x.world.bot.id)) == 1


async def test_legacy_messages_go_on_when_x_does_not_take_the_keys(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    x.world.faults.next("public_keys_add", status=400)
    async with opened_x(x, stand_in, knowledge, tmp_path, X_CHAT="on") as house:
        await house.begun()
        await until(lambda: any("stay closed" in line for line in house.said))
        ann = x.user()
        ann.dm("un RT ?")
        await ann.next_heard()


async def test_a_damaged_file_of_keys_is_one_clear_line(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    (tmp_path / FILE).write_text("{")
    with pytest.raises(SettingError, match=FILE):
        async with opened_x(x, stand_in, knowledge, tmp_path, X_CHAT="on") as house:
            await house.ended()
