"""Quizzes: a word of the glossary, four meanings, one of them right."""

from string import ascii_uppercase
from typing import Any, TypeVar

from bot.doors.telegram.buttons import Row, button, rows
from bot.doors.telegram.channel import bodies, deliver
from bot.doors.telegram.desk import Desk
from bot.doors.telegram.markup import Span, joined, shortened
from bot.doors.telegram.render import page, sentence
from bot.doors.telegram.visit import Visit
from bot.gateway.model import Answer, Chance
from bot.knowledge.model import Entry, Language, Term
from bot.replies.payload import ask

T = TypeVar("T")

OPTIONS = 4
LONGEST_OPTION = 100
LONGEST_EXPLANATION = LONGEST_ALERT = 200
GUESS, RIGHT, WRONG = "guess", "right", "wrong"


def ask_one(desk: Desk, visit: Visit) -> Answer:
    """A native quiz; its question as a text with buttons where polls are not allowed."""
    terms = [term for term in desk.knowledge.glossary.terms() if is_askable(term, visit.language)]
    term = _drawn(terms, desk.chance)
    options = _options(term, terms, visit.language, desk.chance)
    say = desk.say(visit)
    question = say("quiz.question", name=term.name(visit.language))
    right = options.index(_meaning(term, visit.language))
    under = rows([
        button(say("quiz.again"), visit.language, "quiz"),
        button(say("quiz.open"), visit.language, ask(term.id, "meaning")),
    ])  # fmt: skip
    body = {
        "op": "poll",
        "question": question,
        "options": options,
        "right": right,
        "explanation": _why(term, visit.language, LONGEST_EXPLANATION),
        "rows": under,
        "instead": _in_text(question, options, _guesses(term, right, visit.language) + under),
    }
    return Answer((deliver(visit, body),))


def judged(desk: Desk, language: Language, guess: str) -> str:
    """What to say to a guess, "right:rt" or "wrong:rt"; "" when it is none."""
    verdict, _, name = guess.partition(":")
    if verdict not in (RIGHT, WRONG) or name not in desk.knowledge.glossary:
        return ""
    term, say = desk.knowledge.glossary[name], desk.words[language]
    room = LONGEST_ALERT - len(say(f"quiz.{verdict}", why=""))
    return say(f"quiz.{verdict}", why=_why(term, language, room))


def _in_text(question: str, options: list[str], under: list[Row]) -> dict[str, Any]:
    listed = "\n".join(map("{}. {}".format, ascii_uppercase, options))
    (body,) = bodies((page(joined([(Span(question, "b"),), sentence(listed)]), under),))
    return body


def _guesses(term: Term, right: int, language: Language) -> list[Row]:
    verdicts = (RIGHT if number == right else WRONG for number in range(OPTIONS))
    return rows([
        button(letter, language, f"{GUESS}:{verdict}:{term.id}")
        for letter, verdict in zip(ascii_uppercase, verdicts, strict=False)
    ])  # fmt: skip


def _why(term: Entry, language: Language, room: int) -> str:
    return shortened(" ".join(term.wording(language).short.split()), room)


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
