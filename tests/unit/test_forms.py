from bot.brain.nlu.forms import fit_forms
from bot.knowledge.match import Match


def comment(start: int = 0) -> Match:
    return Match(("reply",), "Comment", start, start + 7, "weak")


RT = Match(("rt", "repost"), "RT", 0, 2, "sure")


def test_a_form_tells_as_often_as_it_is_meant() -> None:
    lines = [([comment()], None)] * 99 + [([comment(), comment(20)], "reply"), ([RT], "rt")]
    named = fit_forms(lines).named([comment(), RT])
    assert named["reply"] < named["repost"] < named["rt"] < 0


def test_an_unseen_form_tells_half() -> None:
    assert fit_forms([]).named([comment()]) == fit_forms([([RT], "mt")] * 0).named([comment()])
    assert -0.7 < fit_forms([]).named([comment()])["reply"] < -0.6


def test_both_terms_of_a_difference_are_meant() -> None:
    named = fit_forms([([RT], "rt+repost")] * 10).named([RT])
    assert named["rt"] == named["repost"] > -0.2
