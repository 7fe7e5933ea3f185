"""Quizzes: a word of the glossary, four meanings, one of them right."""

from typing import TypeVar

from bot.doors.telegram.buttons import button, rows
from bot.doors.telegram.channel import deliver
from bot.doors.telegram.desk import Desk
from bot.doors.telegram.markup import shortened
from bot.doors.telegram.visit import Visit
from bot.gateway.model import Answer, Chance
from bot.knowledge.model import Language, Term
from bot.replies.payload import ask

T = TypeVar("T")

OPTIONS = 4
LONGEST_OPTION = 100
LONGEST_EXPLANATION = 200


def ask_one(desk: Desk, visit: Visit) -> Answer:
    """A native quiz."""
    terms = [term for term in desk.knowledge.glossary.terms() if is_askable(term, visit.language)]
    term = _drawn(terms, desk.chance)
    options = _options(term, terms, visit.language, desk.chance)
    say = desk.say(visit)
    text = term.wording(visit.language)
    buttons = [
        button(say("quiz.again"), visit.language, "quiz"),
        button(say("quiz.open"), visit.language, ask(term.id, "meaning")),
    ]
    body = {
        "op": "poll",
        "question": say("quiz.question", name=term.name(visit.language)),
        "options": options,
        "right": options.index(_meaning(term, visit.language)),
        "explanation": shortened(" ".join(text.short.split()), LONGEST_EXPLANATION),
        "rows": rows(buttons),
    }
    return Answer((deliver(visit, body),))


def is_askable(term: Term, language: Language) -> bool:
    """Whether a term has a short meaning that does not hold its own name."""
    gloss = term.wording(language).gloss
    names = (name.lower() for name in term.spellings(language).all())
    return bool(gloss) and not any(name in str(gloss).lower() for name in names)


def _options(term: Term, terms: list[Term], language: Language, chance: Chance) -> list[str]:
    right = _meaning(term, language)
    wrong = _others([each for each in terms if each.category == term.category], right, language)
    if len(wrong) < OPTIONS - 1:
        wrong += _others(terms, right, language)
    chosen = [right]
    while len(chosen) < OPTIONS:
        option = _drawn([each for each in wrong if each not in chosen], chance)
        chosen.insert(int(chance() * (len(chosen) + 1)), option)
    return chosen


def _others(terms: list[Term], right: str, language: Language) -> list[str]:
    return [m for m in dict.fromkeys(_meaning(each, language) for each in terms) if m != right]


def _meaning(term: Term, language: Language) -> str:
    return shortened(str(term.wording(language).gloss), LONGEST_OPTION)


def _drawn(things: list[T], chance: Chance) -> T:
    return things[min(int(chance() * len(things)), len(things) - 1)]
