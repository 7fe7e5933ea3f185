"""A short day on X: both stacks, all kinds of faults, a stream that drops, kills, new tokens."""

from pathlib import Path

from tests.x_day.run import play_day


async def test_everybody_is_answered_once_or_told_and_everything_is_counted(tmp_path: Path) -> None:
    report = await play_day(
        tmp_path, people=60, questions=120, seconds=16, speed=600, kills=2, patience=30
    )
    assert report.asked >= 120
    assert (report.kills, report.refused > 20, report.refreshes > 0) == (2, True, True)
    assert (report.lost, report.twice, report.after_stop) == ([], [], []), report.lines()
    assert report.counted == report.charged
