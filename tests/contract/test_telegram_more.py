"""Inline and guest mode, quizzes, the word of the day, reactions."""

import asyncio
from dataclasses import replace
from datetime import datetime
from itertools import chain, repeat
from zoneinfo import ZoneInfo

import pytest

from bot.doors.telegram import quiz, word
from bot.doors.telegram.markup import LONGEST, units
from bot.doors.telegram.quiz import is_askable
from bot.doors.telegram.visit import Visit
from bot.gateway.model import Event
from bot.gateway.people import Subscription
from bot.knowledge.model import LANGUAGES
from bot.replies.knowledge import Knowledge
from tests.contract.conftest import Evening, until
from tests.fakes.telegram.arguments import Arguments
from tests.fakes.telegram.polls import poll_from

# Inline and guest mode


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("rt", "rt"),
        ("hashta", "hashtag"),
        ("hastag", "hashtag"),
        ("#FF", "ff"),
        ("Dm", "dm"),
        ("hashtga", "hashtag"),
        ("what is a thread", "thread"),
    ],
)
async def test_inline_finds_what_is_being_typed(evening: Evening, typed: str, first: str) -> None:
    answer = await evening.person().ask_inline(typed)
    results = answer["results"]
    assert results[0]["id"] == first
    assert results[0]["description"]
    assert len(results) <= 20
    assert answer["is_personal"]
    assert evening.brain.told == []


async def test_an_inline_result_is_sent_and_its_buttons_work(evening: Evening) -> None:
    bob = evening.person("Bob", "en")
    (first, *_rest) = (await bob.ask_inline("rt"))["results"]
    sent = bob.choose_inline(first, "rt")
    assert sent.text.startswith("RT\nRT stands for retweet")
    await bob.tap(sent, "How to do it")
    await evening.settled()
    assert "Tap the two arrows" in sent.text
    await bob.tap(sent, "En français")
    await evening.settled()
    assert "Touchez les deux flèches" in sent.text


@pytest.mark.parametrize("method", ["editMessageText", "answerGuestQuery"])
async def test_a_chat_that_refuses_what_is_sent_through_the_bot_closes_nothing(
    evening: Evening, method: str
) -> None:
    bob = evening.person("Bob", "en")
    bob.write("/word on")
    await bob.hears()
    refusal = {"status": 403, "description": "Forbidden: bot is not a member of the chat"}
    evening.telegram.world.faults.next(method, **refusal)
    if method == "editMessageText":
        (first, *_rest) = (await bob.ask_inline("rt"))["results"]
        await bob.tap(bob.choose_inline(first, "rt"), "How to do it")
    else:
        with pytest.raises(TimeoutError):
            await bob.ask_guest("@cuicui_test_bot RT", timeout=0.5)
    await evening.settled()
    assert len(evening.telegram.world.log.of(method)) == 1
    desk = evening.door.desk
    assert not (await desk.people.profile(desk.names.person(bob.id))).closed
    assert len(await desk.people.subscriptions()) == 1


async def test_inline_before_and_beyond_what_is_known(evening: Evening) -> None:
    ann = evening.person()
    empty = await ann.ask_inline("")
    assert [result["id"] for result in empty["results"]][:2] == ["rt", "hashtag"]
    nothing = await ann.ask_inline("zzzzqqqqzzzz")
    assert nothing["results"] == []
    assert nothing["button"]["start_parameter"] == "ask"
    pages = await ann.ask_inline("t")
    more = await ann.ask_inline("t", pages["next_offset"])
    assert not {r["id"] for r in pages["results"]} & {r["id"] for r in more["results"]}


async def test_inline_does_not_wait_for_the_brain(evening: Evening) -> None:
    ann = evening.person()
    evening.brain.pause = 1.5
    ann.write("c'est quoi un RT ?")
    await until(lambda: evening.brain.told)
    assert (await ann.ask_inline("hasht"))["results"][0]["id"] == "hashtag"
    assert ann.heard == []
    await ann.hears()


async def test_an_inline_query_that_is_too_old_harms_nobody(evening: Evening) -> None:
    evening.telegram.world.faults.next("answerInlineQuery", status=400, description="Bad Request")
    ann = evening.person()
    with pytest.raises(TimeoutError):
        await ann.ask_inline("rt", timeout=0.3)
    assert (await ann.ask_inline("rt"))["results"]


async def test_a_guest_is_answered_where_the_bot_is_not(evening: Evening) -> None:
    bob = evening.person("Bob", "en")
    message = await bob.ask_guest("@cuicui_test_bot what is a RT?")
    assert message.text.startswith("RT\n")
    unknown = await bob.ask_guest("@cuicui_test_bot zzzzqqqq")
    assert "do not know that word" in unknown.text
    assert "Type a word" in (await bob.ask_guest("@cuicui_test_bot")).text
    assert evening.brain.told == []


# Quizzes


async def test_a_quiz_is_native_and_explains_itself(evening: Evening) -> None:
    ann = evening.person()
    ann.write("/quiz")
    message = await ann.hears()
    poll = message.poll
    assert poll is not None
    assert poll["type"] == "quiz"
    assert len(poll["options"]) == 4
    assert poll["explanation"]
    ann.vote(message, poll["correct_option_id"])
    await ann.tap(message, "Voir la fiche")
    assert (await ann.hears()).text
    await ann.tap(message, "Une autre question")
    another = (await ann.hears()).poll
    assert another is not None
    assert another["id"] != poll["id"]


async def test_a_group_without_polls_gets_the_quiz_as_text(evening: Evening) -> None:
    bob = evening.person("Bob", "en")
    group = evening.telegram.group("Workshop", "supergroup", bob)
    await group.hears()
    group.forbid_polls()
    asked = bob.write_in(group, "/quiz")
    question = await group.hears()
    assert question.replies_to == asked.id
    assert question.text.startswith('What does "')
    assert "\nA. " in question.text
    assert question.labels == ["A", "B", "C", "D", "Another question", "See the entry"]
    said = [await bob.tap(question, letter) for letter in "ABCD"]
    assert all(each["show_alert"] for each in said)
    assert sorted(each["text"].partition(" ")[0] for each in said) == ["Not"] * 3 + ["Yes!"]
    await bob.tap(question, "See the entry")
    await evening.settled()
    assert "A. " not in question.text


async def test_every_term_makes_a_quiz_that_telegram_takes(evening: Evening) -> None:
    desk = evening.door.desk
    for language in LANGUAGES:
        visit = Visit(Event("telegram", "1", "p", ""), "p", "p", "place", 1, language)
        asked = sum(is_askable(term, language) for term in desk.knowledge.glossary.terms())
        assert asked > 300
        for number in range(asked):
            chances = chain([(number + 0.5) / asked], repeat(0.4))
            fated = replace(desk, chance=chances.__next__)
            body = quiz.ask_one(fated, visit).deliveries[0].body
            poll = poll_from(Arguments({
                "question": body["question"], "options": body["options"], "type": "quiz",
                "correct_option_ids": [body["right"]], "explanation": body["explanation"],
            }), 0.0)  # fmt: skip
            assert len(set(poll.options)) == 4
            assert units(body["instead"]["plain"]) <= LONGEST
            guesses = [each["data"] for row in body["instead"]["rows"][:2] for each in row]
            alerts = [quiz.judged(desk, language, data.split(":", 2)[2]) for data in guesses]
            assert all(0 < len(alert) <= quiz.LONGEST_ALERT for alert in alerts)
            assert len(set(alerts)) == 2


# The word of the day


def at(evening: Evening, hour: int) -> None:
    """Moves the clock to the next time that it is `hour`."""
    zone = ZoneInfo(evening.door.desk.timezone)
    now = datetime.fromtimestamp(evening.clock(), zone)
    evening.clock.advance((hour - now.hour) % 24 * 3600 - now.minute * 60 - now.second + 1)


async def test_the_word_of_the_day_comes_once_a_day_to_who_asked(evening: Evening) -> None:
    ann, bob = evening.person(), evening.person("Bob")
    bob.write("RT")
    ann.write("/word on 18")
    assert "18 h" in (await ann.hears()).text
    at(evening, 18)
    for _ in range(3):
        await evening.door._send_words()
    await evening.door.gateway.settled()
    (_, told) = ann.heard
    assert told.text.startswith("Le mot du jour")
    assert "/word off" in told.text
    evening.clock.advance(24 * 3600)
    await evening.door._send_words()
    await evening.door.gateway.settled()
    assert len(ann.heard) == 3
    assert ann.heard[1].text != ann.heard[2].text
    await ann.tap(ann.heard[2], "Arrêter")
    await evening.settled()
    assert "plus de mot du jour" in ann.heard[-1].text
    evening.clock.advance(24 * 3600)
    assert await word.due(evening.door.desk) == []
    assert len(bob.heard) == 1


async def test_the_button_under_the_word_subscribes_and_the_word_follows_the_language(
    evening: Evening,
) -> None:
    ann = evening.person()
    ann.write("le mot du jour ?")
    shown = await ann.hears()
    assert shown.text.startswith("Le mot du jour")
    await ann.tap(shown, "Chaque jour")
    assert "9 h" in (await ann.hears()).text
    ann.write("/language en")
    await ann.hears()
    at(evening, 9)
    await evening.door._send_words()
    assert (await ann.hears()).text.startswith("The word of the day")


async def test_many_words_of_the_day_hold_up_no_question(evening: Evening) -> None:
    for number in range(70):
        where = {"chat": evening.person(f"P{number}").id, "thread": None, "language": "fr"}
        await evening.door.desk.people.subscribe(
            Subscription(f"place {number}", f"person {number}", 18, {**where, "group": False})
        )
    for each in evening.telegram.world.people.values():
        each.chat.opened = True
    at(evening, 18)
    sending = asyncio.create_task(evening.door._send_words())
    told = evening.telegram.world.log
    await until(lambda: len(told.of("sendMessage")) > 20)
    ann = evening.person()
    ann.write("RT")
    await ann.hears()
    assert len(told.of("sendMessage")) < 70
    await sending
    await evening.door.gateway.settled()
    assert len(told.of("sendMessage")) == 71


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("/word", "Le mot du jour"),
        ("/word off", "ne receviez pas"),
        ("/word on 24", "/word on"),
        ("/word peut-être", "/word on"),
    ],
)
async def test_the_word_command_says_what_it_does(evening: Evening, text: str, sign: str) -> None:
    ann = evening.person()
    ann.write(text)
    assert sign in (await ann.hears()).text
    assert await evening.door.desk.people.subscriptions() == []


def test_no_word_comes_again_before_all_have_come(knowledge: Knowledge) -> None:
    days = [datetime.fromordinal(740_000 + n).date() for n in range(200)]
    assert len({word.chosen_word(knowledge.glossary, day) for day in days}) == 200


# Reactions


async def test_a_thumb_down_keeps_the_question_only_with_consent(evening: Evening) -> None:
    ann = evening.person()
    ann.write("un RT qui fâche ?")
    answer = await ann.hears()
    ann.react(answer, "👎")
    asked = await ann.hears()
    assert "90 jours" in asked.text
    misses = evening.door.desk.people.misses
    assert await misses() == []
    await ann.tap(asked, "Oui, gardez-la")
    await evening.settled()
    (miss,) = await misses()
    assert (miss.text, miss.entries) == ("un RT qui fâche ?", ("rt",))
    ann.react(answer, "👍")
    await evening.settled()
    assert await misses() == []


async def test_a_refusal_or_a_late_consent_keeps_nothing(evening: Evening) -> None:
    ann = evening.person()
    for label, sign in (("Non", "rien"), ("Oui, gardez-la", "déjà plus")):
        ann.write("un RT ?")
        answer = await ann.hears()
        ann.react(answer, "👎")
        asked = await ann.hears()
        evening.clock.advance(3_600)
        await ann.tap(asked, label)
        await evening.settled()
        assert sign in asked.text
    assert await evening.door.desk.people.misses() == []


async def test_other_reactions_are_only_pleasant(evening: Evening) -> None:
    ann = evening.person()
    ann.write("un RT ?")
    answer = await ann.hears()
    ann.react(answer, "👍")
    ann.react(answer, "🔥")
    await evening.settled()
    assert len(ann.heard) == 1
