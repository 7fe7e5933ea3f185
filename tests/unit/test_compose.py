import pytest

from bot.knowledge.model import LANGUAGES, Language
from bot.replies.knowledge import Knowledge
from bot.replies.model import Reply
from bot.replies.payload import ASPECTS, parse
from bot.replies.plain import plain


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_answers_every_aspect(knowledge: Knowledge, language: Language) -> None:
    compose = knowledge.composers[language]
    for entry_id in knowledge.glossary.entries:
        for aspect in ASPECTS:
            reply = compose.answer([entry_id], aspect, "ask_meaning")
            assert reply.entries[0] == entry_id
            assert all(part.text.strip() for part in reply.parts)
            assert plain(reply, compose.say).strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_choice_can_be_taken(knowledge: Knowledge, language: Language) -> None:
    compose = knowledge.composers[language]
    for entry_id in knowledge.glossary.entries:
        for choice in compose.answer([entry_id], "meaning", "ask_meaning").choices:
            assert parse(choice.payload) is not None


def test_a_question_that_repeats_a_term_comes_with_it(knowledge: Knowledge) -> None:
    reply = knowledge.composers["fr"].answer(["ff"], "meaning", "ask_meaning")
    assert reply.entries == ("ff", "question-cest-quoi-ff")


def test_a_difference_is_the_written_line_when_there_is_one(knowledge: Knowledge) -> None:
    compose = knowledge.composers["fr"]
    for term in knowledge.glossary.terms():
        for other in term.confusable:
            text = compose.compare(other, term.id, "ask_difference").parts[0].text
            back = getattr(knowledge.glossary[other], "confusable", {})
            assert text in {line.fr for line in (term.confusable[other], back.get(term.id)) if line}


def test_then_and_now_carry_dates_and_sources(knowledge: Knowledge) -> None:
    (part,) = knowledge.composers["en"].answer(["hashtag"], "now", "ask_now").parts
    assert part.then
    assert all("checked on 20" in source for source in part.sources)


def test_a_reply_survives_json(knowledge: Knowledge) -> None:
    reply = knowledge.composers["fr"].offer(["live-tweet", "lt-last"], "clarify.senses", 0.5, "LT")
    assert Reply.from_dict(reply.as_dict()) == reply
