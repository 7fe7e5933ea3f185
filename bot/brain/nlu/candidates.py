"""The answers that a text may be asking for, and what speaks for each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import log

from bot.brain.nlu.evidence import (
    FACETS,
    OUT_OF_SCOPE,
    TERM,
    TOPIC,
    UNLIKELY,
    Evidence,
    Kind,
    kind_of,
    pooled_votes,
)
from bot.knowledge.focus import Found, in_focus, is_cited
from bot.knowledge.load import Glossary, SharedForms
from bot.knowledge.match import Match

_TERMS = 10
_TOPICS = 8
_TALKS = 3
# Added to shares before their logarithm, so that no vote is not endless evidence.
_FEW_VOTES = 0.01
# How a named term stands in the text, strongest first.
_STANDINGS = ("in_focus", "cited", "fuzzy", "aside", "everyday")


@dataclass(frozen=True)
class Candidate:
    """`name`: an entry's id, or an intent; `signals`: what speaks for it, by name."""

    kind: Kind
    name: str
    signals: Mapping[str, float] = field(compare=False)


class CandidateFinder:
    """Knows the glossary whose entries are candidates."""

    def __init__(self, glossary: Glossary) -> None:
        self._shared = glossary.shared
        self._groups = topic_groups(glossary)
        self._answers = {topic.id: topic.answers for topic in glossary.topics()}

    def find(self, text: str, matches: Sequence[Match], evidence: Evidence) -> list[Candidate]:
        """Every candidate worth weighing."""
        standings = _standings(text, matches, self._shared)
        return [
            *self._terms(standings, evidence, len(text.split())),
            *self._topics(standings, evidence),
            *_follow_ups(standings, evidence, len(text.split())),
            *_talks(evidence),
            Candidate("refusal", OUT_OF_SCOPE, {
                "refusal": 1.0,
                "refusal_kind": evidence.kinds["refusal"],
                "refusal_votes": _log(evidence.votes.get(OUT_OF_SCOPE, 0.0)),
                "refusal_target": evidence.targets[OUT_OF_SCOPE],
                "refusal_nothing_named": float(not standings),
            }),
        ]  # fmt: skip

    def group(self, topic: str) -> str:
        """The topic with which `topic` shares its answer (itself when it stands alone)."""
        return self._groups.get(topic, topic)

    def sharing(self, groups: set[str]) -> set[str]:
        """The topics of `groups`."""
        return {topic for topic, group in self._groups.items() if group in groups}

    def _terms(
        self, standings: Mapping[str, str], evidence: Evidence, words: int
    ) -> Iterator[Candidate]:
        likely = sorted(evidence.terms, key=lambda label: -evidence.terms[label])[:_TERMS]
        asked = _log(sum(share for label, share in evidence.votes.items() if label in FACETS))
        for name in dict.fromkeys([label.removeprefix(TERM) for label in likely] + [*standings]):
            standing = standings.get(name, "unnamed")
            if (label := TERM + name) in evidence.terms:
                yield Candidate("term", name, {
                    "term": 1.0,
                    "term_kind": evidence.kinds["term"],
                    "term_described": evidence.terms[label],
                    "term_target": evidence.targets.get(label, UNLIKELY),
                    "term_votes": asked,
                    f"term_{standing}": 1.0,
                    # In few words nothing else can be meant than what they name.
                    f"term_{standing}_words": log(1 + words),
                    "term_background": float(name in self._shared.background),
                })  # fmt: skip

    def _topics(self, standings: Mapping[str, str], evidence: Evidence) -> Iterator[Candidate]:
        votes = pooled_votes(evidence.votes, self._groups)
        nearest: dict[str, tuple[float, str]] = {}
        for label, share in evidence.targets.items():
            if label.startswith(TOPIC):
                topic = label.removeprefix(TOPIC)
                group = self.group(topic)
                nearest[group] = max(nearest.get(group, (-9.0, "")), (share, topic))
        likely = sorted(nearest, key=lambda group: -nearest[group][0] - _log(votes[group]))
        named = any(standing == "in_focus" for standing in standings.values())
        for group in likely[:_TOPICS]:
            share, topic = nearest[group]
            yield Candidate("topic", topic, {
                "topic": 1.0,
                "topic_kind": evidence.kinds["topic"],
                "topic_target": share,
                "topic_votes": _log(votes[group]),
                "topic_beside_a_name": float(named),
                "topic_about_the_name": float(any(a in standings for a in self._answers[topic])),
            })  # fmt: skip


def _follow_ups(
    standings: Mapping[str, str], evidence: Evidence, words: int
) -> Iterator[Candidate]:
    for facet in FACETS & evidence.targets.keys():
        yield Candidate("follow_up", facet, {
            "follow_up": 1.0,
            "follow_up_kind": evidence.kinds["follow_up"],
            "follow_up_words": log(1 + words),
            "follow_up_target": evidence.targets[facet],
            "follow_up_votes": _log(evidence.votes.get(facet, 0.0)),
            "follow_up_nothing_named": float(not standings),
        })  # fmt: skip


def _talks(evidence: Evidence) -> Iterator[Candidate]:
    told = [label for label in evidence.targets if kind_of(label) == "talk"]
    told.sort(key=lambda label: -evidence.targets[label] - _log(evidence.votes.get(label, 0.0)))
    for label in told[:_TALKS]:
        yield Candidate("talk", label, {
            "talk": 1.0,
            "talk_kind": evidence.kinds["talk"],
            "talk_target": evidence.targets[label],
            "talk_votes": _log(evidence.votes.get(label, 0.0)),
        })  # fmt: skip


def _log(share: float) -> float:
    return log(share + _FEW_VOTES)


def _standings(text: str, matches: Sequence[Match], shared: SharedForms) -> dict[str, str]:
    """Entry → how it is named in `text`, at its strongest."""
    found: list[Found] = [vars(match) for match in matches]
    focus = {term["start"] for term in in_focus(found, text, shared)}
    standings: dict[str, str] = {}
    for term in found:
        for sense, entry in enumerate(term["entries"]):
            standing = _standing(term, text, term["start"] in focus and not sense)
            cited = is_cited(term, text) and len(text.split()) > 1
            if entry in shared.background and not cited and standing == "in_focus":
                standing = "aside"
            known = standings.get(entry, _STANDINGS[-1])
            standings[entry] = min(known, standing, key=_STANDINGS.index)
    return standings


def _standing(term: Found, text: str, in_focus: bool) -> str:
    if term["strength"] == "sure":
        return "in_focus" if in_focus else "aside"
    if term["strength"] == "fuzzy":
        return "fuzzy"
    return "cited" if is_cited(term, text) else "everyday"


def topic_groups(glossary: Glossary) -> dict[str, str]:
    """Topic → the topic it shares its answer with (itself when it stands alone)."""
    groups = {topic.id: topic.id for topic in glossary.topics()}
    for topic in glossary.topics():
        for other in topic.answers:
            if other in groups:
                groups[topic.id] = other
    return groups
