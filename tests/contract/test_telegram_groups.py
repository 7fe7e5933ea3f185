"""The Telegram door among several people: it answers who speaks to it, where they speak."""

from tests.contract.conftest import Evening
from tests.fakes.telegram import Group, Person


def meeting(evening: Evening, kind: str = "supergroup") -> tuple[Group, Person, Person]:
    ann, bob = evening.person(), evening.person("Bob", "en")
    return evening.telegram.group("Atelier", kind, ann, bob), ann, bob


async def test_it_introduces_itself_once_and_says_how_to_speak_to_it(evening: Evening) -> None:
    group, ann, _ = meeting(evening)
    hello = await group.hears()
    assert "@cuicui_test_bot" in hello.text
    group.promote_bot(ann)
    await evening.settled()
    assert len(group.heard) == 1


async def test_it_answers_a_mention_a_reply_and_a_command_and_nothing_else(
    evening: Evening,
) -> None:
    group, ann, bob = meeting(evening)
    hello = await group.hears()
    group.promote_bot(ann)  # now it sees every message
    ann.write_in(group, "c'est quoi un RT ?")
    ann.write_in(group, "@somebody_else c'est quoi un RT ?")
    ann.write_in(group, "/define@another_bot rt")
    await evening.settled()
    assert len(group.heard) == 1
    asked = ann.write_in(group, "@cuicui_test_bot, c'est quoi un RT ?")
    answer = await group.hears()
    assert answer.replies_to == asked.id
    assert answer.text.startswith("RT\n")
    replied = bob.write_in(group, "what is a hashtag?", reply_to=hello)
    answer = await group.hears()
    assert answer.replies_to == replied.id
    assert answer.text.lower().startswith("hashtag\n")
    bob.write_in(group, "/define@cuicui_test_bot DM")
    assert (await group.hears()).text.startswith("DM")


async def test_a_mention_under_somebodys_message_decodes_that_message(evening: Evening) -> None:
    group, ann, bob = meeting(evening)
    group.promote_bot(ann)
    await group.hears()
    tweet = ann.write_in(group, "thx RT, je te #FF demain ! see U soon IRL ;-))")
    bob.write_in(group, "@cuicui_test_bot", reply_to=tweet)
    assert "#FF" in (await group.hears()).text
    bob.write_in(group, "@cuicui_test_bot what?", reply_to=tweet)
    assert "#FF" in (await group.hears()).text


async def test_it_answers_in_the_topic(evening: Evening) -> None:
    group, ann, _ = meeting(evening, "forum")
    await group.hears()
    thread = group.add_thread("Débuts", ann)
    other = group.add_thread("Autre", ann)
    asked = ann.write_in(group, "@cuicui_test_bot RT ?", thread=thread)
    answer = await group.hears()
    assert (answer.thread, answer.replies_to) == (thread, asked.id)
    ann.write_in(group, "/quiz", thread=other)
    assert (await group.hears()).thread == other


async def test_the_opening_of_a_topic_is_no_reply_to_the_bot(evening: Evening) -> None:
    group, ann, _ = meeting(evening, "forum")
    await group.hears()
    group.promote_bot(ann)
    thread = group.add_thread("Débuts")  # by the bot itself
    before = len(group.heard)
    ann.write_in(group, "entre nous", thread=thread)
    await evening.settled()
    assert len(group.heard) == before


async def test_a_conversation_in_a_group_is_not_the_private_one(evening: Evening) -> None:
    group, ann, bob = meeting(evening)
    await group.hears()
    ann.write("RT")
    await ann.hears()
    ann.write_in(group, "@cuicui_test_bot RT")
    bob.write_in(group, "@cuicui_test_bot RT")
    await evening.settled()
    persons = [message.person for message in evening.brain.told]
    assert len(set(persons)) == 3


async def test_a_reply_to_somebody_elses_answer_goes_on_from_it(evening: Evening) -> None:
    group, ann, bob = meeting(evening)
    await group.hears()
    ann.write_in(group, "@cuicui_test_bot RT")
    answer = await group.hears()
    bob.write_in(group, "an example?", reply_to=answer)
    await group.hears()
    (first, second) = evening.brain.told[1:]
    assert (first.payload, second.text) == ("ask:rt:meaning", "an example?")
    assert first.person == second.person != evening.brain.told[0].person


async def test_an_edited_mention_edits_the_answer_in_the_group(evening: Evening) -> None:
    group, ann, _ = meeting(evening)
    await group.hears()
    asked = ann.write_in(group, "@cuicui_test_bot hashtag")
    answer = await group.hears()
    ann.edit(asked, "@cuicui_test_bot RT")
    await evening.settled()
    assert answer.text.startswith("RT\n")


async def test_pictures_of_the_group_are_nobodys_question(evening: Evening) -> None:
    group, ann, _ = meeting(evening)
    group.promote_bot(ann)
    await group.hears()
    ann.send({"dice": {"emoji": "🎲", "value": 1}}, group)
    await evening.settled()
    assert len(group.heard) == 1


async def test_a_group_that_becomes_a_supergroup_keeps_its_word_of_the_day(
    evening: Evening,
) -> None:
    group, ann, _ = meeting(evening, "group")
    await group.hears()
    ann.write_in(group, "/word on 23")
    await group.hears()
    new = group.migrate()
    await evening.settled()
    (kept,) = await evening.door.desk.people.subscriptions()
    assert kept.body["chat"] == new.id
    ann.write_in(new, "@cuicui_test_bot RT")
    assert (await new.hears()).text.startswith("RT\n")


async def test_a_group_that_moves_while_an_answer_is_under_way_is_followed(
    evening: Evening,
) -> None:
    group, ann, _ = meeting(evening, "group")
    await group.hears()
    evening.brain.pause = 0.2
    ann.write_in(group, "@cuicui_test_bot RT")
    new = group.migrate()
    assert (await new.hears()).text.startswith("RT\n")


async def test_out_of_the_group_it_forgets_the_word_of_the_day(evening: Evening) -> None:
    group, ann, _ = meeting(evening)
    await group.hears()
    ann.write_in(group, "/word on")
    await group.hears()
    group.kick_bot(ann)
    await evening.settled()
    assert await evening.door.desk.people.subscriptions() == []


async def test_a_message_that_cannot_be_read_is_no_reason_to_write_to_a_group(
    evening: Evening,
) -> None:
    group, ann, _ = meeting(evening)
    await group.hears()
    head = {"message_id": 900, "chat": group.chat.shown(), "from": ann.user}
    ann.raw({"message": {**head, "date": "never", "text": "between us"}})
    ann.write_in(group, "@cuicui_test_bot RT")
    assert (await group.hears()).text.startswith("RT\n")
    await evening.settled()
    assert len(group.heard) == 2


async def test_an_apology_in_a_group_is_a_reply(evening: Evening) -> None:
    group, ann, _ = meeting(evening)
    await group.hears()
    asked = ann.write_in(group, "@cuicui_test_bot crash")
    sorry = await group.hears()
    assert "Un souci" in sorry.text
    assert sorry.replies_to == asked.id
