"""Who says what: a plan of an evening, the same for the same seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

PRIVATE_QUESTIONS = (
    "c'est quoi un RT ?", "un hashtag c'est quoi", "ça veut dire quoi DM", "c koi le ratio ?",
    "what is a thread?", "what does FF mean?", "comment avoir des abonnés ?", "et un exemple ?",
    "combien de tweets par jour ?", "thx RT, je te #FF demain ! see U soon IRL ;-))",
)  # fmt: skip
TYPED = ("r", "rt", "hash", "hashtga", "dm", "ratio", "what is a thr")
LOOK_UPS = ("/define rt", "/define hashtag", "/define dm", "/rt", "/define thread")
MENTION = "@cuicui_test_bot "


@dataclass(frozen=True)
class Act:
    """One thing that a person does, `at` seconds after the beginning."""

    at: float
    person: int
    kind: str  # question, look_up, inline, group, edit, flood, back
    text: str = ""


def acts(people: int, seconds: float, rate: float, seed: int = 7) -> Iterator[Act]:
    """`rate` acts a second, by people taken at random; nobody writes twice within 3 seconds."""
    drawn, last = random.Random(seed), dict.fromkeys(range(people), -9.0)  # noqa: S311 - a script
    for number in range(int(seconds * rate)):
        at = number / rate
        free = [person for person, then in last.items() if at - then > 3.0]
        if not free:
            continue
        person = drawn.choice(free)
        last[person] = at
        yield _act(at, person, drawn)


def _act(at: float, person: int, drawn: random.Random) -> Act:
    kinds = {"question": 50, "look_up": 30, "inline": 10, "group": 5, "edit": 5}
    (kind,) = drawn.choices(list(kinds), list(kinds.values()))
    if kind == "inline":
        return Act(at, person, kind, drawn.choice(TYPED))
    if kind == "look_up":
        return Act(at, person, kind, drawn.choice(LOOK_UPS))
    question = drawn.choice(PRIVATE_QUESTIONS[:-1])
    return Act(at, person, kind, MENTION + question if kind == "group" else question)
