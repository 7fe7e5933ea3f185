from bot.brain.nlu.decision import Decision, Thresholds, decide, topic_groups
from bot.knowledge.match import Match
from bot.replies.knowledge import Knowledge

LIMITS = Thresholds()
RT = Match(("rt",), "RT", 0, 2, "sure")


def test_topics_that_share_an_answer_share_a_group(knowledge: Knowledge) -> None:
    groups = topic_groups(knowledge.glossary)
    assert groups["question-repondre-troll"] == groups["advice-ne-pas-nourrir-trolls"]
    assert groups["question-cest-quoi-ff"] == "question-cest-quoi-ff"


def test_shared_probability_wins_over_a_lonely_topic() -> None:
    groups = {"a": "b", "b": "b", "c": "c"}
    ranking = [("advice/c", 0.36), ("advice/a", 0.34), ("advice/b", 0.30)]
    decision = decide("comment", ranking, [], groups, LIMITS)
    assert decision == Decision("advice", 0.64, ("a",))


def test_a_near_tie_offers_the_nearest() -> None:
    ranking = [(f"advice/{name}", 0.2) for name in "abcde"]
    decision = decide("comment", ranking, [], {}, LIMITS)
    assert decision.intent == "clarify"
    assert decision.candidates == ("a", "b", "c")


def test_a_term_without_a_clear_topic_is_explained() -> None:
    ranking = [("ask_meaning", 0.3), ("greet", 0.05), ("advice/a", 0.05)]
    assert decide("RT ?", ranking, [RT], {}, LIMITS).intent == "ask_meaning"


def test_out_of_scope_is_refused() -> None:
    ranking = [("out_of_scope", 0.9), ("advice/a", 0.05)]
    assert decide("une tarte", ranking, [], {}, LIMITS).intent == "out_of_scope"
