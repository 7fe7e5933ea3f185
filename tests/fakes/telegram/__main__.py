"""`python -m tests.fakes.telegram --port 0` serves until it is ended; its first line is the URL."""

import argparse
import asyncio
import time

from tests.fakes.telegram.server import FakeTelegram
from tests.fakes.telegram.world import TOKEN


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--limits", action="store_true", help="the real sending limits")
    return parser.parse_args()


async def _serve(options: argparse.Namespace) -> None:
    # A bot remembers the updates it has seen: another run must not give the same numbers.
    settings = {"token": options.token, "limits": options.limits, "first_update": int(time.time())}
    fake = FakeTelegram(port=options.port, **settings)
    async with fake as telegram:
        print(telegram.url, flush=True)
        await telegram.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(_options()))
