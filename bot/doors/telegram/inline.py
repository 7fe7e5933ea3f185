"""`@bot rt` in any chat: entries while one types, from the knowledge alone.

A query lives a few seconds and is of no use later: it is answered at once and not kept.
"""

import logging
from typing import Any

from telegram import InlineQuery, InlineQueryResultArticle, InlineQueryResultsButton
from telegram.error import TelegramError

from bot.doors.telegram.channel import article, bodies
from bot.doors.telegram.desk import Desk
from bot.doors.telegram.markup import shortened
from bot.doors.telegram.talk import Talk
from bot.doors.telegram.visit import app_language
from bot.knowledge.model import Language, Term

PAGE = 20
MOST = 60
CACHE_SECONDS = 300
LONGEST_DESCRIPTION = 120

_log = logging.getLogger(__name__)


async def answer(desk: Desk, talk: Talk, raw: dict[str, Any]) -> None:
    """Answer an inline query; one that can no longer be answered is let go."""
    try:
        query = InlineQuery.de_json(raw, desk.api)
        profile = await desk.people.profile(desk.names.person(query.from_user.id))
        language = profile.language or app_language(query.from_user)
        await _answer(desk, talk, query, language)
    except TelegramError as error:
        _log.warning("an inline query was not answered: %s", type(error).__name__)


async def _answer(desk: Desk, talk: Talk, query: InlineQuery, language: Language) -> None:
    start = int(query.offset) if query.offset.isascii() and query.offset.isdigit() else 0
    found = desk.lookup.suggest(query.query, MOST) or _first_words(desk, query.query, language)
    shown = found[start : start + PAGE]
    say = desk.words[language]
    key = "inline.guide" if found else "inline.ask_me"
    await desk.api.answer_inline_query(
        query.id,
        [_result(desk, talk, name, language) for name in shown],
        cache_time=CACHE_SECONDS,
        is_personal=True,
        next_offset=str(start + PAGE) if start + PAGE < len(found) else "",
        button=None if query.query and found else InlineQueryResultsButton(say(key), None, "ask"),
    )


def _first_words(desk: Desk, typed: str, language: Language) -> list[str]:
    """Before anything is typed, the mode shows itself."""
    if typed.strip():
        return []
    compose = desk.knowledge.composers[language]
    names = (*compose.say.list("suggestions"), *compose.say.list("quiz_words"))
    return [name for name in names if isinstance(compose.glossary[name], Term)]


def _result(desk: Desk, talk: Talk, name: str, language: Language) -> InlineQueryResultArticle:
    compose = desk.knowledge.composers[language]
    entry = compose.glossary[name]
    gloss = entry.wording(language).gloss if isinstance(entry, Term) else None
    short = gloss or entry.wording(language).short
    (body, *_rest) = bodies((talk.page(compose.answer([name], "meaning", "inline")),))
    description = shortened(" ".join(short.split()), LONGEST_DESCRIPTION)
    return article(name, entry.name(language), body, description)
