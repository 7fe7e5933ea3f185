"""Brains in processes of their own, started and stopped with the doors."""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.brain.interface import BrainError

_READY = re.compile(rb"brain ready on (http://\S+)")
START_PATIENCE = 90.0
STOP_PATIENCE = 5.0


@asynccontextmanager
async def started_workers(count: int) -> AsyncIterator[tuple[str, ...]]:
    """Start `count` brains and give their addresses; stop every one at the end.

    Raises:
        BrainError: one of them did not start.
    """
    processes: list[Process] = []
    try:
        for _ in range(count):
            processes.append(await _start())
        yield tuple(await asyncio.gather(*map(_address, processes)))
    finally:
        await asyncio.gather(*map(_stop, processes))


async def _start() -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "brain", "--port", "0", stdout=PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip


async def _address(process: Process) -> str:
    try:
        return await asyncio.wait_for(_announced(process), START_PATIENCE)
    except asyncio.TimeoutError as error:
        raise BrainError("a brain took too long to start") from error


async def _announced(process: Process) -> str:
    if process.stdout is not None:
        async for line in process.stdout:
            if ready := _READY.search(line):
                return ready[1].decode()
    raise BrainError("a brain stopped while it was starting: see its message above")


async def _stop(process: Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), STOP_PATIENCE)
    except asyncio.TimeoutError:
        process.kill()
        await process.wait()
