"""Whatever a person types, there is an answer and never an exception."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.brain.interface import Brain, Message
from bot.doors.questions import decode
from bot.knowledge.text import tokens
from bot.replies.knowledge import Knowledge
from bot.replies.plain import plain

SCRIPTS = st.one_of(
    st.text(max_size=300),
    st.text(alphabet="rtfdmRTFD#@/{}[]()\"'\\?!. :;-_\n\t0123456789", max_size=80),
    st.text(alphabet="كتابمرحبا你好吗привет😂👍🏽‍️\u200b\u202e\x00", max_size=60),
    st.builds(lambda word, times: word * times, st.sampled_from(["rt ", "é", "/", "#ff? "]),
              st.integers(0, 4000)),
)  # fmt: skip
LOOSE = settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@LOOSE
@given(text=SCRIPTS)
def test_tokens_and_matches_stand_in_the_text(knowledge: Knowledge, text: str) -> None:
    for token in tokens(text):
        assert text[token.start : token.end] == token.text
    matches = knowledge.matcher.find(text)
    assert all(text[match.start : match.end] == match.text for match in matches)
    assert all(left.end <= right.start for left, right in pairwise(matches))
    assert all(name in knowledge.glossary for match in matches for name in match.entries)


@LOOSE
@given(text=SCRIPTS)
def test_anything_can_be_decoded(knowledge: Knowledge, text: str) -> None:
    assert decode(knowledge, text)["reply"].strip()


@LOOSE
@given(text=SCRIPTS, payload=st.one_of(st.none(), st.text(max_size=40)))
@pytest.mark.asyncio(loop_scope="session")
async def test_the_brain_answers_anything(
    brain: Brain, knowledge: Knowledge, text: str, payload: str | None
) -> None:
    for reply in await brain.reply(Message("anybody", text, payload)):
        assert plain(reply, knowledge.composers[reply.language].say).strip()
        assert all(name in knowledge.glossary for name in reply.entries)


@pytest.mark.parametrize("size", [4_001, 10_000, 1_000_000])
async def test_very_long_texts_get_a_short_honest_answer(brain: Brain, size: int) -> None:
    (reply,) = await brain.reply(Message("long-winded", "x" * size))
    assert "4000" in reply.parts[0].text


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "/", "///"])
async def test_empty_texts_get_a_way_on(brain: Brain, text: str) -> None:
    (reply,) = await brain.reply(Message("silent", text))
    assert "hashtag" in reply.parts[0].text
