"""`run`, `web`, `telegram` and `brain`: the processes that stay."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import click
from starlette.applications import Starlette

from bot.brain.interface import Brain
from bot.brain.open import local_brain
from bot.brain.remote import RemoteBrain
from bot.brain.server import brain_app
from bot.brain.workers import started_workers
from bot.commands.sockets import listen, serve, stop_signal
from bot.doors.together import first_of
from bot.privacy.keys import derived, secret_key
from bot.replies.knowledge import Knowledge, open_knowledge
from bot.settings import SettingError, Settings
from bot.web.app import web_app
from bot.web.guard import LOOPBACK

BRAIN_CALLS = "brain calls"


@dataclass(frozen=True)
class _House:
    """What every door stands on."""

    settings: Settings
    knowledge: Knowledge
    key: bytes
    brain: Brain
    stop: asyncio.Event


async def serve_doors(settings: Settings) -> None:
    """Every door that has its settings."""
    listening = listen(settings.host, settings.port)
    async with _opened(settings) as house:
        doors = [_serve_web(house, listening)]
        if settings.telegram_token is None:
            click.echo("The Telegram door stays shut: TELEGRAM_TOKEN is not set.")
        else:
            doors.append(_serve_telegram(house))
        if not settings.x.given:
            click.echo("The X door stays shut: X_ACCESS_TOKEN is not set.")
        else:
            doors.append(_serve_x_if_logged_in(house))
        await first_of(*doors)


async def serve_web(settings: Settings) -> None:
    """The web door alone."""
    listening = listen(settings.host, settings.port)
    async with _opened(settings) as house:
        await _serve_web(house, listening)


async def serve_telegram(settings: Settings) -> None:
    """The Telegram door alone.

    Raises:
        SettingError: there is no token, or Telegram refuses it.
    """
    if settings.telegram_token is None:
        raise SettingError("TELEGRAM_TOKEN is not set: @BotFather on Telegram gives one")
    async with _opened(settings) as house:
        await _serve_telegram(house)


async def serve_x(settings: Settings) -> None:
    """The X door alone.

    Raises:
        SettingError: there is no token, or X refuses it.
    """
    if not settings.x.given:
        raise SettingError(
            "X_ACCESS_TOKEN is not set: docs/x.md tells how to get one, and"
            " `python -m bot x login` walks you through it"
        )
    async with _opened(settings) as house:
        await _serve_x(house)


async def serve_brain(settings: Settings, port: int) -> None:
    """One brain over HTTP, on loopback unless BOT_HOST says otherwise."""
    knowledge = open_knowledge()
    key = secret_key(settings.secret_key, settings.data_dir)
    listening = listen(settings.host, port)
    async with local_brain(settings, knowledge) as brain:
        with stop_signal() as stop:
            click.echo(f"brain ready on http://{settings.host}:{listening.getsockname()[1]}")
            await serve(brain_app(brain, derived(key, BRAIN_CALLS)), listening, stop)


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[_House]:
    knowledge = open_knowledge()
    knowledge.warm_up()
    key = secret_key(settings.secret_key, settings.data_dir)
    async with chosen_brain(settings, knowledge, key) as brain:
        with stop_signal() as stop:
            yield _House(settings, knowledge, key, brain, stop)


async def _serve_web(house: _House, listening: socket.socket) -> None:
    host, port = house.settings.host, listening.getsockname()[1]
    wordings = {name: compose.say for name, compose in house.knowledge.composers.items()}
    hosts = LOOPBACK if host in LOOPBACK else frozenset[str]()
    click.echo(f"Cuicui is ready: open http://{_shown(host)}:{port}/chat (Ctrl-C stops it)")
    app = web_app(house.brain, wordings, house.key, hosts, house.settings.operator)
    await serve(app, listening, house.stop)


async def _serve_telegram(house: _House) -> None:
    from bot.doors.telegram.door import open_door  # half a second that other doors need not wait

    async def serve_webhook(app: Starlette, port: int) -> None:
        await serve(app, listen(house.settings.host, port), house.stop)

    settings, knowledge = house.settings, house.knowledge
    async with open_door(settings, knowledge, house.brain, house.key, click.echo) as door:
        await first_of(door.run(serve_webhook), house.stop.wait())


async def _serve_x_if_logged_in(house: _House) -> None:
    """Beside other doors, which go on without it."""
    from bot.doors.x.tokens import NotLoggedIn

    try:
        await _serve_x(house)
    except NotLoggedIn as error:
        click.echo(f"The X door stays shut: {error}")
        await house.stop.wait()


async def _serve_x(house: _House) -> None:
    from bot.doors.x.door import open_door  # tweepy, which other doors need not load

    async def serve_webhook(app: Starlette, port: int) -> None:
        await serve(app, listen(house.settings.host, port), house.stop)

    async def answer_people() -> None:
        settings, knowledge = house.settings, house.knowledge
        async with open_door(settings, knowledge, house.brain, house.key, click.echo) as door:
            await door.run(serve_webhook)

    await first_of(answer_people(), house.stop.wait())


@asynccontextmanager
async def chosen_brain(
    settings: Settings, knowledge: Knowledge, key: bytes
) -> AsyncIterator[Brain]:
    """The brains at BRAIN_URLS, or BRAIN_WORKERS brains started here, or one in this process."""
    async with AsyncExitStack() as stack:
        urls = settings.brain_urls
        if not urls and settings.brain_workers:
            urls = await stack.enter_async_context(started_workers(settings.brain_workers))
        if not urls:
            yield await stack.enter_async_context(local_brain(settings, knowledge))
            return
        remote = RemoteBrain(urls, derived(key, BRAIN_CALLS))
        stack.push_async_callback(remote.close)
        yield remote


def _shown(host: str) -> str:
    return "localhost" if host in LOOPBACK else host
