import pytest

from bot.knowledge.language import LanguageReader, read_shorthand
from bot.knowledge.text import tokens
from bot.settings import NLU_DATA


@pytest.fixture(scope="module")
def reader() -> LanguageReader:
    return LanguageReader(read_shorthand(NLU_DATA), ["comprendre", "publier", "followers"])


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("c koi un truc comme ça", "fr"),
        ("jsp ce ke sa ve dir", "fr"),
        ("what does that mean", "en"),
        ("wat is dat", "en"),
        ("how do i do this", "en"),
        ("comment on fait", "fr"),
    ],
)
def test_the_language_is_guessed(reader: LanguageReader, text: str, language: str) -> None:
    assert reader.guess(tokens(text)).language == language


def test_nothing_gives_no_evidence(reader: LanguageReader) -> None:
    assert reader.guess(tokens("12 ?")).margin == 0


def test_shorthand_is_spelled_out_and_accents_come_back(reader: LanguageReader) -> None:
    assert reader.repair(tokens("c koi le probleme"), "fr") == "c'est quoi le problème"


def test_unknown_words_are_repaired_towards_what_questions_are_made_of(
    reader: LanguageReader,
) -> None:
    assert "comprendre" in reader.repair(tokens("jarrive pas a comprndre"), "fr")


def test_shorthand_tables_are_sound() -> None:
    for language in ("fr", "en"):
        for row in (NLU_DATA / language / "shorthand.tsv").read_text("utf-8").splitlines():
            assert row.startswith("#") or len(row.split("\t")) == 2, row
