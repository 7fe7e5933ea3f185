"""`train`."""

import contextlib
import io
import logging

import click

from bot.brain.open import load_rasa_quietly
from bot.brain.train import TrainingError, is_fresh, train
from bot.knowledge.lint import lint
from bot.knowledge.load import GlossaryError
from bot.settings import GLOSSARY, Settings


def train_model(settings: Settings, if_needed: bool) -> None:
    """Train, saying what happens; the glossary must be sound first.

    Raises:
        GlossaryError, TrainingError, OSError: as one clear line for the person.
    """
    if if_needed and is_fresh(settings.models):
        click.echo("The model is up to date.")
        return
    if problems := lint(GLOSSARY):
        raise GlossaryError(problems)
    click.echo("Training the model on the glossary (about a minute)…")
    load_rasa_quietly()
    noise = io.StringIO()
    try:
        with contextlib.redirect_stdout(noise):
            path = train(settings.models)
    except TrainingError:
        logging.getLogger(__name__).error("%s", noise.getvalue()[-4000:])
        raise
    click.echo(f"Trained: {path}")
