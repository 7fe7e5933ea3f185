import pytest

from bot.brain.nlu.candidates import Candidate, Kind, topic_groups
from bot.brain.nlu.decision import Decision, Thresholds, decide
from bot.brain.nlu.weighing import Practised, fit_weigher
from bot.knowledge.load import SharedForms
from bot.knowledge.match import Match
from bot.replies.knowledge import Knowledge

LIMITS = Thresholds()
FACETS = {"ask_meaning": 0.7, "ask_howto": 0.3}
RT = Match(("rt",), "RT", 0, 2, "sure")
MT = Match(("mt",), "MT", 6, 8, "sure")


def decision(*ranked: tuple[Kind, str, float], text: str = "quoi ?", **changes: object) -> Decision:
    pairs = [(Candidate(kind, name, {}), share) for kind, name, share in ranked]
    facets = changes.get("facets", FACETS)
    matches = changes.get("matches", [])
    kin = changes.get("kin", {})
    return decide(text, pairs, facets, matches, SharedForms(), kin, LIMITS)  # type: ignore[arg-type]


def test_topics_that_share_an_answer_share_a_group(knowledge: Knowledge) -> None:
    groups = topic_groups(knowledge.glossary)
    assert groups["question-repondre-troll"] == groups["advice-ne-pas-nourrir-trolls"]
    assert groups["question-cest-quoi-ff"] == "question-cest-quoi-ff"


def test_a_sure_topic_is_answered() -> None:
    told = decision(("topic", "a", 0.9), ("refusal", "out_of_scope", 0.1))
    assert told == Decision("advice", 0.9, ("a",))


def test_a_near_tie_offers_the_nearest_whatever_their_kind() -> None:
    told = decision(("topic", "a", 0.4), ("term", "b", 0.35), ("topic", "c", 0.2))
    assert told.intent == "clarify"
    assert told.answers == ("a", "b", "c")


def test_what_is_refused_offers_nothing() -> None:
    told = decision(("refusal", "out_of_scope", 0.6), ("topic", "a", 0.4))
    assert told == Decision("out_of_scope", 0.6)


@pytest.mark.parametrize("kind", ["term", "topic"])
def test_what_is_near_to_a_leading_answer_counts_for_it(kind: Kind) -> None:
    ranked = ((kind, "a", 0.82), ("topic", "b", 0.1), ("refusal", "out_of_scope", 0.08))
    assert decision(*ranked, kin={"a": {"b"}}).answers == ("a",)
    assert decision(*ranked).intent == "clarify"


def test_what_does_not_lead_is_not_helped_by_what_is_near() -> None:
    told = decision(("term", "a", 0.6), ("term", "b", 0.4), kin={"a": {"b"}})
    assert told.intent == "clarify"


def test_asking_again_for_the_same_aspect_speaks_for_the_term_named() -> None:
    facets = {"ask_difference": 0.9}
    told = decision(("term", "a", 0.85), ("follow_up", "ask_difference", 0.1), facets=facets)
    assert told.intent == "ask_difference"


def test_terms_named_side_by_side_are_sure_together() -> None:
    told = decision(("term", "rt", 0.5), ("term", "mt", 0.45), text="RT et MT ?", matches=[RT, MT])
    assert told.intent == "ask_meaning"
    assert told.answers == ("rt", "mt")


def test_a_difference_takes_both_terms_named() -> None:
    told = decision(
        ("term", "rt", 0.4),
        ("term", "mt", 0.3),
        text="RT ou MT ?",
        matches=[RT, MT],
        facets={"ask_difference": 0.9},
    )
    assert told.intent == "ask_difference"
    assert set(told.answers) == {"rt", "mt"}


def test_what_names_nothing_may_follow_up() -> None:
    told = decision(("topic", "a", 0.5), ("follow_up", "ask_example", 0.3))
    assert told.follow_up == "ask_example"


def test_weights_learn_which_signal_tells() -> None:
    def candidate(name: str, telling: float, noise: float) -> Candidate:
        return Candidate("topic", name, {"telling": telling, "noise": noise})

    practised = [
        Practised([candidate("right", 1.0, i % 2), candidate("wrong", 0.0, 1 - i % 2)], {"right"})
        for i in range(20)
    ]
    weigher = fit_weigher(practised)
    ((best, share), _) = weigher.rank([candidate("x", 0.0, 1.0), candidate("y", 1.0, 0.0)])
    assert best.name == "y"
    assert share > 0.9
    assert weigher.weights["noise"] == pytest.approx(0.0, abs=0.01)
