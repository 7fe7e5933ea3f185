"""`ask`, `decode` and `chat`."""

import sys
from collections.abc import Iterable
from typing import Optional

import click
from rich.console import Console

from bot.brain.open import MEMORY, local_brain
from bot.doors.questions import as_line, ask, decode, new_person, questions_in
from bot.doors.terminal import chat, terminal_language
from bot.replies.knowledge import open_knowledge
from bot.settings import Settings


async def ask_all(
    settings: Settings,
    words: tuple[str, ...],
    lines: Iterable[str],
    as_json: bool,
    conversation: bool,
) -> None:
    """Answer each question; nothing is kept afterwards."""
    knowledge = open_knowledge()
    person = new_person()
    async with local_brain(settings, knowledge, MEMORY) as brain:
        for question in questions_in(words, lines):
            asker = person if conversation else new_person()
            click.echo(as_line(await ask(brain, knowledge, question, asker), as_json))


def decode_all(words: tuple[str, ...], lines: Iterable[str], as_json: bool) -> None:
    """Decode each tweet; needs no model."""
    knowledge = open_knowledge()
    for tweet in questions_in(words, lines):
        click.echo(as_line(decode(knowledge, tweet), as_json))


async def chat_here(settings: Settings) -> None:
    """Chat on standard input and output."""
    knowledge = open_knowledge()
    async with local_brain(settings, knowledge, MEMORY) as brain:
        await chat(brain, knowledge, Console(), _read_line, terminal_language())


def _read_line() -> Optional[str]:
    try:
        return input("\n> " if sys.stdin.isatty() else "")
    except EOFError:
        return None
