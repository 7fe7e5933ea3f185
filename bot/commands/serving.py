"""`run`, `web` and `brain`: the processes that stay."""

import errno
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import click
import uvicorn
from starlette.types import ASGIApp

from bot.brain.interface import Brain
from bot.brain.open import local_brain
from bot.brain.remote import RemoteBrain
from bot.brain.server import brain_app
from bot.brain.workers import started_workers
from bot.privacy.keys import derived, secret_key
from bot.replies.knowledge import Knowledge, open_knowledge
from bot.settings import Settings
from bot.web.app import web_app
from bot.web.guard import LOOPBACK

BRAIN_CALLS = "brain calls"


async def serve_doors(settings: Settings) -> None:
    """The web door, over the brain that the settings ask for."""
    knowledge = open_knowledge()
    key = secret_key(settings.secret_key, settings.data_dir)
    listening = listen(settings.host, settings.port)
    async with chosen_brain(settings, knowledge, key) as brain:
        wordings = {name: compose.say for name, compose in knowledge.composers.items()}
        hosts = LOOPBACK if settings.host in LOOPBACK else frozenset[str]()
        app = web_app(brain, wordings, key, hosts)
        port = listening.getsockname()[1]
        click.echo(
            f"Cuicui is ready: open http://{_shown(settings.host)}:{port}/chat (Ctrl-C stops it)"
        )
        await serve(app, listening)


async def serve_brain(settings: Settings, port: int) -> None:
    """One brain over HTTP, on loopback unless BOT_HOST says otherwise."""
    knowledge = open_knowledge()
    key = secret_key(settings.secret_key, settings.data_dir)
    listening = listen(settings.host, port)
    async with local_brain(settings, knowledge) as brain:
        click.echo(f"brain ready on http://{settings.host}:{listening.getsockname()[1]}")
        await serve(brain_app(brain, derived(key, BRAIN_CALLS)), listening)


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


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, taken before anything slow begins.

    Raises:
        OSError: the port is taken or the host is not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns the delay of small packets off only on sockets that say they are TCP.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise OSError(errno.EADDRINUSE, f"port {port} is taken") from error
        raise
    return listening


async def serve(app: ASGIApp, listening: socket.socket) -> None:
    """Serve until the process is told to stop."""
    # Rasa pins an old websockets: uvicorn must not import it.
    config = uvicorn.Config(app, ws="none", lifespan="off", access_log=False, log_level="warning")
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    await uvicorn.Server(config).serve(sockets=[listening])


def _shown(host: str) -> str:
    return "localhost" if host in LOOPBACK else host
