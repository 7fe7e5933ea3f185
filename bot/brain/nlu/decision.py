"""Decides what an utterance asks for, from the ranked labels and the terms found in it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.brain.nlu.label_model import OUT_OF_SCOPE, Ranking
from bot.knowledge.decode import looks_pasted
from bot.knowledge.focus import named
from bot.knowledge.load import Glossary
from bot.knowledge.match import Match

TOPIC = "advice"
MEANING = "ask_meaning"
CLARIFY = "clarify"
DECODE = "decode"
FACET_INTENTS = frozenset({
    MEANING, "ask_example", "ask_howto", "ask_difference", "ask_etiquette", "ask_origin",
    "ask_now", "ask_again", "correct",
})  # fmt: skip
_MOST_OFFERED = 3


@dataclass(frozen=True)
class Thresholds:
    """What probabilities are acted on; `docs/how-it-decides.md` tells how they were chosen.

    `topic`: a topic is answered; `topic_offer`: it is at least offered. `named_term` and
    `cited_word`: how much more a question about a term weighs when one is named in the text, or
    when an everyday word stands there as a word.
    """

    topic: float = 0.30
    topic_offer: float = 0.08
    named_term: float = 2.5
    cited_word: float = 2.0


@dataclass(frozen=True)
class Decision:
    """`candidates`: entry ids, best first: the topic answered, or those offered."""

    intent: str
    confidence: float
    candidates: tuple[str, ...] = ()


def topic_groups(glossary: Glossary) -> dict[str, str]:
    """Topic → the topic it shares its answer with (itself when it stands alone)."""
    groups = {topic.id: topic.id for topic in glossary.topics()}
    for topic in glossary.topics():
        for other in topic.answers:
            if other in groups:
                groups[topic.id] = other
    return groups


def decide(
    text: str,
    ranking: Ranking,
    matches: list[Match],
    groups: Mapping[str, str],
    thresholds: Thresholds,
    background: Collection[str] = (),
) -> Decision:
    """What to do with `text`."""
    labels = dict(ranking)
    if looks_pasted(text, matches):
        return Decision(DECODE, max(labels.get(DECODE, 0.0), 0.5))
    topics = _pooled_topics(labels, groups)
    talk = max((label for label in labels if _is_talk(label)), key=labels.__getitem__, default="")
    weight = _term_weight(text, matches, thresholds, background)
    term_score = sum(labels.get(name, 0.0) for name in FACET_INTENTS)
    scores = {
        MEANING: term_score * weight,
        TOPIC: topics[0][1],
        OUT_OF_SCOPE: labels.get(OUT_OF_SCOPE, 0.0),
        talk: labels.get(talk, 0.0),
    }
    best = max(scores, key=scores.__getitem__)
    if best == MEANING:
        facet = max(FACET_INTENTS, key=lambda name: labels.get(name, 0.0))
        return Decision(facet, min(1.0, scores[MEANING]))
    if best == TOPIC:
        return _about_topic(topics, weight > 1, thresholds)
    return Decision(best, scores[best])


def _term_weight(
    text: str, matches: list[Match], thresholds: Thresholds, background: Collection[str]
) -> float:
    spoken_of = named([vars(match) for match in matches], text, background)
    if any(match["strength"] != "weak" for match in spoken_of):
        return thresholds.named_term
    return thresholds.cited_word if spoken_of else 1.0


def _is_talk(label: str) -> bool:
    return (
        label not in FACET_INTENTS and not label.startswith(f"{TOPIC}/") and label != OUT_OF_SCOPE
    )


def _pooled_topics(
    labels: Mapping[str, float], groups: Mapping[str, str]
) -> list[tuple[str, float]]:
    """Topics, best first; those that share an answer share their probabilities too."""
    pooled: dict[str, float] = defaultdict(float)
    leader: dict[str, tuple[float, str]] = {}
    for label, score in labels.items():
        if label.startswith(f"{TOPIC}/"):
            topic = label.partition("/")[2]
            group = groups.get(topic, topic)
            pooled[group] += score
            leader[group] = max(leader.get(group, (0.0, "")), (score, topic))
    ranked = sorted(pooled, key=lambda group: -pooled[group])
    return [(leader[group][1], pooled[group]) for group in ranked] or [("", 0.0)]


def _about_topic(
    topics: list[tuple[str, float]], names_a_term: bool, thresholds: Thresholds
) -> Decision:
    topic, score = topics[0]
    if score >= thresholds.topic:
        return Decision(TOPIC, score, (topic,))
    if score >= thresholds.topic_offer:
        offered = tuple(name for name, _ in topics[:_MOST_OFFERED])
        return Decision(CLARIFY, score, offered)
    return Decision(MEANING if names_a_term else OUT_OF_SCOPE, score)
