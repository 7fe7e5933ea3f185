import pytest

from bot.replies.knowledge import Knowledge
from bot.replies.payload import ASPECTS, Ask, ask, parse, speak


def test_a_choice_comes_back_as_it_went() -> None:
    assert parse(ask("rt", "example")) == Ask("rt", "example")
    assert parse(speak("en")) == Ask(language="en")


@pytest.mark.parametrize(
    "payload",
    ["", "ask:rt", "ask:rt:sing", "ask:../etc:meaning", "lang:xx", "ask:rt:example ", "/greet"],
)
def test_anything_else_is_refused(payload: str) -> None:
    assert parse(payload) is None


def test_every_payload_fits_the_narrowest_door(knowledge: Knowledge) -> None:
    longest = max(knowledge.glossary.entries, key=len)
    assert max(len(ask(longest, aspect).encode()) for aspect in ASPECTS) <= 64
