"""`make x-day`: 300 people over both stacks, with figures."""

import argparse
import asyncio
import tempfile
from pathlib import Path

from tests.x_day.run import Report, play_day


async def day(options: argparse.Namespace) -> Report:
    with tempfile.TemporaryDirectory() as folder:
        return await play_day(
            Path(folder), options.people, options.questions, options.seconds, options.speed,
            options.kills, options.patience, options.seed,
        )  # fmt: skip


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--questions", type=int, default=900)
    parser.add_argument("--seconds", type=float, default=165, help="of real time")
    parser.add_argument("--speed", type=float, default=480)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--patience", type=float, default=120, help="real seconds, at the end")
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


if __name__ == "__main__":
    print("\n".join(asyncio.run(day(_options())).lines()))
