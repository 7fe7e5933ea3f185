"""`make evaluate`: a readable report in `results/evaluation.md`; fails below the floors."""

import asyncio
import datetime
import platform
import sys
from pathlib import Path

from bot.brain.open import MEMORY, local_brain
from bot.doors.questions import ask, new_person
from bot.replies.knowledge import open_knowledge
from bot.settings import read_settings
from tests.evaluation.lines import lines
from tests.evaluation.score import Scored, confusions, of, score, share

REPORT = Path("results/evaluation.md")
SHOWN_CONFUSIONS = 40


def right(each: Scored) -> bool:
    return each.first


def offered(each: Scored) -> bool:
    return each.offered


def misled(each: Scored) -> bool:
    return each.misled


def in_scope(each: Scored) -> bool:
    return each.line.kind in ("term", "topic")


async def measure() -> list[Scored]:
    """Ask every line, each as a new person."""
    knowledge = open_knowledge()
    async with local_brain(read_settings(), knowledge, MEMORY) as brain:
        return [
            score(line, await ask(brain, knowledge, line.text, new_person())) for line in lines()
        ]


def figures(scored: list[Scored]) -> list[tuple[str, float, float]]:
    """Name, measured percentage, and the floor (or ceiling, when the name says "at most")."""
    clean = share(scored, right, lambda e: in_scope(e) and e.line.noise == "clean")
    noisy = share(scored, right, lambda e: in_scope(e) and e.line.noise == "noisy")
    refused_wrongly = share(scored, lambda e: e.answer["intent"] == "out_of_scope", in_scope)
    return [
        ("terms, right first answer", share(scored, right, of("term")), 95),
        ("advice, right first answer", share(scored, right, of("topic")), 88),
        ("advice, right or rightly offered", share(scored, offered, of("topic")), 97),
        ("out of scope, refused", share(scored, right, of("out_of_scope")), 93),
        ("small talk, right intent", share(scored, right, of("dialogue")), 90),
        ("answered in the language of the line", share(scored, _same_language), 97),
        ("confidently wrong, at most", share(scored, misled), 3),
        ("real questions refused, at most", refused_wrongly, 3),
        ("noisy below clean by points, at most", clean - noisy, 10),
    ]


def _same_language(each: Scored) -> bool:
    return bool(each.answer["language"] == each.line.language)


def _holds(name: str, measured: float, bound: float) -> bool:
    return measured <= bound if "at most" in name else measured >= bound


def table(scored: list[Scored]) -> list[str]:
    """Right first answers by kind, language and noise."""
    rows = ["| kind | language | noise | lines | right first | right or offered | misled |"]
    rows.append("|---|---|---|---|---|---|---|")
    for kind in ("term", "topic", "out_of_scope", "dialogue"):
        for language in ("fr", "en"):
            for noise in ("clean", "noisy"):
                those = of(kind, noise, language)
                count = sum(map(those, scored))
                values = (share(scored, test, those) for test in (right, offered, misled))
                cells = " | ".join(f"{value:.1f}" for value in values)
                rows.append(f"| {kind} | {language} | {noise} | {count} | {cells} |")
    return rows


def report(scored: list[Scored]) -> str:
    today = datetime.date.today().isoformat()
    parts = [f"# Understanding, {today}, {len(scored)} lines, {platform.machine()}", ""]
    parts += ["| figure | measured | bound | |", "|---|---|---|---|"]
    for name, measured, bound in figures(scored):
        verdict = "ok" if _holds(name, measured, bound) else "**below**"
        parts.append(f"| {name} | {measured:.1f} | {bound} | {verdict} |")
    parts += ["", *table(scored), "", "## Confusions", "", "| expected | answered | times |"]
    parts.append("|---|---|---|")
    for (expected, answered), times in confusions(scored).most_common(SHOWN_CONFUSIONS):
        parts.append(f"| {expected} | {answered} | {times} |")
    return "\n".join(parts) + "\n"


def main() -> None:
    scored = asyncio.run(measure())
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(report(scored), encoding="utf-8")
    print(report(scored))
    below = [name for name, value, bound in figures(scored) if not _holds(name, value, bound)]
    if below:
        sys.exit(f"below the floor: {'; '.join(below)}")


if __name__ == "__main__":
    main()
