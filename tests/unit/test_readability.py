import pytest

from bot.knowledge.model import Language
from bot.knowledge.readability import longest_sentence, readability, sentences, syllables, words

FRENCH = """message:2 compte:1 abonnés:3 idée:2 vidéo:3 réseau:2 réel:2 théâtre:2 naïf:2 Noël:2
    publier:3 client:2 essayer:3 envoyer:3 quoi:1 langue:1 longueur:2 question:2 rue:1 le:1 les:1
    l'école:2 qu'il:1 jusqu'à:2 peut-être:2 œuvre:1 lieu:1 yeux:1 RT:2 ville:1 notification:5
    conversation:4 héros:2 répondre:2 feuille:1 août:1 aujourd'hui:3 européen:4 quatre:1"""
ENGLISH = """message:2 account:2 followers:3 video:3 media:3 social:2 question:2 people:2 saying:2
    going:2 someone:2 sometimes:2 completely:3 doesn't:2 the:1 liked:1 posted:2 shared:1 pages:2
    boxes:2 little:2 likes:1 names:1 actual:3 quote:1 quit:1 company:3 RT:2 radio:3 useful:2
    titles:2 files:1 styles:1 apple:2 places:2 changes:2 everyone:3 goes:1 private:2"""


def counted(table: str) -> list[tuple[str, int]]:
    return [(word, int(number)) for word, number in (item.split(":") for item in table.split())]


@pytest.mark.parametrize(("word", "number"), counted(FRENCH))
def test_french_syllables_are_those_heard(word: str, number: int) -> None:
    assert syllables(word, "fr") == number


@pytest.mark.parametrize(("word", "number"), counted(ENGLISH))
def test_english_syllables_are_those_heard(word: str, number: int) -> None:
    assert syllables(word, "en") == number


def test_sentences_end_at_marks_and_hold_words() -> None:
    text = "1. Ne répondez pas. 2. Dites « stop ! » puis bloquez ; après, c'est tout : fini."
    assert sentences(text) == [
        "Ne répondez pas", "Dites « stop", "» puis bloquez", "après, c'est tout", "fini",
    ]  # fmt: skip


def test_words_keep_their_apostrophes_and_hyphens() -> None:
    assert words("L'école, peut-être #FêteDuPain x.com !") == [
        "L'école", "peut-être", "FêteDuPain", "x.com",
    ]  # fmt: skip


def test_the_longest_sentence_is_told_with_its_length() -> None:
    assert longest_sentence("Un mot. Deux mots ici. Fin.") == (3, "Deux mots ici")


@pytest.mark.parametrize(
    ("language", "expected"),
    [("fr", 207 - 1.015 * 4 - 73.6 * 5 / 4), ("en", 206.835 - 1.015 * 4 - 84.6 * 5 / 4)],
)
def test_the_formula_is_the_published_one(language: Language, expected: float) -> None:
    text = "Le chat dort ici." if language == "fr" else "The cat sleeps inside."
    assert readability(text, language) == pytest.approx(expected)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_text_without_words_is_easy(language: Language) -> None:
    assert readability("… 123 !", language) > 200
