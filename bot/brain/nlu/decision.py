"""Decides what an utterance asks for, from the ranked labels and the terms found in it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from bot.brain.nlu.label_model import OUT_OF_SCOPE, Ranking
from bot.knowledge.decode import looks_pasted
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
    """Probabilities above which a label is acted on; see `docs/how-it-decides.md`."""

    topic: float = 0.45
    topic_offer: float = 0.12
    dialogue: float = 0.45
    refuse: float = 0.50


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
) -> Decision:
    """What to do with `text`."""
    labels = dict(ranking)
    best, best_score = ranking[0]
    if best == DECODE or looks_pasted(text, matches):
        return Decision(DECODE, max(best_score, 0.5))
    topics = _pooled_topics(labels, groups)
    facet_score = sum(labels.get(name, 0.0) for name in FACET_INTENTS)
    topic_score = sum(score for _, score in topics)
    firm = [match for match in matches if match.strength != "weak"]
    if best == OUT_OF_SCOPE and (best_score >= thresholds.refuse or not firm):
        return Decision(OUT_OF_SCOPE, best_score)
    if facet_score >= max(topic_score, best_score if best in labels and _is_talk(best) else 0.0):
        return _about_term(labels, facet_score, matches, topics, thresholds)
    if _is_talk(best) and best_score >= max(topics[0][1], thresholds.dialogue):
        return Decision(best, best_score)
    return _about_topic(labels, topics, firm, facet_score, thresholds)


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


def _about_term(
    labels: Mapping[str, float],
    facet_score: float,
    matches: list[Match],
    topics: list[tuple[str, float]],
    thresholds: Thresholds,
) -> Decision:
    intent = max(FACET_INTENTS, key=lambda name: labels.get(name, 0.0))
    if matches or facet_score >= thresholds.dialogue:
        return Decision(intent, facet_score)
    if topics[0][1] >= thresholds.topic_offer:
        return Decision(CLARIFY, facet_score, _offered(topics, thresholds))
    return Decision(OUT_OF_SCOPE, 1 - facet_score)


def _about_topic(
    labels: Mapping[str, float],
    topics: list[tuple[str, float]],
    firm: list[Match],
    facet_score: float,
    thresholds: Thresholds,
) -> Decision:
    topic, score = topics[0]
    if score >= thresholds.topic:
        return Decision(TOPIC, score, (topic,))
    if score >= thresholds.topic_offer:
        return Decision(CLARIFY, score, _offered(topics, thresholds))
    if firm and labels.get(OUT_OF_SCOPE, 0.0) < thresholds.refuse:
        return Decision(MEANING, max(facet_score, 0.3))
    return Decision(OUT_OF_SCOPE, labels.get(OUT_OF_SCOPE, 0.0))


def _offered(topics: list[tuple[str, float]], thresholds: Thresholds) -> tuple[str, ...]:
    return tuple(topic for topic, _ in topics[:_MOST_OFFERED])
