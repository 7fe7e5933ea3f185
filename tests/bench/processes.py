"""Starts what is measured, and says what it took."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Cost:
    """Of a command that ended: wall seconds, and the largest resident memory in MB."""

    seconds: float
    peak: float


def run_measured(command: list[str], folder: Path, env: dict[str, str]) -> Cost:
    """Run a command to its end, watching the memory of it and of its children."""
    begun = time.monotonic()
    with open(os.devnull, "w") as nothing:
        process = psutil.Popen(command, cwd=folder, env=env, stdout=nothing, stderr=nothing)
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, resident(process))
            time.sleep(0.1)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Cost(time.monotonic() - begun, peak)


def resident(process: psutil.Process) -> float:
    """Resident MB of a process and its children."""
    total = 0
    try:
        for each in (process, *process.children(recursive=True)):
            total += each.memory_info().rss
    except psutil.NoSuchProcess:
        pass
    return total / MEGABYTE


@contextmanager
def served(
    command: list[str], folder: Path, env: dict[str, str], answers: Callable[[], bool]
) -> Iterator[tuple[psutil.Process, float]]:
    """Start a server; gives it and the seconds to its first answer; stops it at the end."""
    begun = time.monotonic()
    with open(os.devnull, "w") as nothing:
        process = psutil.Popen(command, cwd=folder, env=env, stdout=nothing, stderr=nothing)
    try:
        while not answers():
            if process.poll() is not None or time.monotonic() - begun > 300:
                raise SystemExit(f"{' '.join(command)} does not answer")
            time.sleep(0.05)
        yield process, time.monotonic() - begun
    finally:
        process.terminate()
        try:
            process.wait(20)
        except (subprocess.TimeoutExpired, psutil.TimeoutExpired):
            process.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]
