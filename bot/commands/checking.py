"""`lint`."""

from pathlib import Path

import click

from bot.knowledge.lint import lint, summary
from bot.knowledge.load import GlossaryError, read_entries


def check_glossary(folder: Path) -> None:
    """Print one line that counts what is sound.

    Raises:
        GlossaryError: carries every problem, one a line.
    """
    if problems := lint(folder):
        raise GlossaryError(problems)
    click.echo(summary(read_entries(folder)[0]))
