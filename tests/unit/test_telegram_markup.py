"""Texts, cuts and buttons as Telegram takes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.doors.telegram.buttons import LONGEST_DATA, ButtonError, button, of_reply, read_tap, rows
from bot.doors.telegram.desk import WORDING
from bot.doors.telegram.markup import Rich, Span, plain, shortened, split, to_html, units
from bot.doors.telegram.render import rich_reply
from bot.doors.telegram.taps import _asked
from bot.knowledge.model import LANGUAGES
from bot.replies.knowledge import Knowledge
from bot.replies.wording import load_wordings
from tests.fakes.telegram.html import parse_html

TEXT = st.text(alphabet=st.sampled_from("ab é🐦<>&\n'\""), max_size=60)
RICH = st.lists(
    st.builds(Span, TEXT, st.sampled_from(["", "b", "i"])), max_size=12
).map(tuple)  # fmt: skip


@given(RICH, st.integers(2, 80))
def test_pieces_fit_and_lose_nothing_but_blanks(rich: Rich, longest: int) -> None:
    pieces = split(rich, longest)
    assert all(units(plain(piece)) <= longest for piece in pieces)
    kept = "".join("".join(map(plain, pieces)).split())
    assert kept == "".join(plain(rich).split())


@given(RICH, st.integers(2, 80))
def test_every_piece_is_html_that_telegram_takes(rich: Rich, longest: int) -> None:
    for piece in split(rich, longest):
        text, entities = parse_html(to_html(piece))
        assert text == plain(piece)
        looks = {span.tag for span in piece if span.tag and span.text.strip()}
        assert {entity["type"][0] for entity in entities} == looks


@given(TEXT)
def test_units_are_those_of_utf_16(text: str) -> None:
    assert units(text) == len(text.encode("utf-16-le")) // 2


def test_cuts_fall_between_paragraphs_then_lines_then_words() -> None:
    def pieces(text: str) -> list[str]:
        return [plain(piece).strip() for piece in split((Span(text),), 20)]

    assert pieces("one two\nthree\n\nfour five six") == ["one two\nthree", "four five six"]
    assert pieces("one two three\nfour five six") == ["one two three", "four five six"]
    assert pieces("one two three four five six") == ["one two three four", "five six"]
    assert pieces("🐦" * 25) == ["🐦" * 10, "🐦" * 10, "🐦" * 5]


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [
        ("short", 10, "short"),
        ("one two three", 10, "one two…"),
        ("unbreakable", 6, "unbre…"),
        ("one, two three", 9, "one…"),
    ],
)
def test_texts_are_shortened_after_a_word(text: str, most: int, short: str) -> None:
    assert shortened(text, most) == short


def test_a_button_says_no_more_than_telegram_carries() -> None:
    assert button("a", "fr", "x" * (LONGEST_DATA - 3))["data"].startswith("fr:x")
    with pytest.raises(ButtonError, match="65 bytes"):
        button("a", "fr", "x" * (LONGEST_DATA - 2))


def test_buttons_of_every_entry_carry_what_they_mean(knowledge: Knowledge) -> None:
    words = load_wordings(WORDING)
    for language in LANGUAGES:
        compose = knowledge.composers[language]
        for entry in knowledge.glossary.entries:
            for aspect in ("meaning", "etiquette", "difference"):
                reply = compose.answer([entry], aspect, "look_up")
                laid = of_reply(reply, words[language]("next"))
                for each in (each for row in laid for each in row):
                    tap = read_tap(each["data"])
                    assert tap is not None
                    assert tap.action == "next" or _asked(tap) is not None, each


def test_every_entry_can_be_shown(knowledge: Knowledge) -> None:
    for language in LANGUAGES:
        compose = knowledge.composers[language]
        for entry in knowledge.glossary.entries:
            for aspect in ("meaning", "more", "now", "source", "howto"):
                rich = rich_reply(compose.answer([entry], aspect, "look_up"), compose.say)
                assert parse_html(to_html(rich))[0] == plain(rich)
                assert len(split(rich)) == 1


@pytest.mark.parametrize("data", ["", "fr", "fr:", "de:ask:rt:meaning", ":ask", "x" * 64])
def test_foreign_buttons_are_nobodys(data: str) -> None:
    assert read_tap(data) is None


def test_short_buttons_stand_in_pairs() -> None:
    labels = ["ab", "cd", "a label that is not short", "ef", "gh", "ij"]
    laid = rows([button(label, "fr", "x") for label in labels])
    assert [[each["text"] for each in row] for row in laid] == [
        ["ab", "cd"], ["a label that is not short"], ["ef", "gh"], ["ij"],
    ]  # fmt: skip
