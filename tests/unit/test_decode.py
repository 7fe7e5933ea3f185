from itertools import pairwise

import pytest

from bot.knowledge.decode import looks_pasted, pasted_part
from bot.replies.decoded import tell
from bot.replies.knowledge import Knowledge

SEED = "thx RT, je te #FF demain ! see U soon IRL ;-))"


def test_the_sentence_of_the_seed_is_explained_word_by_word(knowledge: Knowledge) -> None:
    decoding = knowledge.decoder.decode(SEED)
    entries = [match.entries[0] for match in decoding.matches]
    assert entries == ["ty", "rt", "ff", "cu", "irl", "emoji"]
    assert decoding.sentence == "thx-sentence"
    assert decoding.guess.language == "fr"


def test_spans_are_in_reading_order_and_say_what_stands_there(knowledge: Knowledge) -> None:
    matches = knowledge.decoder.decode(SEED).matches
    assert all(SEED[match.start : match.end] == match.text for match in matches)
    assert all(left.end <= right.start for left, right in pairwise(matches))


def test_a_private_reference_is_not_explained(knowledge: Knowledge) -> None:
    text = "je vais RT ce post même si je ne vois pas IPC IRL ces temps-ci. LOL"
    decoding = knowledge.decoder.decode(text)
    assert [match.entries[0] for match in decoding.matches] == ["rt", "irl", "lol"]
    assert decoding.sentence == "rt-ce-post"


def test_a_message_without_jargon_is_said_to_have_none(knowledge: Knowledge) -> None:
    decoding = knowledge.decoder.decode("Il fait beau à Nantes ce matin.")
    reply = tell(decoding, knowledge.composers["fr"])
    assert reply.entries == ()
    assert "abréviation" in reply.parts[0].text


@pytest.mark.parametrize(
    ("text", "pasted"),
    [
        ("Ça veut dire quoi « thx RT, je te #FF demain » ?", "thx RT, je te #FF demain"),
        ("explique ce tweet : mdr le CM s'est fait ratio", "mdr le CM s'est fait ratio"),
        ("mdr le CM s'est fait ratio", "mdr le CM s'est fait ratio"),
    ],
)
def test_the_pasted_part_is_found(text: str, pasted: str) -> None:
    start, end = pasted_part(text)
    assert text[start:end].strip() == pasted


@pytest.mark.parametrize(
    ("text", "pasted"),
    [
        (SEED, True),
        ("RT @sophie : mon nouveau billet de blog est en ligne, bonne lecture", True),
        ("c'est quoi RT et IRL ?", False),
        ("rt", False),
        ("différence entre un RT et un like", False),
    ],
)
def test_a_pasted_message_is_told_from_a_question(
    knowledge: Knowledge, text: str, pasted: bool
) -> None:
    assert looks_pasted(text, knowledge.matcher.find(text)) is pasted
