"""What is kept of a person is theirs: privacy, export, erasure, silence."""

import json

from bot.brain.interface import BrainError
from tests.contract.conftest import Evening
from tests.fakes.telegram import Person


async def kept_rows(person: Person) -> dict[str, int]:
    """How many rows an export shows, by table."""
    person.write("/export")
    content = (await person.hears()).content
    assert content is not None
    kept = json.loads(content)["kept"]
    return {name: len(rows) for name, rows in kept.items() if rows}


async def test_privacy_says_how_long_each_thing_is_kept(evening: Evening) -> None:
    ann, bob = evening.person(), evening.person("Bob", "en")
    ann.write("/privacy")
    told = (await ann.hears()).text
    for days in ("2 jours", "30 jours", "90 jours", "180 jours"):
        assert days in told
    bob.write("/privacy")
    assert "encrypted" in (await bob.hears()).text


async def test_export_gives_all_that_is_kept_and_only_to_the_person(evening: Evening) -> None:
    ann, bob = evening.person(), evening.person("Bob")
    bob.write("un hashtag ?")
    await bob.hears()
    ann.write("un RT ?")
    await ann.hears()
    ann.write("/word on 7")
    await ann.hears()
    ann.write("/language fr")
    await ann.hears()
    ann.write("/export")
    content = (await ann.hears()).content
    assert content is not None
    kept = json.loads(content)
    assert kept["kept"]["people"][0]["language"] == "fr"
    assert kept["word_of_the_day"] == [
        {"hour": 7, "where": {"chat": ann.id, "thread": None, "language": "fr", "group": False}}
    ]
    assert "un RT ?" in kept["conversations"][0]
    assert "hashtag" not in content.decode()


async def test_export_is_not_shown_to_a_group(evening: Evening) -> None:
    ann = evening.person()
    group = evening.telegram.group("Atelier", "supergroup", ann)
    await group.hears()
    ann.write_in(group, "/export@cuicui_test_bot")
    answer = await group.hears()
    assert answer.content is None
    assert "en privé" in answer.text


async def test_forget_asks_first_then_leaves_nothing(evening: Evening) -> None:
    ann = evening.person()
    group = evening.telegram.group("Atelier", "supergroup", ann)
    await group.hears()
    ann.write_in(group, "@cuicui_test_bot RT")
    await group.hears()
    ann.write("/language en")
    await ann.hears()
    ann.write("/word on")
    await ann.hears()
    ann.write("/forget")
    asked = await ann.hears()
    await ann.tap(asked, "No, keep it")
    await evening.settled()
    assert "nothing is erased" in asked.text
    assert evening.brain.forgotten == []
    ann.write("/forget")
    asked = await ann.hears()
    await ann.tap(asked, "Yes, erase it all")
    await evening.settled()
    assert "Done" in asked.text
    assert set(evening.brain.forgotten) == {message.person for message in evening.brain.told} | {
        evening.door.desk.names.person(ann.id)
    }
    assert await kept_rows(ann) == {"inbox": 1}  # the question that asks


async def test_a_brain_that_rests_erases_nothing_and_says_so(evening: Evening) -> None:
    ann = evening.person()
    ann.write("/word on")
    await ann.hears()
    ann.write("/forget")
    asked = await ann.hears()

    async def refuse(_person: str) -> None:
        raise BrainError("on purpose")

    evening.brain.forget = refuse  # type: ignore[method-assign]
    await ann.tap(asked, "Oui, tout effacer")
    assert "Un souci" in (await ann.hears()).text
    assert len(await evening.door.desk.people.subscriptions()) == 1


async def test_stop_ends_what_comes_unasked(evening: Evening) -> None:
    ann = evening.person()
    ann.write("/word on")
    await ann.hears()
    ann.write("/stop")
    await ann.hears()
    assert await evening.door.desk.people.subscriptions() == []


async def test_who_blocks_is_not_written_to_and_may_come_back(evening: Evening) -> None:
    ann = evening.person()
    ann.write("/word on")
    await ann.hears()
    evening.brain.pause = 0.1
    ann.write("RT")
    ann.block()
    await evening.settled()
    person = evening.door.desk.names.person(ann.id)
    assert (await evening.door.desk.people.profile(person)).closed
    assert await evening.door.desk.people.subscriptions() == []
    ann.unblock()
    ann.write("RT")
    assert (await ann.hears()).text.startswith("RT\n")
    assert not (await evening.door.desk.people.profile(person)).closed


async def test_in_a_group_nobody_can_confirm_anothers_erasure(evening: Evening) -> None:
    ann = evening.person()
    group = evening.telegram.group("Atelier", "supergroup", ann)
    await group.hears()
    ann.write_in(group, "/forget@cuicui_test_bot")
    answer = await group.hears()
    assert "en privé" in answer.text
    assert not answer.labels


async def test_a_wish_to_be_forgotten_leaves_no_link_to_the_answer(evening: Evening) -> None:
    ann = evening.person()
    ann.write("un RT ?")
    await ann.hears()
    ann.write("wish forget")
    await ann.hears()
    await evening.settled()
    assert await kept_rows(ann) == {"inbox": 1}  # the question that asks


async def test_what_was_asked_in_private_is_forgotten_from_a_group_too(evening: Evening) -> None:
    ann = evening.person()
    group = evening.telegram.group("Atelier", "supergroup", ann)
    await group.hears()
    ann.write("un RT qui fâche ?")
    answer = await ann.hears()
    ann.react(answer, "👎")
    asked = await ann.hears()
    ann.write_in(group, "@cuicui_test_bot wish forget")
    await group.hears()
    await evening.settled()
    await ann.tap(asked, "Oui, gardez-la")
    await evening.settled()
    assert await evening.door.desk.people.misses() == []
