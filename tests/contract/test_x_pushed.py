"""What X pushes: an accelerator that may fail in any way, as polling fills the gaps."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio

from bot.commands.sockets import listen, serve
from bot.doors.x.webhook import signed, webhook_app
from bot.replies.knowledge import Knowledge
from tests.contract.stand_in import StandIn, until
from tests.contract.x_house import House, opened_x
from tests.fakes.x import FakeX

SECRET, CHALLENGE = "your_consumer_secret_here", "challenge_string"


@pytest_asyncio.fixture
async def pushed(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> AsyncIterator[House]:
    """The X door with its stream open, and polls so rare that they bring nothing by themselves."""
    x.world.streams.heartbeat = 0.05
    bearer = x.environment["X_BEARER_TOKEN"]
    async with opened_x(
        x, stand_in, knowledge, tmp_path, silence=0.3, X_BEARER_TOKEN=bearer
    ) as house:
        await house.begun()
        await house.listening()
        yield house


async def reopened(house: House) -> None:
    before = house.x.world.streams.ever
    await until(lambda: house.x.world.streams.ever > before and house.x.world.streams.open)


async def test_a_pushed_message_is_answered(pushed: House) -> None:
    ann = pushed.user()
    ann.dm("R&D, un RT ? https://help.x.com")
    await ann.next_heard()
    assert pushed.brain.told[0].text == "R&D, un RT ? https://help.x.com"
    assert pushed.x.world.money.by_item()["dm.received"] == 1


async def test_several_messages_of_one_delivery_are_answered_in_order(pushed: House) -> None:
    ann = pushed.user()
    with pushed.x.world.batch():
        for number in range(4):
            ann.dm(f"{number} ?")
    for _ in range(4):
        await ann.next_heard()
    assert [message.text for message in pushed.brain.told] == [f"{n} ?" for n in range(4)]


async def test_what_a_stream_misses_comes_by_poll(pushed: House) -> None:
    ann = pushed.user()
    pushed.x.world.activity.miss = 1
    ann.dm("un RT ?")
    await ann.next_heard()
    assert "dm.received" not in pushed.x.world.money.by_item()


@pytest.mark.parametrize("how", ["drop", "disconnect"])
async def test_a_stream_that_ends_is_opened_again(pushed: House, how: str) -> None:
    waiting = asyncio.create_task(reopened(pushed))
    await asyncio.sleep(0)
    getattr(pushed.x.world.streams, how)()
    await waiting
    ann = pushed.user()
    ann.dm("un RT ?")
    await ann.next_heard()


async def test_a_silent_stream_is_opened_again(pushed: House) -> None:
    waiting = asyncio.create_task(reopened(pushed))
    await asyncio.sleep(0)
    pushed.x.world.streams.silent = True
    await waiting


async def test_what_happened_while_the_stream_was_away_is_answered_once(pushed: House) -> None:
    ann = pushed.user()
    pushed.x.world.faults.next("stream", status=503, count=3)
    pushed.x.world.streams.drop()
    ann.dm("un RT ?")
    await ann.next_heard()
    await until(lambda: pushed.x.world.streams.open)
    await pushed.polled()
    assert len(ann.heard) == 1
    assert await pushed.cost() == pushed.x.world.money.thousandths


async def test_our_own_forgotten_connections_are_ended(pushed: House) -> None:
    bearer, url = pushed.x.environment["X_BEARER_TOKEN"], f"{pushed.x.url}/2/activity/stream"
    pushed.door.api.everything.pause(60, "a while")
    pushed.x.world.streams.drop()
    client = httpx.AsyncClient(headers={"authorization": f"Bearer {bearer}"})
    async with client as other, other.stream("GET", url), other.stream("GET", url):
        pushed.clock.advance(61)
        await until(lambda: pushed.x.world.record.of("connections_end"))
    await until(lambda: pushed.x.world.streams.open)


@pytest.mark.parametrize(
    "line", [b"{\r\n", b"[1]\r\n", b"null\r\n", b"\xff\xfe\r\n", b'{"data": 3}\r\n']
)
async def test_garbage_on_the_stream_stops_nothing(pushed: House, line: bytes) -> None:
    pushed.x.world.streams.garbage(line)
    ann = pushed.user()
    ann.dm("un RT ?")
    await ann.next_heard()


async def test_a_stream_refused_for_a_while_is_opened_after_it(pushed: House) -> None:
    pushed.x.world.faults.next("stream", status=401, count=3)
    pushed.x.world.streams.drop()
    await reopened(pushed)
    assert sum("X_BEARER_TOKEN" in line for line in pushed.said) == 1


async def test_a_refused_stream_leaves_polling_alone(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    async with opened_x(x, stand_in, knowledge, tmp_path, X_BEARER_TOKEN="wrong") as house:  # noqa: S106 - of a test
        await house.begun()
        await until(lambda: any("X_BEARER_TOKEN" in line for line in house.said))
        ann = x.user()
        ann.dm("un RT ?")
        await ann.next_heard()


async def test_what_a_stream_said_while_nobody_listened_is_asked_for_again(pushed: House) -> None:
    ann = pushed.user()
    ann.dm("un RT ?")
    await ann.next_heard()
    pushed.x.world.streams.drop()
    await reopened(pushed)
    assert "start_time" in pushed.x.world.record.of("stream")[-1].query


async def test_an_account_that_is_told_nothing_again_listens_without_it(pushed: House) -> None:
    ann = pushed.user()
    ann.dm("un RT ?")
    await ann.next_heard()
    pushed.x.world.faults.next("stream", status=400)
    pushed.x.world.streams.drop()
    await reopened(pushed)
    assert pushed.x.world.record.of("stream")[-1].query == {}


async def test_what_was_pushed_before_the_first_start_is_not_answered(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    ann = x.user()
    x.world.activity.subscribe("dm.received", {"user_id": x.world.bot.id})
    ann.dm("un vieux RT ?")
    x.world.clock.advance(30)  # type: ignore[attr-defined]
    bearer = x.environment["X_BEARER_TOKEN"]
    async with opened_x(x, stand_in, knowledge, tmp_path, X_BEARER_TOKEN=bearer) as house:
        await house.begun()
        await house.listening()
        for envelope in list(x.world.activity.sent):
            x.world.activity.deliver(envelope)
        await until(lambda: "dm.received" in x.world.money.by_item())
        await house.polled(3)
    assert stand_in.told == []


async def test_a_consent_taken_back_is_said(pushed: House) -> None:
    pushed.x.world.activity.publish("oauth.revoke", pushed.x.world.bot.id, {})
    await until(lambda: any("consent" in line for line in pushed.said))


@pytest_asyncio.fixture
async def hooked(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> AsyncIterator[House]:
    """The X door with a webhook; polls that bring nothing by themselves."""
    listening = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/x/hook"
    more = {"X_BEARER_TOKEN": x.environment["X_BEARER_TOKEN"], "X_WEBHOOK_URL": url}
    stop = asyncio.Event()

    async def serve_webhook(app: object, _port: int) -> None:
        await serve(app, listening, stop)  # type: ignore[arg-type]

    async with opened_x(x, stand_in, knowledge, tmp_path, serve=serve_webhook, **more) as house:
        await house.begun()
        await until(lambda: any("webhook is registered" in line for line in house.said))
        yield house
        stop.set()


async def test_the_webhook_proves_itself_and_takes_signed_deliveries(hooked: House) -> None:
    ann = hooked.user()
    ann.dm("un RT ?")
    await ann.next_heard()
    await hooked.x.world.webhooks.settled()
    assert [attempt.status for attempt in hooked.x.world.webhooks.attempts] == [200]
    assert [one.webhook_id != "" for one in hooked.x.world.activity.subscriptions.values()]


async def test_subscriptions_of_a_stream_are_led_to_the_webhook(
    x: FakeX, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    bearer = x.environment["X_BEARER_TOKEN"]
    async with opened_x(x, stand_in, knowledge, tmp_path, X_BEARER_TOKEN=bearer) as house:
        await house.listening()
    listening, stop = listen("127.0.0.1", 0), asyncio.Event()

    async def serve_webhook(app: object, _port: int) -> None:
        await serve(app, listening, stop)  # type: ignore[arg-type]

    url = f"http://127.0.0.1:{listening.getsockname()[1]}/hook"
    more = {"X_BEARER_TOKEN": bearer, "X_WEBHOOK_URL": url}
    async with opened_x(x, stand_in, knowledge, tmp_path, serve=serve_webhook, **more) as house:
        await until(lambda: any("webhook is registered" in line for line in house.said))
        stop.set()
    (hook,) = x.world.webhooks.all
    assert {one.webhook_id for one in x.world.activity.subscriptions.values()} == {hook}


async def test_forged_deliveries_are_refused(hooked: House) -> None:
    (hook,) = hooked.x.world.webhooks.all.values()
    body = json.dumps({"data": {"event_type": "dm.received", "payload": {}}}).encode()
    post = hooked.x.world.webhooks.post
    for signature in ("", "sha256=", "sha256=AAAA", signed("another secret", body), "é"):
        assert await post(hook.url, body, signature.encode("ascii", "ignore").decode()) == 403
    assert await post(hook.url, body) == 200
    assert (
        await post(hook.url, body + b" ", signed(hooked.x.world.client.consumer_secret, body))
        == 403
    )


async def test_a_replayed_delivery_is_answered_once(hooked: House) -> None:
    ann = hooked.user()
    ann.dm("un RT ?")
    await ann.next_heard()
    world = hooked.x.world
    (hook,) = world.webhooks.all.values()
    for envelope in list(world.activity.sent):
        world.activity.deliver(envelope, hook.id)
    await world.webhooks.settled()
    await hooked.polled()
    assert len(ann.heard) == 1


async def test_a_body_without_end_is_refused(hooked: House) -> None:
    (hook,) = hooked.x.world.webhooks.all.values()
    assert await hooked.x.world.webhooks.post(hook.url, b"x" * ((1 << 20) + 1)) == 413


@pytest.mark.parametrize(
    "token",
    [
        '{"data":{"event_type":"dm.received"}}',
        "",
        "short",
        "a" * 129,
        "with space in it!!",
        "é" * 20,
    ],
)
async def test_the_webhook_signs_nothing_but_challenges(hooked: House, token: str) -> None:
    (hook,) = hooked.x.world.webhooks.all.values()
    answer = await hooked.x.world.webhooks.ask(hook.url, token)
    assert answer.status_code == 400
    assert "sha256" not in answer.text


def test_signatures_are_the_documented_ones() -> None:
    body = b'{"data":{"event_type":"dm.received"}}'
    assert signed(SECRET, CHALLENGE.encode()) == (
        "sha256=mchn+rKsGVnYHN/lGyanuEw6XariJ3D+ARDLDsd0dS0="
    )
    assert signed(SECRET, body) == "sha256=hSfJ0YfGqjTlUNjOfpuVMnA4yQxijsMdQxW2w+RrzgI="


async def test_the_webhook_is_at_its_path_only(house: House) -> None:
    app = webhook_app(
        house.door.pushed.activity, urlsplit("https://example.org/x/hook").path, SECRET
    )
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        assert (await client.get("/", params={"crc_token": CHALLENGE})).status_code == 404
        assert (await client.get("/x/hook", params={"crc_token": CHALLENGE})).status_code == 200
