"""`train`."""

import contextlib
import datetime
import io
import sys

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bot.brain.open import load_rasa_quietly
from bot.brain.train import TrainingError, is_fresh, train
from bot.knowledge.files import GlossaryError
from bot.knowledge.lint import errors, lint
from bot.settings import GLOSSARY, Settings

_TASK = "Training the model on the glossary (a few minutes the first time)…"


def train_model(settings: Settings, if_needed: bool) -> None:
    """Train, saying what happens; the glossary must be sound first.

    Raises:
        GlossaryError, TrainingError, OSError: as one clear line for the person.
    """
    if if_needed and is_fresh(settings.models):
        click.echo("The model is up to date.")
        return
    if problems := errors(lint(GLOSSARY, datetime.date.today())):
        raise GlossaryError(problems)
    load_rasa_quietly()
    noise = io.StringIO()
    console = Console(file=sys.__stderr__)
    progress = Progress(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(),
                        console=console)  # fmt: skip
    try:
        with progress, contextlib.redirect_stdout(noise), contextlib.redirect_stderr(noise):
            progress.add_task(_TASK, total=None)
            path = train(settings.models)
    except TrainingError:
        click.echo(noise.getvalue()[-4000:], err=True)
        raise
    click.echo(f"Trained: {path}")
