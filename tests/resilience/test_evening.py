"""A short evening of many people: a failing Telegram, a flood, a block, a restart in the middle."""

from pathlib import Path

from tests.evening.run import Evening, door
from tests.fakes.telegram import FakeTelegram

DOOR = ("tests.resilience.killed_door", "")


async def test_everybody_is_answered_exactly_once(tmp_path: Path) -> None:
    async with FakeTelegram(limits=True) as telegram:
        evening = Evening(telegram, people=80, faults=True)
        async with door(telegram, tmp_path, *DOOR, BOT_SECRET_KEY="key"):  # noqa: S106 - of a test
            evening.block()
            await evening.play(seconds=5, rate=12, seed=1)
            evening.flood()
        async with door(telegram, tmp_path, *DOOR, BOT_SECRET_KEY="key"):  # noqa: S106 - of a test
            await evening.play(seconds=5, rate=12, seed=2)
            evening.come_back()
            await evening.over(patience=40)
        report = evening.report(10)
    assert report.asked > 100
    assert (report.silent, report.twice) == (0, 0), report.lines()
