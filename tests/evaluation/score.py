"""Scores answers against what was expected."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.evaluation.lines import Line

REFUSED = "out_of_scope"
UNSURE = "clarify"


@dataclass(frozen=True)
class Scored:
    """A line, its answer (an object of `ask --json`), and whether it is right.

    `first`: the first thing answered is right. `offered`: right, or among what was offered.
    `misled`: something wrong was answered as if it were sure.
    """

    line: Line
    answer: Mapping[str, Any]
    first: bool
    offered: bool
    misled: bool


def score(line: Line, answer: Mapping[str, Any]) -> Scored:
    """Score one answer."""
    entries, intent = list(answer["entries"]), answer["intent"]
    if line.kind in ("out_of_scope", "dialogue"):
        first = intent == line.expected[0]
        offered = first
    elif line.pair:
        first = line.pair <= set(entries) or _question_of(line, entries)
        offered = bool(line.pair & set(entries))
    else:
        shown = entries[:1] if intent == UNSURE else entries
        first = bool(set(line.expected) & set(shown))
        offered = bool(set(line.expected) & set(entries))
    misled = not first and intent not in (UNSURE, REFUSED)
    return Scored(line, answer, first, offered, misled)


def _question_of(line: Line, entries: Sequence[str]) -> bool:
    return line.pair == {"rt", "like"} and "question-difference-rt-like" in entries


Test = Callable[[Scored], bool]


def share(scored: Iterable[Scored], which: Test, among: Test = lambda _: True) -> float:
    """The percentage of `which` among the lines `among`; 100 when there is none."""
    chosen = [each for each in scored if among(each)]
    return 100.0 * sum(map(which, chosen)) / len(chosen) if chosen else 100.0


def of(kind: str, noise: str = "", language: str = "") -> Test:
    """Whether a line is of a kind, and of a noise and a language when they are named."""
    return lambda each: (
        each.line.kind == kind
        and noise in ("", each.line.noise)
        and language in ("", each.line.language)
    )


def confusions(scored: Iterable[Scored]) -> Counter[tuple[str, str]]:
    """Expected and answered, for what went wrong; never the lines themselves."""
    return Counter(
        ("|".join(each.line.expected), _answered(each.answer)) for each in scored if not each.first
    )


def _answered(answer: Mapping[str, Any]) -> str:
    first = next(iter(answer["entries"]), "")
    return f"{answer['intent']} {first}".strip()
