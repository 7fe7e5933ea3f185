"""`x login` and `x --cost`."""

import asyncio
import sys
import time
from datetime import datetime, timezone
from decimal import Decimal
from typing import Optional

import click
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.commands.sockets import listen, serve
from bot.doors.together import first_of
from bot.doors.x.inbound import Names
from bot.doors.x.login import Question, code_in, exchange, question
from bot.doors.x.meter import DAY, Meter
from bot.gateway.tables import open_store
from bot.privacy.keys import secret_key
from bot.settings import SettingError, Settings

CALLBACK = "/callback"
PATIENCE = 600.0


async def log_in(settings: Settings, port: int, paste: bool) -> None:
    """Walk a person through it.

    Raises:
        SettingError: no tokens came of it.
    """
    asked = question(settings, f"http://127.0.0.1:{port}{CALLBACK}")
    click.echo(f"1. In console.x.com, the app's callback address must be {asked.redirect}")
    click.echo("2. In a browser where the robot's account is logged in, open this and agree:")
    click.echo(f"\n{asked.url}\n")
    code = _pasted(asked) if paste else await _brought(asked, port)
    if code is None:
        raise SettingError("that was no answer to this question: start again")
    await exchange(settings, secret_key(settings.secret_key, settings.data_dir), asked, code,
                   time.time)  # fmt: skip
    click.echo("Done: the tokens are kept, sealed. `python -m bot x` opens the door.")


def _pasted(asked: Question) -> Optional[str]:
    click.echo("3. The browser then fails to open a page. Paste its address here, at once:")
    return code_in(sys.stdin.readline(), asked)


async def _brought(asked: Question, port: int) -> Optional[str]:
    """The code that the browser brings to this machine."""
    click.echo("3. Come back here: the rest goes by itself. (Browser elsewhere? Use --paste.)")
    codes: asyncio.Queue[str] = asyncio.Queue()

    async def receive(request: Request) -> Response:
        code = code_in(str(request.url), asked)
        if code is None:
            return PlainTextResponse("This answers another question. Start again.", 400)
        codes.put_nowait(code)
        return PlainTextResponse("Thank you. You can close this page.")

    stop, found = asyncio.Event(), []

    async def wait() -> None:
        found.append(await asyncio.wait_for(codes.get(), PATIENCE))
        await asyncio.sleep(0.2)  # the page has to reach the browser

    app = Starlette(routes=[Route(CALLBACK, receive)])
    try:
        await first_of(serve(app, listen("127.0.0.1", port), stop), wait())
    except asyncio.TimeoutError:
        return None
    return found[0] if found else None


async def cost_of(settings: Settings) -> list[tuple[int, str, int, int]]:
    """For each UTC day since 1970 and item: how many, and thousandths of a dollar."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    key = secret_key(settings.secret_key, settings.data_dir)
    store = await open_store(settings.database)
    try:
        return await Meter(store, Names(key), time.time).days()
    finally:
        store.close()


async def tell_cost(settings: Settings) -> None:
    """What each day has cost, by what was paid for, as far as this machine counted it."""
    rows = await cost_of(settings)
    for day, item, count, amount in rows:
        date = datetime.fromtimestamp(day * DAY, timezone.utc).date()
        click.echo(f"{date}\t{item}\t{count}\t{_dollars(amount)}")
    click.echo(f"total\t\t\t{_dollars(sum(amount for *_, amount in rows))}")


def _dollars(thousandths: int) -> str:
    return f"${Decimal(thousandths) / 1000:.3f}"
