"""What a person who writes a legacy message on X lives through."""

import json
from pathlib import Path

import pytest

from bot.doors.x.flood import MOST
from bot.gateway.tables import THREADS
from bot.privacy.keys import pseudonym
from bot.replies.knowledge import Knowledge
from tests.contract.stand_in import StandIn, until
from tests.contract.x_house import House, opened_x
from tests.fakes.x import FakeUser, FakeX


async def ask(user: FakeUser, text: str) -> str:
    user.dm(text)
    return (await user.next_heard()).text


async def silent(house: House, user: FakeUser, text: str, said: int) -> None:
    """The text is taken in, and nothing more than `said` messages is heard."""
    user.dm(text)
    await house.polled()
    assert len(user.heard) == said


async def test_the_first_answer_says_robot_who_runs_it_what_is_kept_and_how_to_end_it(
    house: House,
) -> None:
    ann = house.user()
    first = await ask(ann, "c'est quoi un RT ?")
    for told in ("robot", "Zoé, zoe@example.org", "https://example.org/privacy", "STOP"):
        assert told in first
    assert "retweet" in first
    assert "robot" not in await ask(ann, "un hashtag ?")


async def test_the_first_answer_is_in_the_language_of_the_question(house: House) -> None:
    house.brain.speaks = "en"
    first = await ask(house.user(), "what is a hashtag?")
    assert "I am Cuicui, a robot" in first
    assert "Je suis" not in first


async def test_choices_are_numbered_and_a_number_chooses(house: House) -> None:
    ann = house.user()
    assert "\n2. Le bon usage\n" in await ask(ann, "un RT ?")
    assert "remercier" in await ask(ann, "2")
    assert house.brain.told[-1].payload == "ask:rt:etiquette"


async def test_a_number_that_was_not_offered_is_a_text(house: House) -> None:
    await ask(house.user(), "7")
    assert house.brain.told[-1].payload is None
    assert house.brain.told[-1].text == "7"


async def test_choices_are_remembered_by_the_next_process(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    ann = x.user()
    async with opened_x(x, stand_in, knowledge, tmp_path) as house:
        await house.begun()
        await ask(ann, "un RT ?")
    async with opened_x(x, stand_in, knowledge, tmp_path):
        second = await ask(ann, "2")
    assert stand_in.told[-1].payload == "ask:rt:etiquette"
    assert "robot" not in second


@pytest.mark.parametrize(
    "text",
    ["STOP", "stop.", "Stop svp", "Arrêtez !", "arrete", "UNSUBSCRIBE", "opt-out", "désabonner",
     "Ne m'écrivez plus.", "stop please", "leave me alone", "ne m'écris plus merci"],
)  # fmt: skip
async def test_stop_is_confirmed_once_in_both_languages_and_then_there_is_silence(
    house: House, text: str
) -> None:
    ann = house.user()
    told = await ask(ann, text)
    assert "REPRENDRE" in told
    assert "START" in told
    for more in ("un RT ?", text, "hello?", "confidentialité"):
        ann.dm(more)
    await house.polled(3)
    assert len(ann.heard) == 1


async def test_start_ends_the_silence(house: House) -> None:
    ann = house.user()
    await ask(ann, "STOP")
    await silent(house, ann, "un RT ?", said=1)
    assert "Me revoilà" in await ask(ann, "reprendre")
    assert "retweet" in await ask(ann, "un RT ?")
    assert "REPRENDRE" in await ask(ann, "STOP")


async def test_silence_is_kept_by_the_next_process(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    ann = x.user()
    async with opened_x(x, stand_in, knowledge, tmp_path) as house:
        await house.begun()
        await ask(ann, "STOP")
    async with opened_x(x, stand_in, knowledge, tmp_path) as house:
        await silent(house, ann, "un RT ?", said=1)


@pytest.mark.parametrize(
    "text", ["stop motion c'est quoi ?", "the end of Twitter", "quit tweeting"]
)
async def test_a_question_with_the_word_stop_in_it_is_a_question(house: House, text: str) -> None:
    ann = house.user()
    await ask(ann, text)
    assert house.brain.told[-1].text == text


async def test_the_brains_stop_is_a_stop_too(house: House) -> None:
    ann = house.user()
    assert "REPRENDRE" in await ask(ann, "wish stop")
    await silent(house, ann, "un RT ?", said=1)


async def test_privacy_says_what_is_kept(house: House) -> None:
    ann = house.user()
    told = await ask(ann, "confidentialité")
    assert "180 jours" in told
    assert "EXPORT" in told
    assert "{" not in told
    assert "180 days" in await ask(house.user("Bob"), "privacy")


async def test_export_gives_everything_that_is_kept(house: House) -> None:
    ann = house.user()
    await ask(ann, "un RT ?")
    told = await ask(ann, "mes données")
    kept = json.loads(told[told.index("{") :])
    assert kept["pseudonym"] == pseudonym(b"key", "x", ann.id)
    assert kept["conversation"] == ["un RT ?"]
    assert kept["thread"]["greeted"]
    assert ann.id not in told


async def test_forget_me_erases_at_once_and_keeps_nothing_of_having_said_so(house: House) -> None:
    ann = house.user()
    await ask(ann, "un RT ?")
    assert "effacé" in await ask(ann, "Oublie-moi !")
    await house.polled()
    person = pseudonym(b"key", "x", ann.id)
    assert house.brain.forgotten == [person]
    assert not any((await house.kept_of(ann)).values())
    assert "robot" in await ask(ann, "un RT ?")


async def test_forget_me_after_stop_erases_silently_and_the_silence_goes_on(house: House) -> None:
    ann = house.user()
    await ask(ann, "STOP")
    await silent(house, ann, "oublie-moi", said=1)
    kept = {name: rows for name, rows in (await house.kept_of(ann)).items() if rows}
    assert list(kept) == [THREADS.name]
    assert kept[THREADS.name][0]["stopped"]
    await silent(house, ann, "un RT ?", said=1)


async def test_a_brain_that_rests_is_told_later_whom_to_forget(house: House) -> None:
    ann = house.user()
    house.brain.refuses_to_forget = True
    assert "dans la journée" in await ask(ann, "oublie-moi")
    assert house.brain.forgotten == []
    house.brain.refuses_to_forget = False
    await until(lambda: house.brain.forgotten)
    await house.polled(3)
    assert house.brain.forgotten == [pseudonym(b"key", "x", ann.id)]


async def test_the_glossary_answers_when_the_brain_rests(house: House) -> None:
    house.brain.down = True
    told = await ask(house.user(), "c'est quoi un RT ?")
    assert "se repose" in told
    assert "retweet" in told


async def test_a_failure_is_an_apology(house: House) -> None:
    assert "souci de mon côté" in await ask(house.user(), "crash")


async def test_the_chosen_language_stays(house: House) -> None:
    ann = house.user()
    assert "5. In English" in await ask(ann, "un RT ?")
    await ask(ann, "5")
    assert "I only read words" in await ask(ann, "   ")
    await ask(ann, "un RT ?")
    assert house.brain.told[-1].language == "en"


async def test_a_question_that_waited_for_more_than_a_day_is_said_to_be_too_old(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    ann, bob = x.user("Ann"), x.user("Bob")
    async with opened_x(x, stand_in, knowledge, tmp_path) as house:
        await house.begun()
    ann.dm("un RT ?")
    house.clock.advance(23 * 3600)
    bob.dm("un RT ?")
    house.clock.advance(2 * 3600)
    async with opened_x(x, stand_in, knowledge, tmp_path):
        assert "plus d'un jour" in (await ann.next_heard()).text
        late = (await bob.next_heard()).text
    assert "Pardon pour l'attente" in late
    assert "retweet" in late


async def test_who_writes_without_end_is_warned_once_and_then_not_answered_for_an_hour(
    house: House,
) -> None:
    ann = house.user()
    for number in range(MOST):
        await ask(ann, f"un RT ? {number}")
    assert "plus vite" in await ask(ann, "encore ?")
    for _ in range(3):
        ann.dm("et encore ?")
    await house.polled(3)
    assert len(ann.heard) == MOST + 1
    house.clock.advance(3_601)
    assert "retweet" in await ask(ann, "un RT ?")


async def test_a_person_of_x_is_another_than_the_same_number_elsewhere() -> None:
    assert pseudonym(b"key", "x", "7") != pseudonym(b"key", "telegram", "7")


async def test_nobody_is_written_to_who_did_not_write(house: House) -> None:
    ann, bob = house.user("Ann"), house.user("Bob")
    await ask(ann, "un RT ?")
    await house.polled(3)
    assert bob.heard == []
    assert {call.path.split("/")[4] for call in house.sends} == {ann.id}


async def test_no_text_no_number_of_a_person_and_no_token_is_logged(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    ann = house.user()
    house.x.world.faults.next("dm_send", status=503)
    await ask(ann, "canary crash")
    await ask(ann, "crash")
    assert house.sends[-1].status == 201
    written = caplog.text + "\n".join(house.said)
    for secret in ("canary", ann.id, house.x.world.tokens.access, house.x.world.tokens.refresh):
        assert secret not in written


async def test_tokens_and_texts_are_sealed_at_rest(house: House, tmp_path: Path) -> None:
    ann = house.user()
    house.x.world.tokens.expire()
    await ask(ann, "canary ?")
    await house.polled()
    assert house.x.world.tokens.refreshes == 1
    database = (tmp_path / "cuicui.db").read_bytes()
    for secret in ("canary", ann.id, "access-", "refresh-"):
        assert secret.encode() not in database
