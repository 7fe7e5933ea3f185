"""A chat in the terminal."""

import locale
from collections.abc import Callable
from typing import Optional

from rich.console import Console
from rich.markup import escape

from bot.brain.interface import Brain, BrainError, Message
from bot.doors.questions import greeting, new_person
from bot.knowledge.model import Language
from bot.replies.knowledge import Knowledge
from bot.replies.model import Choice, Reply
from bot.replies.plain import plain


def terminal_language() -> Language:
    """French unless the terminal is set to English."""
    name = locale.getlocale()[0] or ""
    return "en" if name.lower().startswith("en") else "fr"


async def chat(
    brain: Brain,
    knowledge: Knowledge,
    console: Console,
    read_line: Callable[[], Optional[str]],
    language: Language,
) -> None:
    """Talk until `read_line` gives None; a number picks one of the choices just shown."""
    console.print(escape(greeting(knowledge, language)), style="bold", highlight=False)
    person = new_person()
    choices: tuple[Choice, ...] = ()
    while (line := read_line()) is not None:
        try:
            replies = await brain.reply(_message(person, line, choices, language))
        except BrainError:
            replies = [knowledge.composers[language].small_talk("failure")]
        for reply in replies:
            _show(reply, knowledge, console)
        choices = replies[-1].choices


def _message(person: str, line: str, choices: tuple[Choice, ...], language: Language) -> Message:
    number = int(line) if line.strip().isascii() and line.strip().isdigit() else 0
    if 1 <= number <= len(choices):
        return Message(person, payload=choices[number - 1].payload, language=language)
    return Message(person, line, language=language)


def _show(reply: Reply, knowledge: Knowledge, console: Console) -> None:
    say = knowledge.composers[reply.language].say
    console.print()
    console.print(escape(plain(reply, say)), highlight=False)
