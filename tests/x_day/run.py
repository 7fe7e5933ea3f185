"""Plays the day against a door in a process of its own, and looks at what everybody heard.

Everything stays on loopback. The fake X runs in this process; both processes hurry alike.
"""

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bot.doors.x.inbound import Names
from bot.doors.x.meter import Meter
from bot.gateway.tables import open_store
from tests.fakes.x import FakeUser, FakeX
from tests.x_day.hurried import Hurried

KEY = "day"
DROPPED = ("n'ai pas pu répondre à toutes", "date de plus d'un jour", "plus vite que je ne peux")
FAREWELL = "je ne vous écris plus"
FAULTS: tuple[tuple[str, dict[str, object]], ...] = (
    ("dm_send", {"status": 503, "form": "html"}),
    ("dm_send", {"drop": "after"}),
    ("dm_send", {"status": 429, "reset": 300}),
    ("chat_send", {"drop": "after"}),
    ("dm_events", {"status": 502, "form": "empty"}),
    ("dm_events", {"duplicate": True}),
    ("chat_send", {"status": 500, "form": "html"}),
    ("dm_send", {"status": 429, "kind": "bare"}),
    ("dm_events", {"drop": "after"}),
    ("chat_events", {"status": 503}),
    ("dm_events", {"shuffle": True}),
    ("dm_send", {"status": 401}),
    ("dm_events", {"status": 429, "reset": 120}),
    ("dm_send", {"drop": "before"}),
    ("chat_conversations", {"status": 504, "form": "html"}),
)


@dataclass
class Report:
    """What came of the day; money in thousandths of a dollar, memory in bytes."""

    asked: int = 0
    answered: int = 0
    dropped: int = 0
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    after_stop: list[str] = field(default_factory=list)
    kills: int = 0
    refreshes: int = 0
    refused: int = 0
    charged: int = 0
    counted: int = 0
    memory: int = 0
    seconds: float = 0.0

    def lines(self) -> list[str]:
        return [
            f"{self.asked} questions in {self.seconds / 3600:.1f} h: {self.answered} answered,"
            f" {self.dropped} said to be dropped, {len(self.lost)} lost, {len(self.twice)} twice",
            f"sent after STOP: {len(self.after_stop)}",
            f"{self.kills} kills, {self.refreshes} renewed tokens, {self.refused} refused requests",
            f"charged: ${self.charged / 1000:.3f}, counted: ${self.counted / 1000:.3f}",
            f"memory of the door: {self.memory / 2**20:.0f} MB",
        ]


class Day:
    """One day of `people`, half of them encrypted."""

    def __init__(self, x: FakeX, clock: Hurried, folder: Path, people: int, seed: int) -> None:
        self.x = x
        self.clock = clock
        self.folder = folder
        self.drawn = random.Random(seed)  # noqa: S311 - a script
        self.people = [x.user(f"P{n}", xchat=n % 2 == 1) for n in range(people)]
        self.asked: dict[str, list[str]] = {person.id: [] for person in self.people}
        self.stopped: dict[str, float] = {}
        self.blockers: set[str] = set()
        self.report = Report()
        self._began = clock()
        # Tokens rotate in the course of the day: each process goes on with what was kept.
        self._environment = dict(x.environment)

    @asynccontextmanager
    async def door(self) -> AsyncIterator[asyncio.subprocess.Process]:
        env = {
            **os.environ, **self._environment, "BOT_DATA_DIR": str(self.folder),
            "BOT_SECRET_KEY": KEY, "DAY_SPEED": str(self.clock.speed),
            "DAY_BEGAN": repr(self.clock.began), "PYTHONUNBUFFERED": "1", "DATABASE_URL": "",
        }  # fmt: skip
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.x_day.door", env=env, stdout=asyncio.subprocess.PIPE
        )
        try:
            assert process.stdout is not None
            while b"encrypted messages are open" not in (
                line := await asyncio.wait_for(process.stdout.readline(), 60)
            ):
                assert line, "the door did not open"
            yield process
            if process.returncode is None:
                usage = psutil.Process(process.pid).memory_info().rss
                self.report.memory = max(self.report.memory, usage)
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            await process.wait()

    async def play(self, questions: int, seconds: float) -> None:
        """So many questions within so many real seconds, and everything that goes wrong."""
        for number in range(questions):
            self._act(self.drawn.choice(self.people))
            if number % 4 == 3:
                route, what = FAULTS[number // 4 % len(FAULTS)]
                self.x.world.faults.next(route, **what)
            if number % 25 == 24:
                self._trouble_the_stream(number // 25)
            await asyncio.sleep(seconds / questions)

    def _act(self, person: FakeUser) -> None:
        """A question; now and then three at once, a STOP, or a door that closes."""
        if person.id in self.blockers:
            return
        dice = self.drawn.random()
        if dice < 0.04:
            self._stop(person)
        elif dice < 0.06 and not person.enrolled:
            self._ask(person)
            person.block()
            self.blockers.add(person.id)
        else:
            for _ in range(3 if dice > 0.93 else 1):
                self._ask(person)

    def _ask(self, person: FakeUser) -> None:
        question = f"q{self.report.asked}"
        self.report.asked += 1
        person.write(question)
        self.asked[person.id].append(question)

    def _stop(self, person: FakeUser) -> None:
        person.write("STOP")
        self.stopped.setdefault(person.id, self.clock())

    def _trouble_the_stream(self, number: int) -> None:
        world = self.x.world
        if number % 3 == 0:
            world.streams.drop()
        elif number % 3 == 1:
            world.activity.miss = 2
        else:
            world.activity.duplicate = 2

    async def kill(self, process: asyncio.subprocess.Process) -> None:
        process.kill()
        await process.wait()
        self.report.kills += 1

    async def over(self, patience: float) -> None:
        """Until everybody has heard what they are owed, or patience ends."""
        end = time.monotonic() + patience
        while time.monotonic() < end and self._owed():  # noqa: ASYNC110 - many things may end it
            await asyncio.sleep(0.2)
        await asyncio.sleep(2.0)  # for what should not come, and for the last to be counted

    def _owed(self) -> bool:
        return any(self._fate(person, asked) == "lost" for person, asked in self._questions())

    def _questions(self) -> list[tuple[FakeUser, str]]:
        return [(person, asked) for person in self.people for asked in self.asked[person.id]]

    def _fate(self, person: FakeUser, question: str) -> str:
        heard = [said.text for said in person.heard]
        times = sum(f"[{question}]" in text for text in heard)
        if times:
            return "answered" if times == 1 else "twice"
        # After a STOP, and where the door is closed, nothing is owed.
        if person.id in self.stopped or person.id in self.blockers:
            return "void"
        later = heard[self._rank(person, question) :]
        return "dropped" if any(sign in text for text in later for sign in DROPPED) else "lost"

    def _rank(self, person: FakeUser, question: str) -> int:
        """How many messages the person had heard before any later question was answered."""
        before = self.asked[person.id][: self.asked[person.id].index(question)]
        return sum(any(f"[{q}]" in said.text for q in before) for said in person.heard)

    async def close(self) -> Report:
        """Counts up."""
        report = self.report
        for person, question in self._questions():
            fate = self._fate(person, question)
            report.answered += fate == "answered"
            report.dropped += fate == "dropped"
            report.lost += [question] if fate == "lost" else []
            report.twice += [question] if fate == "twice" else []
        report.after_stop = [text for person in self.people for text in self._after_stop(person)]
        report.refreshes = self.x.world.tokens.refreshes
        calls = self.x.world.record.calls
        report.refused = sum(call.status >= 400 or not call.status for call in calls)
        report.charged = self.x.world.money.thousandths
        report.counted = await self._counted()
        report.seconds = self.clock() - self._began
        return report

    def _after_stop(self, person: FakeUser) -> list[str]:
        texts = [said.text for said in person.heard]
        last = next((i for i, text in enumerate(texts) if FAREWELL in text), len(texts))
        return texts[last + 1 :]

    async def _counted(self) -> int:
        store = await open_store(f"sqlite:///{self.folder / 'cuicui.db'}")
        try:
            days = await Meter(store, Names(KEY.encode()), self.clock).days()
        finally:
            store.close()
        return sum(amount for *_, amount in days)


async def play_day(
    folder: Path, people: int, questions: int, seconds: float, speed: float, kills: int,
    patience: float, seed: int = 7,
) -> Report:  # fmt: skip
    """A whole day: `questions` within `seconds` real ones, with `kills` of the door."""
    clock = Hurried(speed, time.time())
    async with FakeX(clock=clock, heartbeat=0.2) as x:
        day = Day(x, clock, folder, people, seed)
        part = (questions // (kills + 1), seconds / (kills + 1))
        for _ in range(kills):
            async with day.door() as process:
                await day.play(*part)
                await day.kill(process)
        async with day.door():
            await day.play(*part)
            x.world.faults.clear()
            await day.over(patience)
        return await day.close()
