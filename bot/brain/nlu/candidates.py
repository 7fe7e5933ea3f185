"""The answers that a text may be asking for, and what speaks for each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf, log
from typing import Optional

import numpy as np

from bot.brain.nlu.evidence import (
    FACETS,
    OUT_OF_SCOPE,
    TERM,
    TOPIC,
    Evidence,
    Kind,
    kind_of,
    pooled_votes,
)
from bot.knowledge.focus import Found, in_focus, is_cited
from bot.knowledge.load import Glossary, SharedForms
from bot.knowledge.match import Match

_TERMS = 12
_TOPICS = 10
_TALKS = 4
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
        terms = {term.id for term in glossary.terms()}
        # A question with a term for its only answer is that term asked for.
        self.same_as = {
            topic: answers[0]
            for topic, answers in self._answers.items()
            if len(answers) == 1 and answers[0] in terms
        }

    def find(self, text: str, matches: Sequence[Match], evidence: Evidence) -> list[Candidate]:
        """Every candidate worth weighing."""
        standings = _standings(text, matches, self._shared)
        words = len(text.split())
        evidence = self._without_doubles(evidence)
        return [
            *self._terms(standings, evidence, words),
            *self._topics(standings, evidence),
            *_follow_ups(standings, evidence, words),
            *_talks(evidence),
            Candidate("refusal", OUT_OF_SCOPE, {
                **_signals("refusal", evidence, OUT_OF_SCOPE),
                "refusal_nothing_named": float(not standings),
            }),
        ]  # fmt: skip

    def _without_doubles(self, evidence: Evidence) -> Evidence:
        targets, votes = dict(evidence.targets), dict(evidence.votes)
        for topic, term in self.same_as.items():
            asked, meant = TOPIC + topic, TERM + term
            if asked in targets and meant in targets:
                targets[meant] = float(np.logaddexp(targets[meant], targets.pop(asked)))
                votes[meant] = votes.get(meant, 0.0) + votes.pop(asked, 0.0)
        return replace(evidence, targets=targets, votes=votes)

    def group(self, topic: str) -> str:
        """The topic with which `topic` shares its answer (itself when it stands alone)."""
        return self._groups.get(topic, topic)

    def sharing(self, groups: set[str]) -> set[str]:
        """The topics of `groups`."""
        return {topic for topic, group in self._groups.items() if group in groups}

    def _terms(
        self, standings: Mapping[str, str], evidence: Evidence, words: int
    ) -> Iterator[Candidate]:
        likely = _likeliest(evidence, "term", _TERMS)
        asked = _log(sum(share for label, share in evidence.votes.items() if _asks_a_term(label)))
        for name in dict.fromkeys([label.removeprefix(TERM) for label in likely] + [*standings]):
            standing = standings.get(name, "unnamed")
            if (label := TERM + name) in evidence.targets:
                yield Candidate("term", name, {
                    **_signals("term", evidence, label),
                    "term_votes": asked,
                    "term_form": evidence.named.get(name, 0.0),
                    f"term_{standing}": 1.0,
                    # In few words nothing else can be meant than what they name.
                    f"term_{standing}_words": log(1 + words),
                    "term_background": float(name in self._shared.background),
                })  # fmt: skip

    def _topics(self, standings: Mapping[str, str], evidence: Evidence) -> Iterator[Candidate]:
        votes = pooled_votes(evidence.votes, self._groups)
        shares: dict[str, float] = {}
        best: dict[str, str] = {}
        for label in _likeliest(evidence, "topic"):
            topic = label.removeprefix(TOPIC)
            group = self.group(topic)
            best.setdefault(group, topic)
            shares[group] = float(np.logaddexp(shares.get(group, -inf), evidence.targets[label]))
        named = any(standing == "in_focus" for standing in standings.values())
        for group in sorted(shares, key=lambda group: -shares[group])[:_TOPICS]:
            yield Candidate("topic", best[group], {
                **_signals("topic", evidence, TOPIC + best[group]),
                "topic_share": shares[group],
                "topic_own_votes": _log(votes[group]),
                "topic_beside_a_name": float(named),
                "topic_about_the_name": float(
                    any(answer in standings for answer in self._answers[best[group]])
                ),
            })  # fmt: skip


def _follow_ups(
    standings: Mapping[str, str], evidence: Evidence, words: int
) -> Iterator[Candidate]:
    for facet in FACETS & evidence.targets.keys():
        yield Candidate("follow_up", facet, {
            **_signals("follow_up", evidence, facet),
            "follow_up_words": log(1 + words),
            "follow_up_nothing_named": float(not standings),
        })  # fmt: skip


def _talks(evidence: Evidence) -> Iterator[Candidate]:
    for label in _likeliest(evidence, "talk", _TALKS):
        yield Candidate("talk", label, _signals("talk", evidence, label))


def _likeliest(evidence: Evidence, kind: Kind, most: Optional[int] = None) -> list[str]:
    labels = [label for label in evidence.targets if kind_of(label) == kind]
    return sorted(labels, key=lambda label: -evidence.targets[label])[:most]


def _signals(kind: Kind, evidence: Evidence, label: str) -> dict[str, float]:
    """What speaks for a candidate of any kind."""
    return {
        kind: 1.0,
        f"{kind}_kind": evidence.kinds[kind],
        f"{kind}_share": evidence.targets[label],
        f"{kind}_own_votes": _log(evidence.votes.get(label, 0.0)),
    }


def _asks_a_term(label: str) -> bool:
    return label in FACETS or label.startswith(TERM)


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
