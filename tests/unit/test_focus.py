import pytest

from bot.knowledge.focus import in_focus
from bot.replies.knowledge import Knowledge


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("c'est quoi un thread sur Twitter ?", ["thread"]),
        ("c'est quoi Twitter ?", ["twitter"]),
        ("c'est quoi RT et IRL ?", ["rt", "irl"]),
        ("difference between a retweet and a hashtag", ["repost", "hashtag"]),
        ("mon community manager m'a envoyé un lien, c'est quoi un lurker ?", ["lurker"]),
    ],
)
def test_the_terms_asked_about_come_out(
    knowledge: Knowledge, text: str, expected: list[str]
) -> None:
    terms = [
        {
            "entries": match.entries,
            "start": match.start,
            "end": match.end,
            "strength": match.strength,
        }
        for match in knowledge.matcher.find(text)
    ]
    assert [
        term["entries"][0] for term in in_focus(terms, text, knowledge.glossary.shared)
    ] == expected
