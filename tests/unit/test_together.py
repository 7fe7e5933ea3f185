import asyncio

from bot.doors.together import all_of


async def test_work_that_misses_its_cancellation_once_is_asked_to_end_again() -> None:
    missed = 0

    async def stubborn() -> None:
        nonlocal missed
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if missed:
                    raise
                missed += 1

    working = asyncio.create_task(all_of(stubborn()))
    await asyncio.sleep(0.01)
    working.cancel()
    done, _ = await asyncio.wait([working], timeout=10)
    assert done
    assert working.cancelled()
    assert missed == 1
