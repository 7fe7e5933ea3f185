"""`make evening`: 200 people, with figures."""

import argparse
import asyncio
import os
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

import psutil

from bot.brain.workers import started_workers
from tests.evening.run import Evening, Report, door
from tests.fakes.telegram import FakeTelegram

KEY = "evening"


async def evening(options: argparse.Namespace) -> Report:
    """The real brain in a process of its own, the door in another, restarted half-way."""
    os.environ["BOT_SECRET_KEY"] = KEY
    os.environ["DATABASE_URL"] = ""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (brain,) = await stack.enter_async_context(started_workers(1))
        telegram = await stack.enter_async_context(FakeTelegram(limits=not options.calm))
        settings = {"BRAIN_URLS": brain, "BOT_SECRET_KEY": KEY}
        played = Evening(telegram, options.people, faults=not options.calm)
        half, rate = options.seconds / 2, options.rate
        command = ("tests.evening.unlimited" if options.unlimited else "bot", "telegram")
        async with door(telegram, folder, *command, **settings):
            played.block()
            await played.play(half, rate, seed=7)
            played.flood()
        async with door(telegram, folder, *command, **settings) as process:
            watched, before = psutil.Process(process.pid), played.count
            worked = _worked(watched)
            await played.play(half, rate, seed=8)
            played.come_back()
            await played.over(patience=120)
            report = played.report(options.seconds)
            report.memory = watched.memory_info().rss / 2**20
            report.work = 1000 * (_worked(watched) - worked) / (played.count - before)
            return report


def _worked(process: psutil.Process) -> float:
    spent = process.cpu_times()
    return float(spent.user + spent.system)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--rate", type=float, default=10, help="messages a second")
    parser.add_argument("--calm", action="store_true", help="no faults: what a person waits")
    parser.add_argument(
        "--unlimited", action="store_true", help="no limits in the door either: what it can do"
    )
    return parser.parse_args()


if __name__ == "__main__":
    print("\n".join(asyncio.run(evening(_options())).lines()))
