"""`python -m tests.fakes.telegram --port 0` serves until it is ended; its first line is the URL.

With `--talk fr` one also writes to the bot from the same terminal, in an app in French.
"""

import argparse
import asyncio
import sys
import time

from tests.fakes.telegram.phone import Phone
from tests.fakes.telegram.server import FakeTelegram
from tests.fakes.telegram.world import TOKEN


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--limits", action="store_true", help="the real sending limits")
    parser.add_argument("--talk", metavar="LANGUAGE", help="write to the bot from here")
    return parser.parse_args()


async def _serve(options: argparse.Namespace) -> None:
    # A bot remembers the updates it has seen: another run must not give the same numbers.
    settings = {"token": options.token, "limits": options.limits, "first_update": int(time.time())}
    fake = FakeTelegram(port=options.port, **settings)
    async with fake as telegram:
        print(telegram.url, flush=True)
        if options.talk:
            await _talk(telegram, options.talk)
        else:
            await telegram.serve_forever()


async def _talk(telegram: FakeTelegram, language: str) -> None:
    """Until the end of the input."""
    phone = Phone(telegram.person("You", language), print)
    looking = asyncio.create_task(phone.look())
    print("Write to the bot; :1 taps the first button; Ctrl-D ends it.", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        phone.typed(line.rstrip("\n"))
    looking.cancel()


if __name__ == "__main__":
    asyncio.run(_serve(_options()))
