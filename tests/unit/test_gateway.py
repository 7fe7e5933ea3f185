"""Nothing lost, nothing twice, one person's events in order: without any platform."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Optional

import pytest
import pytest_asyncio
import sqlalchemy as sa

from bot.gateway import lanes
from bot.gateway.courier import Courier
from bot.gateway.erasure import erase_person, kept_of, purge
from bot.gateway.gateway import Gateway
from bot.gateway.inbox import MOST_REPLAYS, Inbox
from bot.gateway.model import Answer, Closed, Delivery, Event, Exchange, SendError
from bot.gateway.outbox import Outbox
from bot.gateway.people import Miss, People, Profile, Subscription
from bot.gateway.tables import INBOX, OUTBOX, Connection, Store, open_store
from bot.privacy.cipher import Cipher, SealError
from tests.clocks import SleepyClock

CIPHER = Cipher(b"key", "gateway")
PRIVATE = "a very private question"


class Echo:
    """Answers with what was written; keeps what it saw."""

    def __init__(self, pause: float = 0.0) -> None:
        self.seen: list[str] = []
        self.pause = pause
        self.under_way = self.most_at_once = 0

    async def answer(self, event: Event) -> Answer:
        self.seen.append(event.id)
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        await asyncio.sleep(self.pause)
        self.under_way -= 1
        if event.body == "fail":
            raise KeyError(PRIVATE)
        texts = event.body.split("|")
        exchange = Exchange("place", event.id, ("rt",))
        return Answer(tuple(Delivery(event.person, {"text": t}) for t in texts), exchange)

    def apology(self, event: Event) -> Answer:
        return Answer((Delivery(event.person, {"text": "sorry"}),))


class Heard:
    """A platform that takes everything, until it is told not to."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.error: Optional[SendError] = None
        self.dies_after: Optional[int] = None
        self.slow: dict[str, Callable[[float], Awaitable[object]]] = {}

    async def send(self, delivery: Delivery) -> Optional[str]:
        if self.error is not None:
            raise self.error
        await self.slow.get(delivery.address, asyncio.sleep)(0)
        if self.dies_after is not None and len(self.texts) >= self.dies_after:
            await asyncio.sleep(3600)  # the process ends here
        self.texts.append(delivery.body["text"])
        return f"m{len(self.texts)}"

    def plainer(self, _delivery: Delivery, _reason: str) -> Optional[Delivery]:
        return None


class House:
    """A gateway over one database; `again` is the next process."""

    def __init__(self, store: Store, heard: Heard, echo: Echo) -> None:
        self.clock = SleepyClock()
        self.store, self.heard, self.echo = store, heard, echo
        self.inbox = Inbox(store, CIPHER, self.clock)
        self.outbox = Outbox(store, CIPHER, self.clock)
        self.people = People("test", store, CIPHER, self.clock)
        courier = Courier(heard, self.clock, self.clock.sleep, lambda: 0.0)
        self.gateway = Gateway(
            echo, self.inbox, self.outbox, courier, self.people, self.clock.sleep
        )

    def again(self) -> "House":
        self.heard.dies_after = None
        return House(self.store, self.heard, Echo())


def event(number: int, body: str = "hello", person: str = "ann") -> Event:
    return Event("test", str(number), person, body)


@pytest_asyncio.fixture
async def house(database: str) -> AsyncIterator[House]:
    store = await open_store(database)
    house = House(store, Heard(), Echo())
    yield house
    await house.gateway.stop()
    store.close()


async def until(condition: object) -> None:
    for _ in range(400):
        if condition():  # type: ignore[operator]
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it did not happen")


async def test_an_event_is_answered_once_however_often_it_comes(house: House) -> None:
    await house.gateway.take([event(1), event(2)])
    await house.gateway.take([event(2), event(1), event(3)])
    await until(lambda: len(house.heard.texts) == 3)
    assert house.echo.seen == ["1", "2", "3"]


async def test_one_person_in_order_and_several_at_once(house: House) -> None:
    house.echo.pause = 0.02
    events = [event(n, str(n), f"person{n % 10}") for n in range(60)]
    await house.gateway.take(events)
    await until(lambda: len(house.heard.texts) == 60)
    assert house.echo.most_at_once == 10
    for number in range(10):
        mine = [int(text) for text in house.heard.texts if int(text) % 10 == number]
        assert mine == sorted(mine)


@pytest.mark.parametrize("delivered", [0, 1, 2])
async def test_a_process_that_ends_leaves_the_rest_to_the_next(
    house: House, delivered: int
) -> None:
    house.heard.dies_after = delivered
    await house.gateway.take([event(1, "a|b|c"), event(2, "d")])
    await until(lambda: len(house.heard.texts) == delivered and house.echo.seen)
    await asyncio.sleep(0.05)
    await house.gateway._lanes.stop(0)
    after = house.again()
    assert await after.gateway.start() == 2
    await until(lambda: len(after.heard.texts) == 4)
    assert after.heard.texts == ["a", "b", "c", "d"]
    assert after.echo.seen == ["2"]  # the first was answered already: only delivered
    await after.gateway.stop()


async def test_what_ends_the_process_again_and_again_is_let_go_of(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await house.inbox.keep([event(1)])
    for _ in range(MOST_REPLAYS):
        house = house.again()
        house.echo.pause = 3600.0  # the process ends while it is at it
        await house.gateway.start()
        await until(lambda echo=house.echo: echo.seen)
        await house.gateway._lanes.stop(0)
    after = house.again()
    await after.gateway.start()
    await after.gateway.settled()
    assert after.echo.seen == []
    assert "let go of" in caplog.text


async def test_what_only_waited_while_processes_ended_is_not_lost(house: House) -> None:
    await house.inbox.keep([event(n) for n in range(3)])
    for _ in range(MOST_REPLAYS + 2):
        house.heard.dies_after = 0  # each process ends before anything is delivered
        await house.gateway.start()
        await house.gateway._lanes.stop(0)
        house = house.again()
    await house.gateway.start()
    await until(lambda: len(house.heard.texts) == 3)
    await house.gateway.stop()


async def test_a_delivery_that_fails_in_a_way_unforeseen_is_not_tried_for_ever(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    send, calls = house.heard.send, []

    async def fail_once(delivery: Delivery) -> Optional[str]:
        calls.append(delivery)
        if len(calls) == 1:
            raise ValueError(PRIVATE)
        return await send(delivery)

    house.heard.send = fail_once  # type: ignore[method-assign]
    await house.gateway.take([event(1, "a|b")])
    await house.gateway.settled()
    assert house.heard.texts == ["b"]
    assert await house.inbox.undone("test") == []
    assert "ValueError at" in caplog.text
    assert PRIVATE not in caplog.text


async def test_an_answer_whose_commit_nobody_heard_of_is_kept_once(house: House) -> None:
    await house.inbox.keep([event(1)])
    answer = await house.echo.answer(event(1, "a|b"))
    await house.outbox.keep(event(1), answer)  # the connection broke after this commit
    assert len(await house.outbox.keep(event(1), answer)) == 2
    assert len(await house.outbox.waiting(event(1))) == 2


async def test_a_mark_that_was_begun_is_made_though_who_asked_is_ended(house: House) -> None:
    await house.inbox.keep([event(1)])
    (made,) = await house.outbox.keep(event(1), await house.echo.answer(event(1, "a")))
    busy, free = threading.Event(), threading.Event()

    def hold(_connection: object) -> None:
        busy.set()
        free.wait(5)

    holding = asyncio.create_task(house.store.run(hold))
    await until(busy.is_set)
    marking = asyncio.create_task(house.outbox.delivered(event(1), made, "m1"))
    await asyncio.sleep(0.01)
    marking.cancel()
    await asyncio.gather(marking, return_exceptions=True)
    free.set()
    await holding
    assert await house.outbox.waiting(event(1)) == []


async def test_events_keep_their_order_when_the_clock_goes_back(house: House) -> None:
    await house.inbox.keep([event(1)])
    house.clock.now -= 3600
    await house.inbox.keep([event(2), event(3)])
    assert [left.id for left in await house.inbox.undone("test")] == ["1", "2", "3"]


async def test_one_persons_flood_keeps_nobody_else_out(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "ROOM", 2 * lanes.COUNTED)
    never = asyncio.Event()
    house.heard.slow = {"ann": lambda _: never.wait()}
    await house.gateway.take([event(n) for n in range(3 * lanes.COUNTED)])
    await asyncio.wait_for(house.gateway.take([event(9_999, "quick", "bob")]), 2)
    await until(lambda: house.heard.texts == ["quick"])
    never.set()
    await house.gateway.settled()
    assert len(house.heard.texts) == 3 * lanes.COUNTED + 1


async def test_a_failure_is_an_apology_and_its_words_stay_out_of_the_logs(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await house.gateway.take([event(1, "fail"), event(2, "next")])
    await until(lambda: len(house.heard.texts) == 2)
    assert house.heard.texts == ["sorry", "next"]
    assert "KeyError at" in caplog.text
    assert PRIVATE not in caplog.text


async def rows_of(house: House, table: sa.Table) -> list[dict[str, object]]:
    def read(connection: Connection) -> list[dict[str, object]]:
        return [dict(row._mapping) for row in connection.execute(sa.select(table))]

    return await house.store.run(read)


def all_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def test_texts_are_sealed_at_rest_and_erased_once_answered(
    house: House, tmp_path: Path
) -> None:
    house.heard.dies_after = 0
    await house.inbox.keep([event(1, PRIVATE)])
    assert PRIVATE.encode() not in all_bytes(tmp_path)
    assert PRIVATE not in str(await rows_of(house, INBOX))
    await house.gateway.start()
    house.heard.dies_after = None
    await house.gateway.settled()
    assert await rows_of(house, OUTBOX) == []
    (row,) = await rows_of(house, INBOX)
    assert (row["body"], row["state"], row["person"]) == ("", "done", "")


async def test_who_closed_the_chat_is_not_written_to_until_they_write(house: House) -> None:
    await house.people.subscribe(Subscription("place", "ann", 9, {}))
    house.heard.error = Closed("blocked")
    await house.gateway.take([event(1)])
    await house.gateway.settled()
    assert (await house.people.profile("ann")).closed
    assert await house.people.subscriptions() == []
    await house.people.came_back("ann")
    assert not (await house.people.profile("ann")).closed


async def test_an_answer_is_found_by_its_question_and_by_its_message(house: House) -> None:
    await house.gateway.take([event(1, "a|b")])
    await house.gateway.settled()
    answers = await house.outbox.answers("test", "place", "1")
    assert [(one.message, one.entries) for one in answers] == [("m1", ("rt",)), ("m2", ("rt",))]
    found = await house.outbox.answered_by("test", "place", "m2")
    assert found is not None
    assert (found.question, found.person) == ("1", "ann")
    assert await house.outbox.answered_by("test", "elsewhere", "m2") is None


async def test_forgetting_leaves_nothing_but_what_others_have(house: House) -> None:
    for person in ("ann", "bob"):
        await house.people.choose_language(person, "en")
        await house.people.speaks_in(person, f"{person} in a group")
        await house.people.subscribe(Subscription(f"{person}'s", person, 9, {"chat": 1}))
        await house.people.add_miss(Miss(f"{person}'s", "1", person, "fr", PRIVATE, ("rt",)))
    await house.gateway.take([event(1), event(2, person="bob")])
    await house.gateway.settled()
    assert await house.people.conversations("ann") == ["ann", "ann in a group"]
    assert await erase_person(house.store, "test", "ann", but=event(3)) == 5
    house.people.forgotten("ann")
    assert await house.people.profile("ann") == Profile()
    assert not any((await kept_of(house.store, "test", "ann")).values())
    bobs = await kept_of(house.store, "test", "bob")
    assert {name: len(rows) for name, rows in bobs.items() if rows} == {
        "answers": 1, "people": 1, "group_conversations": 1, "subscriptions": 1, "misses": 1,
    }  # fmt: skip
    assert PRIVATE not in str(bobs)


async def test_what_is_erased_is_gone_from_the_files_too(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path / 'cuicui.db'}")
    house = House(store, Heard(), Echo())
    await house.people.speaks_in("pseudonym of ann", "a group")
    assert b"pseudonym of ann" in all_bytes(tmp_path)
    await erase_person(house.store, "test", "pseudonym of ann", but=event(1))
    assert b"pseudonym of ann" not in all_bytes(tmp_path)
    store.close()


async def test_retention_keeps_what_is_young_and_what_is_undone(house: House) -> None:
    await house.gateway.take([event(1)])
    await house.gateway.settled()
    await house.inbox.keep([event(2)])
    await house.people.add_miss(Miss("p", "1", "ann", "fr", "?", ()))
    await house.people.speaks_in("ann", "ann in a group")
    assert await purge(house.store, house.clock() + 1.9 * 86_400) == 0
    assert await purge(house.store, house.clock() + 2.1 * 86_400) == 2  # event 1, its answer
    assert await purge(house.store, house.clock() + 6.9 * 86_400) == 0
    assert [left.id for left in await house.inbox.undone("test")] == ["2"]
    assert await purge(house.store, house.clock() + 7.1 * 86_400) == 1  # event 2
    assert await purge(house.store, house.clock() + 91 * 86_400) == 1  # the miss
    assert await purge(house.store, house.clock() + 181 * 86_400) == 1  # where ann spoke


async def test_what_another_key_sealed_is_let_pass_and_erased_in_its_time(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await house.inbox.keep([event(1), event(2)])
    await house.outbox.keep(event(2), await house.echo.answer(event(2, "a|b")))
    other = Cipher(b"another key", "gateway")
    house.inbox._cipher = house.outbox._cipher = other
    await house.gateway.start()
    await house.gateway.settled()
    assert house.heard.texts == []
    assert "BOT_SECRET_KEY" in caplog.text
    await house.gateway.take([event(3, person="bob")])
    await house.gateway.settled()
    assert house.heard.texts == ["hello"]
    await purge(house.store, house.clock() + 7.1 * 86_400)
    assert await rows_of(house, INBOX) == await rows_of(house, OUTBOX) == []


async def test_tables_are_made_once_by_many_who_begin_together(database: str) -> None:
    stores = await asyncio.gather(*(open_store(database) for _ in range(6)))
    house = House(stores[0], Heard(), Echo())
    assert await house.inbox.keep([event(1)]) == [event(1)]
    for store in stores:
        store.close()


async def test_hundreds_who_wait_for_a_slow_chat_hold_up_nobody(house: House) -> None:
    never = asyncio.Event()
    slow = [event(n, person=f"slow{n}") for n in range(300)]
    house.heard.slow = {each.person: lambda _: never.wait() for each in slow}
    await house.gateway.take([*slow, event(999, "quick")])
    await until(lambda: house.heard.texts == ["quick"])
    never.set()
    await until(lambda: len(house.heard.texts) == 301)


async def test_a_full_hall_makes_the_door_wait(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "ROOM", 1)
    house.echo.pause = 0.01
    await house.gateway.take([event(n, person=f"p{n}") for n in range(20)])
    await asyncio.wait_for(house.gateway._lanes.room(), 5)
    assert len(house.echo.seen) == 20


async def test_work_that_fails_does_not_undo_what_shares_its_commit(house: House) -> None:
    def fail(_connection: object) -> None:
        raise ValueError("on purpose")

    outcomes = await asyncio.gather(
        house.people.choose_language("ann", "en"),
        house.store.run(fail),
        house.people.choose_language("bob", "fr"),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [type(None), ValueError, type(None)]
    kept = [(await kept_of(house.store, "test", name))["people"] for name in ("ann", "bob")]
    assert [rows[0]["language"] for rows in kept] == ["en", "fr"]


async def test_an_event_waits_for_its_turn_and_may_be_passed_over(house: House) -> None:
    admitted, gateway = asyncio.Event(), house.gateway

    @asynccontextmanager
    async def turn(waiting: Event) -> AsyncIterator[bool]:
        await admitted.wait()
        yield gateway.behind(waiting) == 0

    gateway._turn = turn
    await gateway.take([event(1), event(2), event(3)])
    await asyncio.sleep(0.05)
    assert house.echo.seen == []
    admitted.set()
    await gateway.settled()
    assert house.echo.seen == ["3"]
    assert await house.inbox.undone("test") == []


async def test_an_event_is_noticed_when_it_comes_and_once(house: House) -> None:
    seen: list[str] = []

    async def notice(noticed: Event) -> None:
        seen.append(noticed.id)

    house.gateway._notice = notice
    house.echo.pause = 0.05
    await house.gateway.take([event(1), event(2)])
    assert (seen, house.echo.seen) == (["1", "2"], [])  # before any of them has its turn
    await house.gateway.take([event(2)])
    assert seen == ["1", "2"]


def test_one_key_does_not_open_what_another_sealed() -> None:
    sealed = CIPHER.seal("é🐦")
    assert CIPHER.open(sealed) == "é🐦"
    with pytest.raises(SealError):
        Cipher(b"key", "another purpose").open(sealed)
