"""The Telegram door, from what a person writes to what the person sees."""

import pytest

from bot.doors.telegram.markup import units
from tests.contract.conftest import Evening, until
from tests.fakes.telegram.phone import Phone


async def test_start_says_that_it_is_a_robot_and_offers_a_beginning(evening: Evening) -> None:
    ann = evening.person()
    ann.start()
    hello = await ann.hears()
    assert "robot" in hello.text
    assert "/privacy" in hello.text
    assert "RT" in hello.labels


async def test_a_question_is_answered_with_typing_and_buttons(evening: Evening) -> None:
    ann = evening.person()
    ann.write("c'est quoi un RT ?")
    answer = await ann.hears()
    assert answer.html.startswith("<b>RT</b>\nRT veut dire « retweet »")
    assert {"Comment faire", "Hier et aujourd'hui", "In English", "Mot suivant"} <= set(
        answer.labels
    )
    assert ann.chat.actions == ["typing"]


async def test_several_replies_are_several_messages(evening: Evening) -> None:
    ann = evening.person()
    ann.write("un RT ? // un hashtag ?")
    assert (await ann.hears()).text.startswith("RT\n")
    assert (await ann.hears()).text.lower().startswith("hashtag\n")


async def test_buttons_edit_in_place_and_the_brain_follows(evening: Evening) -> None:
    ann = evening.person()
    ann.write("c'est quoi un RT ?")
    answer = await ann.hears()
    assert await ann.tap(answer, "Comment faire") == {}
    await evening.settled()
    assert "Touchez les deux flèches" in answer.text
    await ann.tap(answer, "In English")
    await evening.settled()
    assert "Tap the two arrows" in answer.text
    assert "En français" in answer.labels
    assert len(ann.heard) == 1
    payloads = [message.payload for message in evening.brain.told[1:]]
    assert payloads == ["ask:rt:howto", "lang:en", "ask:rt:howto"]


async def test_next_walks_through_the_category(evening: Evening) -> None:
    ann = evening.person()
    ann.write("RT")
    answer = await ann.hears()
    before = answer.text
    await ann.tap(answer, "Mot suivant")
    await evening.settled()
    assert answer.text != before
    assert "Mot suivant" in answer.labels


@pytest.mark.parametrize("aspect", ["Le bon usage", "Hier et aujourd'hui", "Les sources"])
async def test_every_aspect_opens(evening: Evening, aspect: str) -> None:
    ann = evening.person()
    ann.write("RT")
    answer = await ann.hears()
    before = answer.text
    await ann.tap(answer, aspect)
    await evening.settled()
    assert answer.text != before


async def test_a_tap_on_what_is_shown_already_changes_nothing(evening: Evening) -> None:
    ann = evening.person()
    ann.write("RT")
    answer = await ann.hears()
    first, second = (ann.press(answer, "Comment faire") for _ in range(2))
    assert [await each.answered(5) for each in (first, second)] == [{}, {}]
    await evening.settled()
    assert len(answer.edits) == 1


async def test_deep_links_open_a_term_or_speak_of_workshops(evening: Evening) -> None:
    ann = evening.person()
    ann.start("t_rt")
    assert (await ann.hears()).text.startswith("RT\n")
    ann.start("ws_K7Q2")
    assert "atelier" in (await ann.hears()).text
    ann.start("t_nothing-of-ours")
    assert "robot" in (await ann.hears()).text
    await evening.settled()
    assert evening.brain.told[0].payload == "ask:rt:meaning"


async def test_menus_are_published_in_both_languages(evening: Evening) -> None:
    ann, bob = evening.person(), evening.person("Bob", "en")
    group = evening.telegram.group("Atelier", "supergroup", ann, bob)
    ann.write("RT")
    await ann.hears()
    profile = evening.telegram.world.profile
    await until(lambda: profile.words["description"].get("en"))
    assert {"command": "quiz", "description": "A question to test yourself"} in bob.menu()
    assert {"command": "quiz", "description": "Une question pour vous tester"} in ann.menu()
    assert "export" not in [each["command"] for each in ann.menu(group)]
    assert "robot" in profile.say("description", "fr")
    assert "robot" in profile.say("short_description", "de")
    assert profile.menu_button == {"type": "commands"}


async def test_an_edited_question_edits_its_answer(evening: Evening) -> None:
    ann = evening.person()
    question = ann.write("c'est quoi un hashtag ?")
    answer = await ann.hears()
    ann.edit(question, "c'est quoi un RT ?")
    await evening.settled()
    assert answer.text.startswith("RT\n")
    assert len(ann.heard) == 1


async def test_an_edit_to_fewer_questions_takes_answers_away(evening: Evening) -> None:
    ann = evening.person()
    question = ann.write("un RT ? // un hashtag ?")
    first, second = await ann.hears(), await ann.hears()
    ann.edit(question, "un thread ?")
    await evening.settled()
    assert first.text.startswith("fil\n")
    assert second.deleted
    ann.edit(question, "un RT ? // un thread ?")
    await evening.settled()
    assert [message.text.partition("\n")[0] for message in ann.heard if not message.deleted] == [
        "RT", "fil",
    ]  # fmt: skip


async def test_tweets_that_are_pasted_or_forwarded_are_decoded(evening: Evening) -> None:
    ann = evening.person()
    ann.forward("thx RT, je te #FF demain ! see U soon IRL ;-))")
    decoded = await ann.hears()
    assert "Mot à mot" in decoded.text
    assert "#FF" in decoded.text
    ann.forward("bonjour à tous")
    assert (await ann.hears()).text


@pytest.mark.parametrize(
    ("what", "sign"),
    [
        ("send_voice", "écouter"),
        ("send_sticker", "mots"),
        ("send_photo", "images"),
        ("send_contact", "contact"),
        ("send_location", "où vous êtes"),
        ("send_poll", "vote"),
    ],
)
async def test_what_is_no_text_gets_a_kind_line(evening: Evening, what: str, sign: str) -> None:
    ann = evening.person()
    getattr(ann, what)()
    assert sign in (await ann.hears()).text


@pytest.mark.parametrize(
    "what",
    [
        {"document": {"file_id": "a", "file_unique_id": "b"}},
        {"dice": {"emoji": "🎲", "value": 3}},
        {"video_note": {"file_id": "a", "file_unique_id": "b", "length": 1, "duration": 1}},
    ],
)
async def test_other_contents_are_not_met_with_silence(
    evening: Evening, what: dict[str, object]
) -> None:
    ann = evening.person()
    ann.send(what)
    assert (await ann.hears()).text


async def test_a_caption_is_a_question(evening: Evening) -> None:
    ann = evening.person()
    ann.send_photo("c'est quoi un RT ?")
    assert (await ann.hears()).text.startswith("RT\n")


async def test_language_is_that_of_the_app_until_one_is_chosen(evening: Evening) -> None:
    bob = evening.person("Bob", "en-GB")
    bob.write("RT")
    assert "stands for retweet" in (await bob.hears()).text
    bob.write("/language")
    asked = await bob.hears()
    assert asked.labels == ["En français", "In English"]
    await bob.tap(asked, "En français")
    await evening.settled()
    assert "français" in asked.text
    bob.write("/define RT")
    assert "veut dire" in (await bob.hears()).text
    bob.write("/language en")
    assert "English" in (await bob.hears()).text


@pytest.mark.parametrize(
    ("text", "name"),
    [("/define rt", "RT"), ("/definir RT", "RT"), ("/rt", "RT"), ("/define retwet", "repost")],
)
async def test_words_are_looked_up_by_command(evening: Evening, text: str, name: str) -> None:
    ann = evening.person()
    ann.write(text)
    assert (await ann.hears()).text.startswith(f"{name}\n")
    await evening.settled()
    assert not [message for message in evening.brain.told if message.text]


async def test_a_word_that_is_asked_for_is_taken_from_the_reply(evening: Evening) -> None:
    ann = evening.person()
    ann.write("/define")
    asked = await ann.hears()
    assert asked.markup["force_reply"]
    ann.write("hashtag", reply_to=asked)
    assert (await ann.hears()).text.lower().startswith("hashtag\n")


async def test_settings_show_what_is_chosen_and_change_it(evening: Evening) -> None:
    ann = evening.person()
    ann.write("/settings")
    shown = await ann.hears()
    assert "Langue : français" in shown.text
    await ann.tap(shown, "Un mot chaque jour")
    await ann.hears()
    await ann.tap(shown, "In English")
    await evening.settled()
    ann.write("/settings")
    shown = await ann.hears()
    assert "each day at 9:00" in shown.text
    await ann.tap(shown, "End the word of the day")
    await ann.hears()
    assert await evening.door.desk.people.subscriptions() == []


@pytest.mark.parametrize(
    ("text", "sign"), [("?", "/quiz"), ("…", "mots"), ("👍", "mots"), ("🧵", "fil")]
)
async def test_what_holds_no_word_gets_a_kind_line_unless_it_is_one(
    evening: Evening, text: str, sign: str
) -> None:
    ann = evening.person()
    ann.write(text)
    assert sign in (await ann.hears()).text


async def test_words_of_a_tweet_are_buttons_as_they_are_written_there(evening: Evening) -> None:
    ann = evening.person()
    ann.forward("thx RT, je te #FF demain ! see U soon IRL ;-))")
    assert (await ann.hears()).labels == ["thx", "RT", "#FF", "see U soon"]


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("/help", "/quiz"),
        ("/menu", "/quiz"),
        ("/define", "hashtag"),
        ("/zzzz", "/help"),
        ("/privacy", "pseudonyme"),
        ("/developer_info", "logiciel libre"),
        ("/stop", "C'est noté"),
        ("/define zzzzqqqq", "Je ne connais pas ce mot"),
    ],
)
async def test_commands_answer(evening: Evening, text: str, sign: str) -> None:
    ann = evening.person()
    ann.write(text)
    assert sign in (await ann.hears()).text


async def test_wishes_said_in_words_are_the_doors_to_fulfil(evening: Evening) -> None:
    ann = evening.person()
    ann.write("wish privacy")
    assert "/export" in (await ann.hears()).text
    ann.write("wish quiz")
    assert (await ann.hears()).poll is not None
    ann.write("/language en")
    await ann.hears()
    ann.write("wish forget")
    await ann.hears()
    ann.write("/define RT")
    assert "veut dire" in (await ann.hears()).text


async def test_the_brain_is_down_and_the_glossary_stays_open(evening: Evening) -> None:
    ann = evening.person()
    evening.brain.down = True
    ann.write("c'est quoi un RT ?")
    answer = await ann.hears()
    assert "se repose" in answer.text
    assert "retweet" in answer.text
    await ann.tap(answer, "Comment faire")
    await evening.settled()
    assert "flèches" in answer.text
    ann.write("quel temps fait-il ?")
    assert "se repose" in (await ann.hears()).text


async def test_a_failure_of_ours_is_said(evening: Evening) -> None:
    ann = evening.person()
    ann.write("crash")
    assert "Un souci de mon côté" in (await ann.hears()).text
    ann.write("RT")
    assert (await ann.hears()).text.startswith("RT\n")


async def test_the_stand_in_can_be_talked_to_from_a_terminal(evening: Evening) -> None:
    shown = list[str]()
    phone = Phone(evening.person(), shown.append)
    for line in ("RT", ":1", ":99", ""):
        phone.typed(line)
        await evening.settled()
        phone.refresh()
    definition, howto, mistake = shown
    assert definition.startswith("RT\n")
    assert "[1] Comment faire" in definition
    assert "flèches" in howto
    assert mistake == "no button 99"


async def test_very_long_questions_get_answers_that_fit(evening: Evening) -> None:
    ann = evening.person()
    ann.write("x" * 3_900)
    assert (await ann.hears()).text
    ann.write(" ".join(f"{word} 🐦" for word in ["RT", "#FF", "DM", "LT", "IRL"] * 120))
    assert units((await ann.hears()).text) <= 4096


async def test_unknown_updates_and_robots_are_let_pass(evening: Evening) -> None:
    ann, robot = evening.person(), evening.person("Robot", is_bot=True)
    ann.raw({"something_new": {"from": ann.user}})
    ann.raw({"message": {"message_id": "nonsense"}})
    robot.write("c'est quoi un RT ?")
    ann.write("RT")
    assert (await ann.hears()).text.startswith("RT\n")
    await evening.settled()
    assert robot.heard == []


async def test_what_another_bot_helped_to_write_is_not_met_with_silence(evening: Evening) -> None:
    ann = evening.person()
    other = {"id": 4_242, "is_bot": True, "first_name": "gif", "username": "gif"}
    ours = {
        "id": int(evening.telegram.token.partition(":")[0]),
        "is_bot": True,
        "first_name": "C",
        "username": "c",
    }
    ann.send({"text": "hashtag", "via_bot": ours})
    ann.send({"dice": {"emoji": "🎲", "value": 3}, "via_bot": other})
    assert "genre de message" in (await ann.hears()).text
    await evening.settled()
    assert len(ann.heard) == 1


@pytest.mark.parametrize("method", ["sendChatAction", "answerCallbackQuery"])
async def test_a_courtesy_that_stalls_does_not_hold_the_answer(
    evening: Evening, method: str
) -> None:
    ann = evening.person()
    evening.telegram.world.faults.next(method, stall=20.0)
    ann.write("c'est quoi un RT ?")
    answer = await ann.hears(timeout=6)
    ann.press(answer, "Comment faire")
    await until(lambda: "flèches" in answer.text, patience=6)


@pytest.mark.parametrize(
    ("wrong", "sign"),
    [
        ("/define", "hashtag"),
        ("/zzzz", "/help"),
        ("@cuicui_test_bot", "robot"),
    ],
)
async def test_an_edit_to_anything_edits_the_answer(
    evening: Evening, wrong: str, sign: str
) -> None:
    ann = evening.person()
    question = ann.write("/define rt")
    answer = await ann.hears()
    ann.edit(question, wrong)
    await evening.settled()
    assert sign in answer.text
    assert len(ann.heard) == 1


async def test_an_edit_while_the_brain_rests_edits_the_answer(evening: Evening) -> None:
    ann = evening.person()
    question = ann.write("RT")
    answer = await ann.hears()
    evening.brain.down = True
    ann.edit(question, "quel temps fait-il ?")
    await evening.settled()
    assert "se repose" in answer.text
    assert len(ann.heard) == 1
