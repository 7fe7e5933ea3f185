import pytest

from bot.brain.segment import project_segmenter


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("c'est quoi un RT ?", ["c'est quoi un RT ?"]),
        (
            "c'est quoi un RT et comment on fait un thread ?",
            ["c'est quoi un RT", "comment on fait un thread ?"],
        ),
        ("What is a DM? How do I block?", ["What is a DM?", "How do I block?"]),
        ("c'est quoi RT et IRL ?", ["c'est quoi RT et IRL ?"]),
        ("Bonjour ! c'est quoi un RT ?", ["c'est quoi un RT ?"]),
        ("Bonsoir à tous, que veut dire HT ?", ["que veut dire HT ?"]),
        ("D'accord, alors c'est quoi un bad buzz ?", ["alors c'est quoi un bad buzz ?"]),
        ("ok, then what is a DM?", ["then what is a DM?"]),
        ("ok boomer, c'est quoi ?", ["ok boomer, c'est quoi ?"]),
        ("bonjour, je suis Paul", ["bonjour, je suis Paul"]),
        ("Bonjour !", ["Bonjour !"]),
        ("", [""]),
    ],
)
def test_several_questions_are_answered_one_by_one(text: str, expected: list[str]) -> None:
    assert project_segmenter().questions(text) == expected


def test_never_more_than_three() -> None:
    assert len(project_segmenter().questions("what is a? " * 50)) == 3
