"""One process for each door."""

import asyncio

import pytest

from bot.gateway.instance import Displaced, Instance, place_of
from tests.clocks import SleepyClock
from tests.contract.conftest import until
from tests.postgres import Postgres


class Candidate:
    """An instance, and what it said."""

    def __init__(self, database: str, door: str = "telegram") -> None:
        self.clock, self.said = SleepyClock(), list[str]()
        place = place_of(database, door)
        self.instance = Instance(place, door, self.clock.sleep, self.said.append)

    async def serves(self, patience: float = 0.3) -> bool:
        try:
            await asyncio.wait_for(self.instance.alone(), patience)
        except asyncio.TimeoutError:
            return False
        return True


async def test_the_second_waits_and_says_so_once(database: str) -> None:
    first, second = Candidate(database), Candidate(database)
    assert await first.serves()
    assert not await second.serves()
    assert len(second.clock.slept) > 1
    (line,) = second.said
    assert "ANOTHER PROCESS" in line
    first.instance.leave()
    assert await second.serves(5)
    assert first.said == []
    second.instance.leave()


async def test_each_door_has_its_own_place(database: str) -> None:
    telegram, other = Candidate(database), Candidate(database, "x")
    assert await telegram.serves()
    assert await other.serves()
    telegram.instance.leave()
    other.instance.leave()


async def test_a_database_in_memory_is_nobody_elses() -> None:
    assert await Candidate("sqlite://").serves()
    assert await Candidate("sqlite://").serves()


async def test_who_lost_the_place_with_its_connection_stops(postgres: Postgres) -> None:
    database = postgres.database()
    first, second = Candidate(database), Candidate(database)
    assert await first.serves()
    postgres.stop()
    postgres.start()
    assert await second.serves()
    with pytest.raises(Displaced, match="telegram"):
        await asyncio.wait_for(first.instance.watch(), 5)
    second.instance.leave()


async def test_who_finds_the_place_free_again_goes_on(postgres: Postgres) -> None:
    database = postgres.database()
    first, second = Candidate(database), Candidate(database)
    assert await first.serves()
    watching = asyncio.create_task(first.instance.watch())
    await asyncio.to_thread(postgres.stop)
    await asyncio.sleep(0.1)
    await asyncio.to_thread(postgres.start)
    rounds = len(first.clock.slept)
    await until(lambda: len(first.clock.slept) > rounds + 5)
    assert not watching.done()
    assert not await second.serves()
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    first.instance.leave()
