"""The same load for every server: one sender after another, then eight at once."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

WARM_UP, ONE_BY_ONE, SENDERS, EACH = 20, 200, 8, 25


@dataclass(frozen=True)
class Target:
    """How to ask one server: where, with which headers, and the body of one question."""

    url: str
    headers: dict[str, str]
    person: str
    text: str

    def body(self, person: str, text: str) -> dict[str, str]:
        return {self.person: person, self.text: text}

    def answers(self) -> bool:
        """Whether the server answers a first question."""
        try:
            body = self.body("first", "hello")
            answer = httpx.post(self.url, json=body, headers=self.headers, timeout=60)
        except httpx.HTTPError:
            return False
        return answer.status_code == 200 and len(answer.content) > 2


@dataclass(frozen=True)
class Speed:
    """Milliseconds at the median and the 95th percentile; messages a second of eight senders."""

    p50: float
    p95: float
    rate: float


async def measure(target: Target, texts: Sequence[str]) -> Speed:
    """Warm up, then 200 messages of 25 persons, then 8 persons with 25 messages each at once."""
    async with httpx.AsyncClient(headers=target.headers, timeout=60) as client:

        async def send(person: str, number: int) -> float:
            begun = time.perf_counter()
            body = target.body(person, texts[number % len(texts)])
            (await client.post(target.url, json=body)).raise_for_status()
            return (time.perf_counter() - begun) * 1000

        for number in range(WARM_UP):
            await send(f"warm-{number}", number)
        times = [await send(f"one-{number // 8}", number) for number in range(ONE_BY_ONE)]

        async def sender(name: int) -> None:
            for number in range(EACH):
                await send(f"many-{name}", number)

        begun = time.perf_counter()
        await asyncio.gather(*map(sender, range(SENDERS)))
        rate = SENDERS * EACH / (time.perf_counter() - begun)
    return Speed(statistics.median(times), statistics.quantiles(times, n=20)[-1], rate)
