"""Plays the script against a door in a process of its own, and looks at what everybody heard.

Everything stays on loopback. The fake Telegram runs in this process, so that the people's clock and
the server's are one.
"""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.evening.script import Act, acts
from tests.fakes.telegram import FakeTelegram, Group, Message, Person

GROUPS = 10
FAULT_EVERY = 40
FLOOD = 15
READY = b"listens"


@dataclass
class Asked:
    """A message and when it was written."""

    act: Act
    message: Message
    place: "Person | Group"
    at: float


@dataclass
class Report:
    """What came of the evening; latencies in seconds, by kind.

    `memory` is the gateway's in megabytes, `work` its processor's milliseconds for one message.
    """

    asked: int = 0
    silent: int = 0
    twice: int = 0
    latencies: dict[str, list[float]] = field(default_factory=dict)
    seconds: float = 0.0
    memory: float = 0.0
    work: float = 0.0

    def percentile(self, kind: str, share: float) -> float:
        found = sorted(self.latencies.get(kind, [0.0]))
        return found[min(int(share * len(found)), len(found) - 1)]

    def lines(self) -> list[str]:
        pace = self.asked / self.seconds
        told = [
            f"{self.asked} messages in {self.seconds:.0f} s ({pace:.1f} a second)",
            f"unanswered: {self.silent}, answered twice: {self.twice}",
        ]
        for kind in sorted(self.latencies):
            p50, p95 = (1000 * self.percentile(kind, share) for share in (0.5, 0.95))
            told.append(f"{kind}: p50 {p50:.0f} ms, p95 {p95:.0f} ms ({len(self.latencies[kind])})")
        cost = f"{self.memory:.0f} MB, {self.work:.1f} ms of a processor a message"
        return [*told, f"the gateway: {cost}"]


@asynccontextmanager
async def door(
    telegram: FakeTelegram, folder: Path, *command: str, **settings: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The door as a process: `python -m command…`."""
    env = {
        **os.environ, "BOT_DATA_DIR": str(folder), "TELEGRAM_TOKEN": telegram.token,
        "TELEGRAM_API_URL": telegram.url, "PYTHONUNBUFFERED": "1", **settings,
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *command, env=env, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        while READY not in (line := await asyncio.wait_for(process.stdout.readline(), 60)):
            assert line, "the door did not open"
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        await process.wait()


async def _typed(person: Person, text: str) -> float:
    """How long an inline query took."""
    begun = time.perf_counter()
    await person.ask_inline(text)
    return time.perf_counter() - begun


class Evening:
    """One evening of `people`, a tenth of them also in groups."""

    def __init__(self, telegram: FakeTelegram, people: int, faults: bool) -> None:
        self.telegram = telegram
        self.faults = faults
        self.people = [
            telegram.person(f"P{n}", "en" if n % 3 == 2 else "fr") for n in range(people)
        ]
        self.groups = [
            telegram.group(f"G{n}", "supergroup", *self.people[n::GROUPS]) for n in range(GROUPS)
        ]
        self.flooder, self.blocker = telegram.person("Flooder"), telegram.person("Blocker")
        self.asked: list[Asked] = []
        self.typed: list[asyncio.Task[float]] = []

    @property
    def _places(self) -> "tuple[Person | Group, ...]":
        return (*self.people, self.flooder, self.blocker, *self.groups)

    @property
    def count(self) -> int:
        """How much was said and typed so far."""
        return len(self.asked) + len(self.typed)

    def flood(self) -> None:
        """One person writes as fast as an app allows."""
        for number in range(FLOOD):
            self._ask(Act(0.0, number, "flood", "c'est quoi un RT ?"), self.flooder)

    def block(self) -> None:
        """One asks and does not want the answer: it must not come, not even later."""
        self.blocker.write("c'est quoi un RT ?")
        self.blocker.block()

    def come_back(self) -> None:
        """The one who blocked thinks better of it."""
        self.blocker.unblock()
        self._ask(Act(0.0, 0, "back", "c'est quoi un hashtag ?"), self.blocker)

    async def play(self, seconds: float, rate: float, seed: int) -> None:
        begun = time.perf_counter()
        for number, act in enumerate(acts(len(self.people), seconds, rate, seed)):
            await asyncio.sleep(max(0.0, begun + act.at - time.perf_counter()))
            self._do(act)
            if self.faults and number % FAULT_EVERY == FAULT_EVERY - 1:
                what = ({"status": 502}, {"status": 429, "retry_after": 1}, {"drop": "before"})
                self.telegram.world.faults.next("sendMessage", **what[number // FAULT_EVERY % 3])

    def _do(self, act: Act) -> None:
        person = self.people[act.person]
        if act.kind == "inline":
            self.typed.append(asyncio.create_task(_typed(person, act.text)))
            return
        if act.kind == "group":
            group = self.groups[act.person % GROUPS]
            message = person.write_in(group, act.text)
            self.asked.append(Asked(act, message, group, time.time()))
            return
        message = self._ask(act, person, "RT ?" if act.kind == "edit" else act.text)
        if act.kind == "edit":
            person.edit(message, act.text)

    def _ask(self, act: Act, person: Person, text: str = "") -> Message:
        message = person.write(text or act.text)
        self.asked.append(Asked(act, message, person, time.time()))
        return message

    async def over(self, patience: float) -> None:
        """Until all have heard as many answers as they asked, or patience ends."""
        end = time.monotonic() + patience
        while time.monotonic() < end and self._missing():  # noqa: ASYNC110 - many things may end it
            await asyncio.sleep(0.1)
        await asyncio.gather(*self.typed, return_exceptions=True)
        await asyncio.sleep(0.5)  # for what should not come

    def _missing(self) -> bool:
        asked: dict[int, int] = {}
        for each in self.asked:
            asked[each.place.id] = asked.get(each.place.id, 0) + 1
        return any(len(self._answers(p)) < asked.get(p.id, 0) for p in self._places)

    def _answers(self, place: "Person | Group") -> list[Message]:
        """What was said there, without the greeting of a group."""
        return [m for m in place.heard if place.id > 0 or m.replies_to is not None]

    def report(self, seconds: float) -> Report:
        report = Report(asked=self.count, seconds=seconds)
        report.silent = sum(task.exception() is not None for task in self.typed)
        answered = [task.result() for task in self.typed if task.exception() is None]
        report.latencies["inline"] = answered
        for place in self._places:
            mine = [each for each in self.asked if each.place is place]
            answers = self._answers(place)
            report.silent += max(0, len(mine) - len(answers))
            report.twice += max(0, len(answers) - len(mine))
        for each, moment in self._moments():
            report.latencies.setdefault(each.act.kind, []).append(moment - each.at)
        return report

    def _moments(self) -> "list[tuple[Asked, float]]":
        """When each question was answered: the nth call that wrote to a place answers its nth."""
        calls: dict[str, list[float]] = {}
        for call in self.telegram.world.log.of("sendMessage"):
            if call.status == 200 and call.answered_at is not None:
                calls.setdefault(str(call.parameters["chat_id"]), []).append(call.answered_at)
        found = []
        for place in self.people:
            mine = [each for each in self.asked if each.place is place]
            found += list(zip(mine, calls.get(str(place.id), []), strict=False))
        return found
