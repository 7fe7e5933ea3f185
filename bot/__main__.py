"""The command line: `python -m bot --help`."""

import asyncio
import datetime
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, NoReturn

import click

from bot.settings import GLOSSARY, SettingError, Settings, quieten_libraries, read_settings


def main() -> None:
    """Run a command; an error that can be foreseen is one line, without a traceback."""
    quieten_libraries()
    try:
        commands.main(prog_name="python -m bot")
    except SettingError as error:
        _give_up(str(error))


def _give_up(reason: str) -> NoReturn:
    click.echo(f"cuicui: {reason}", err=True)
    sys.exit(1)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def commands(context: click.Context) -> None:
    """Cuicui explains the jargon and the manners of Twitter/X, in French and English."""
    context.obj = read_settings()


@commands.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--conversation", is_flag=True, help="All questions come from one person.")
@click.argument("question", nargs=-1)
@click.pass_obj
def ask(settings: Settings, as_json: bool, conversation: bool, question: tuple[str, ...]) -> None:
    """Ask the trained model; without QUESTION, one question a line from standard input."""
    from bot.commands.talk import ask_all

    _run(ask_all(settings, question, sys.stdin, as_json, conversation))


@commands.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.argument("tweet", nargs=-1)
def decode(as_json: bool, tweet: tuple[str, ...]) -> None:
    """Explain a pasted TWEET word by word; without TWEET, one a line from standard input."""
    from bot.commands.talk import decode_all

    _guarded(lambda: decode_all(tweet, sys.stdin, as_json))


@commands.command()
@click.pass_obj
def chat(settings: Settings) -> None:
    """Chat in this terminal; Ctrl-D ends it."""
    from bot.commands.talk import chat_here

    _run(chat_here(settings))


@commands.command()
@click.option("--report", is_flag=True, help="A table of each entry's figures instead.")
@click.option("--links", is_flag=True, help="Try every address of the sources instead (network).")
@click.argument("folder", type=click.Path(path_type=Path), default=GLOSSARY)
def lint(folder: Path, report: bool, links: bool) -> None:
    """Check the glossary: shape, lengths, ease of reading, references, forms, sources."""
    from bot.commands.checking import check_glossary, report_glossary
    from bot.commands.links import check_links

    if links:
        _guarded(lambda: check_links(folder))
    elif report:
        _guarded(lambda: report_glossary(folder))
    else:
        _guarded(lambda: check_glossary(folder, datetime.date.today()))


@commands.command()
@click.option("--if-needed", is_flag=True, help="Do nothing when the model is up to date.")
@click.pass_obj
def train(settings: Settings, if_needed: bool) -> None:
    """Train the model on the glossary and nlu_data/."""
    from bot.commands.training import train_model

    _guarded(lambda: train_model(settings, if_needed))


@commands.command()
@click.pass_obj
def run(settings: Settings) -> None:
    """Start every door that has its settings, and the brain."""
    from bot.commands.serving import serve_doors

    _run(serve_doors(settings))


@commands.command()
@click.pass_obj
def web(settings: Settings) -> None:
    """Start the web door alone."""
    from bot.commands.serving import serve_web

    _run(serve_web(settings))


@commands.command()
@click.pass_obj
def telegram(settings: Settings) -> None:
    """Start the Telegram door alone (TELEGRAM_TOKEN)."""
    from bot.commands.serving import serve_telegram

    _run(serve_telegram(settings))


@commands.group(invoke_without_command=True)
@click.option("--cost", is_flag=True, help="Say what each day has cost, and end.")
@click.pass_context
def x(context: click.Context, cost: bool) -> None:
    """Start the X door alone (X_ACCESS_TOKEN)."""
    if context.invoked_subcommand is not None:
        return
    if cost:
        from bot.commands.x_account import tell_cost

        _run(tell_cost(context.obj))
        return
    from bot.commands.serving import serve_x

    _run(serve_x(context.obj))


@x.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8083, show_default=True)
@click.option("--paste", is_flag=True, help="The browser is on another machine.")
@click.pass_obj
def login(settings: Settings, port: int, paste: bool) -> None:
    """Get tokens for the account that answers, and keep them."""
    from bot.commands.x_account import log_in

    _run(log_in(settings, port, paste))


@commands.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8100, show_default=True)
@click.pass_obj
def brain(settings: Settings, port: int) -> None:
    """Serve one brain over HTTP to doors in other processes (BRAIN_URLS)."""
    from bot.commands.serving import serve_brain

    _run(serve_brain(settings, port))


@commands.command()
@click.option("--days", type=click.IntRange(0, 3650), default=30, show_default=True)
@click.pass_obj
def purge(settings: Settings, days: int) -> None:
    """Erase conversations untouched for DAYS days, and what doors have kept for its time."""
    from bot.commands.retention import purge_all

    _guarded(lambda: purge_all(settings, days))


@commands.command()
@click.pass_obj
def misses(settings: Settings) -> None:
    """List the questions that people let us keep because the answer was not right."""
    from bot.commands.retention import list_misses

    _run(list_misses(settings))


@commands.group()
def kit() -> None:
    """Write what can be handed out."""


@kit.command()
@click.argument("folder", type=click.Path(path_type=Path))
def site(folder: Path) -> None:
    """Write the glossary into FOLDER as a site to open in a browser or to put online."""
    from bot.commands.handing_out import write_site

    _guarded(lambda: write_site(folder))


def _run(work: Coroutine[Any, Any, None]) -> None:
    _guarded(lambda: asyncio.run(work))


def _guarded(work: Any) -> None:
    from bot.commands.failures import FORESEEN, explain

    try:
        work()
    except KeyboardInterrupt:
        click.echo()
    except BrokenPipeError:
        sys.stderr.close()
    except FORESEEN as error:
        _give_up(explain(error))


if __name__ == "__main__":
    main()
