"""Work that goes on side by side."""

import asyncio
from collections.abc import Awaitable, Coroutine, Iterable
from typing import Any

_AGAIN = 1.0


async def all_of(*work: Coroutine[Any, Any, object]) -> None:
    """Run all until all are done; the first failure ends the others."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        await _end(tasks)
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


async def first_of(*work: Awaitable[object]) -> None:
    """Run all until one ends or fails, then end the others."""
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await _end(tasks)
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


async def _end(tasks: Iterable["asyncio.Future[object]"]) -> None:
    # Until 3.12 `asyncio.wait_for` may swallow a cancellation that comes as what it waits for is
    # done (https://github.com/python/cpython/issues/86296): then it is asked for again.
    while running := [task for task in tasks if not task.done()]:
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=_AGAIN)
