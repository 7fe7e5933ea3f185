import pytest

from bot.replies.knowledge import Knowledge


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("c koi un RT ?", ["rt"]),
        ("what does #FF mean", ["ff"]),
        ("le hashtag c'est quoi", ["hashtag"]),
        ("C'EST QUOI LE TROLL", ["troll"]),
        ("un mot-dièse", ["hashtag"]),
        ("mot diese", ["hashtag"]),
        ("irl et mdr", ["irl", "mdr"]),
        ("je vais live tweeter", ["live-tweet"]),
        ("see U soon", ["cu"]),
    ],
)
def test_what_is_written_right_is_found(
    knowledge: Knowledge, text: str, expected: list[str]
) -> None:
    found = [match for match in knowledge.matcher.find(text) if match.strength == "sure"]
    assert [match.entries[0] for match in found] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("c'est quoi un hachtague", "hashtag"),
        ("un hashtga", "hashtag"),
        ("the comunity notes", "community-notes"),
        ("mes folowers", "follower"),
        ("tweetdek", "tweetdeck"),
        ("communitymanager", "community-manager"),
    ],
)
def test_what_is_written_wrong_is_found(knowledge: Knowledge, text: str, expected: str) -> None:
    entries = [match.entries[0] for match in knowledge.matcher.find(text)]
    assert expected in entries


@pytest.mark.parametrize(
    "text",
    [
        "je cherche un poste de comptable à Lyon",
        "la liste des courses pour demain",
        "I would like a coffee, please tell me where",
        "mon fil dentaire est fini, il faut suivre la notice",
        "hier nous sommes allés au marché avec ma mère et nous avons mangé une glace",
        "the post office opens at nine and the list is on the door",
        "il faut bloquer la porte et masquer la fenêtre",
        "we are going to follow the path to the lake this afternoon",
    ],
)
def test_everyday_sentences_hold_no_sure_term(knowledge: Knowledge, text: str) -> None:
    found = [match for match in knowledge.matcher.find(text) if match.strength != "weak"]
    assert found == []


def test_everyday_words_count_when_they_carry_a_hash_or_capitals(knowledge: Knowledge) -> None:
    strengths = {match.text: match.strength for match in knowledge.matcher.find("un like, #like")}
    assert strengths["like"] == "weak"
    assert strengths["#like"] == "sure"


def test_shared_forms_give_every_sense_most_likely_first(knowledge: Knowledge) -> None:
    (match,) = knowledge.matcher.find("LT")
    assert match.entries == ("live-tweet", "lt-last")


def test_links_and_names_are_no_terms(knowledge: Knowledge) -> None:
    assert knowledge.matcher.find("https://example.org/rt @troll") == []


def test_every_shown_form_of_every_term_is_found(knowledge: Knowledge) -> None:
    missed = [
        (term.id, form)
        for term in knowledge.glossary.terms()
        if term.category != "phrases"
        for form in (term.forms.fr.head, term.forms.en.head)
        if not any(term.id in match.entries for match in knowledge.matcher.find(form))
    ]
    assert missed == []
