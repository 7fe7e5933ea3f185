"""`python -m tests.fakes.x` prints the environment that the bot needs, then takes messages.

Every line typed goes to the bot as from a person on X; its answers are shown. Nothing leaves this
machine, no account is needed.
"""

import argparse
import asyncio
import shlex
import sys
import threading

from tests.fakes.x.desk import HELP, Desk
from tests.fakes.x.server import FakeX


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--limits", action="store_true", help="the real request limits")
    parser.add_argument("--schema", choices=["older", "newer"], default="newer")
    return parser.parse_args()


def _say(text: str) -> None:
    print(text, flush=True)


def _read(loop: asyncio.AbstractEventLoop, lines: "asyncio.Queue[str]") -> None:
    """Runs in a thread of its own, which a terminal that says nothing may block for ever."""
    for line in sys.stdin:
        loop.call_soon_threadsafe(lines.put_nowait, line)


async def _type(desk: Desk) -> None:
    """Until `:quit`; the end of the input alone ends nothing."""
    lines: asyncio.Queue[str] = asyncio.Queue()
    reading = (asyncio.get_running_loop(), lines)
    threading.Thread(target=_read, args=reading, daemon=True).start()
    while desk.typed(await lines.get()):
        pass


async def _show(x: FakeX, desk: Desk) -> None:
    while True:
        await x.world.changed.wait()
        desk.show_new()


async def _serve(options: argparse.Namespace) -> None:
    fake = FakeX(port=options.port, limits_on=options.limits, schema=options.schema)
    async with fake as x:
        for name, value in x.environment.items():
            _say(f"export {name}={shlex.quote(value)}")
        _say(HELP)
        desk = Desk(x, _say)
        showing = asyncio.create_task(_show(x, desk))
        await _type(desk)
        showing.cancel()


if __name__ == "__main__":
    try:
        asyncio.run(_serve(_options()))
    except KeyboardInterrupt:
        sys.exit(130)
