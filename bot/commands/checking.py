"""`lint`."""

import datetime
from pathlib import Path

import click

from bot.knowledge.files import GlossaryError
from bot.knowledge.lint import errors, lint, summary
from bot.knowledge.load import read_entries
from bot.knowledge.report import report


def check_glossary(folder: Path, today: datetime.date) -> None:
    """Print each warning on the error stream, then one line that counts what was checked.

    Raises:
        GlossaryError: carries every error, one a line.
    """
    problems = lint(folder, today)
    refused = errors(problems)
    warnings = [problem for problem in problems if problem.is_warning]
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)
    if refused:
        raise GlossaryError(refused)
    click.echo(f"{summary(read_entries(folder)[0])}; {len(warnings)} warning(s)")


def report_glossary(folder: Path) -> None:
    """Print a table: each entry, its figures, and what is near a bound."""
    for line in report(entry for _, entry in read_entries(folder)[0]):
        click.echo(line)
