"""Decides what an utterance asks for, from its ranked candidates and the terms found in it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Optional

from bot.brain.nlu.candidates import Candidate
from bot.brain.nlu.evidence import OUT_OF_SCOPE
from bot.knowledge.decode import looks_pasted
from bot.knowledge.focus import Found, in_focus, in_pair, named
from bot.knowledge.load import SharedForms
from bot.knowledge.match import Match

CLARIFY = "clarify"
DECODE = "decode"
TOPIC = "advice"
DIFFERENCE = "ask_difference"
_OFFERED = 4
# That both terms are named weighs so much, when two are compared, beside how likely they are.
_NAMED_IN_PAIR = 0.25

Ranked = Sequence[tuple[Candidate, float]]
Kin = Mapping[str, Collection[str]]


@dataclass(frozen=True)
class Thresholds:
    """`sure`: from this probability on an answer is given alone; below, others are offered.

    `leading`: from here on, what is near to an answer (its kin) counts for it: whoever asks about
    one of them is not misled by the other. `likely`: below it, an entry is not near enough to be
    offered. `follow_up`: from it on, a text that names nothing may be about what was said before.
    """

    sure: float = 0.90
    leading: float = 0.80
    likely: float = 0.02
    follow_up: float = 0.20


@dataclass(frozen=True)
class Decision:
    """`answers`: entry ids, best first. `follow_up`: the facet to take it for in a conversation."""

    intent: str
    confidence: float
    answers: tuple[str, ...] = ()
    follow_up: Optional[str] = None


def decide(
    text: str,
    ranked: Ranked,
    facets: Mapping[str, float],
    matches: Sequence[Match],
    shared: SharedForms,
    kin: Kin,
    thresholds: Thresholds,
) -> Decision:
    """What to do with `text`."""
    if not matches and not any(character.isalnum() for character in text):
        return Decision(OUT_OF_SCOPE, 1.0)
    if looks_pasted(text, matches, shared.courtesy):
        return Decision(DECODE, 0.9)
    (best, share), *_ = ranked
    facet = max(facets, key=facets.__getitem__)
    follow_up = _follow_up(ranked, thresholds)
    if best.kind in ("talk", "refusal"):
        return Decision(best.name, share, follow_up=follow_up)
    if best.kind == "follow_up":
        return Decision(best.name, share, _named(text, matches, shared), follow_up)
    offered = _offered(ranked, thresholds)
    near = kin.get(best.name, ()) if share >= thresholds.leading else ()
    if best.kind == "topic":
        together = _together(ranked, {best.name, *near})
        if together >= thresholds.sure:
            return Decision(TOPIC, together, (best.name,), follow_up)
        return Decision(CLARIFY, share, offered, follow_up)
    answers = _asked_terms(text, best.name, facet, ranked, matches, shared)
    meant = {*answers, *_senses(best.name, matches, shared), *near, facet}
    together = _together(ranked, meant)
    found = {entry for match in matches for entry in match.entries}
    both_named = facet == DIFFERENCE and len(found & set(answers)) > 1
    if together >= thresholds.sure or both_named:
        return Decision(facet, together, answers, follow_up)
    return Decision(CLARIFY, together, offered, follow_up)


def _together(ranked: Ranked, names: Collection[str]) -> float:
    return sum(share for each, share in ranked if each.name in names)


def _senses(best: str, matches: Sequence[Match], shared: SharedForms) -> tuple[str, ...]:
    """All that the form which names `best` may stand for, when they are offered together."""
    offered = list(map(tuple, shared.offered.values()))
    forms = (match.entries for match in matches if best in match.entries)
    return next((entries for entries in forms if entries in offered), ())


def _follow_up(ranked: Ranked, thresholds: Thresholds) -> Optional[str]:
    facet, share = max(
        ((each.name, share) for each, share in ranked if each.kind == "follow_up"),
        key=lambda pair: pair[1],
        default=("", 0.0),
    )
    return facet if share >= thresholds.follow_up else None


def _named(text: str, matches: Sequence[Match], shared: SharedForms) -> tuple[str, ...]:
    found: list[Found] = [vars(match) for match in matches]
    spoken_of = named(found, text, shared.background)
    return tuple(dict.fromkeys(term["entries"][0] for term in spoken_of))


def _offered(ranked: Ranked, thresholds: Thresholds) -> tuple[str, ...]:
    entries = [(each.name, share) for each, share in ranked if each.kind in ("term", "topic")]
    near = [name for name, share in entries if share >= thresholds.likely]
    return (
        tuple(near[:_OFFERED]) if len(near) > 1 else tuple(name for name, _ in entries[:_OFFERED])
    )


def _asked_terms(
    text: str,
    best: str,
    facet: str,
    ranked: Ranked,
    matches: Sequence[Match],
    shared: SharedForms,
) -> tuple[str, ...]:
    """The likeliest term, with those named beside it; two of them for a difference."""
    found: list[Found] = [vars(match) for match in matches]
    if facet == DIFFERENCE:
        pair = in_pair(found, text, shared)
        likely = {each.name: share for each, share in ranked if each.kind == "term"}
        for name in pair:
            likely[name] = likely.get(name, 0.0) + _NAMED_IN_PAIR
        both = sorted(likely, key=lambda name: -likely[name])[:2]
        return tuple(sorted(both, key=lambda name: pair.index(name) if name in pair else len(pair)))
    focus = [term["entries"] for term in in_focus(found, text, shared)]
    if any(best in entries for entries in focus):
        beside = [entries[0] for entries in focus if best not in entries]
        return tuple(dict.fromkeys([best, *beside]))
    return (best,)
