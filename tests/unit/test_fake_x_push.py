"""The activity stream and the webhook of the fake X API."""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import datetime, timezone
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.x import FakeUser, FakeX, ManualClock
from tests.fakes.x.loopback import Loopback
from tests.fakes.x.problems import Json
from tests.fakes.x.webhook import HEADER, sign

SUBSCRIPTIONS = "/2/activity/subscriptions"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def x(clock: ManualClock) -> AsyncIterator[FakeX]:
    async with FakeX(clock=clock, heartbeat=0.05) as fake:
        yield fake


@pytest.fixture
async def app(x: FakeX) -> AsyncIterator[httpx.AsyncClient]:
    """The app itself, with its bearer token."""
    async with _client(x, x.world.client.bearer) as client:
        yield client


@pytest.fixture
async def me(x: FakeX) -> AsyncIterator[httpx.AsyncClient]:
    """The bot's account, with its access token."""
    async with _client(x, x.world.tokens.access) as client:
        yield client


def _client(x: FakeX, bearer: str) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {bearer}"}
    return httpx.AsyncClient(base_url=x.url, headers=headers, trust_env=False, timeout=5)


@pytest.fixture
def ann(x: FakeX) -> FakeUser:
    return x.user("Ann")


async def subscribe(
    me: httpx.AsyncClient, x: FakeX, kind: str = "dm.received", **more: Any
) -> Json:
    body = {"event_type": kind, "filter": {"user_id": x.world.bot.id}, **more}
    answer = await me.post(SUBSCRIPTIONS, json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


class Listener:
    """Reads a stream line by line."""

    def __init__(self, answer: httpx.Response) -> None:
        self._lines = answer.aiter_lines()

    async def line(self) -> str:
        return await asyncio.wait_for(anext_(self._lines), 5)

    async def event(self) -> Json:
        while not (line := await self.line()):
            pass
        return dict(json.loads(line))


async def anext_(lines: AsyncIterator[str]) -> str:
    return await lines.__anext__()


@contextlib.asynccontextmanager
async def listening(app: httpx.AsyncClient, **asked: Any) -> AsyncIterator[Listener]:
    async with app.stream("GET", "/2/activity/stream", params=asked) as answer:
        assert answer.status_code == 200
        yield Listener(answer)


# Subscriptions


async def test_subscriptions_come_and_go(
    x: FakeX, app: httpx.AsyncClient, me: httpx.AsyncClient
) -> None:
    made = (await subscribe(me, x, tag="inbound"))["data"]["subscription"]
    assert made["filter"] == {"user_id": x.world.bot.id}
    listed = (await app.get(SUBSCRIPTIONS)).json()
    assert listed["data"] == [made]
    path = f"{SUBSCRIPTIONS}/{made['subscription_id']}"
    changed = (await app.put(path, json={"tag": "new"})).json()
    assert changed["data"]["subscription"]["tag"] == "new"
    assert (await me.delete(path)).status_code == 403
    gone = (await app.delete(path)).json()
    assert gone == {"data": {"deleted": True}, "meta": {"total_subscriptions": 0}}
    assert "errors" in (await app.delete(path)).json()


async def test_private_events_need_consent(
    x: FakeX, app: httpx.AsyncClient, me: httpx.AsyncClient, ann: FakeUser
) -> None:
    body = {"event_type": "dm.received", "filter": {"user_id": x.world.bot.id}}
    assert (await app.post(SUBSCRIPTIONS, json=body)).status_code == 403
    hers = {"event_type": "chat.received", "filter": {"user_id": ann.id}}
    assert (await me.post(SUBSCRIPTIONS, json=hers)).status_code == 403
    for wrong in ({"event_type": "dm.liked"}, {"tag": ""}, {"webhook_id": "1"}, {"backfill": 1}):
        assert (await me.post(SUBSCRIPTIONS, json=body | wrong)).status_code == 400
    await subscribe(me, x)
    assert (await me.post(SUBSCRIPTIONS, json=body)).status_code == 400


async def test_creation_is_told_in_three_shapes(x: FakeX, me: httpx.AsyncClient) -> None:
    x.world.activity.shape = "object"
    assert "subscription_id" in (await subscribe(me, x, "dm.sent"))["data"]
    x.world.activity.shape = "list"
    told = await subscribe(me, x, "chat.received")
    assert told["data"][0]["event_type"] == "chat.received"
    assert told["meta"] == {"total_subscriptions": 2}


# The stream


async def test_a_legacy_message_is_pushed(
    x: FakeX, app: httpx.AsyncClient, me: httpx.AsyncClient, ann: FakeUser
) -> None:
    await subscribe(me, x, tag="dm-inbound")
    async with listening(app) as stream:
        ann.account.automated = True
        sent = ann.dm("hello & bye https://x.com/")
        data = (await stream.event())["data"]
    assert (data["event_type"], data["tag"]) == ("dm.received", "dm-inbound")
    (event,) = data["payload"]["direct_message_events"]
    assert (event["id"], event["created_timestamp"]) == (sent.id, sent.milliseconds)
    created = event["message_create"]
    assert created["target"] == {"recipient_id": x.world.bot.id}
    assert created["message_data"]["text"].startswith("hello &amp; bye https://t.co/")
    assert created["message_data"]["entities"]["urls"][0]["expanded_url"] == "https://x.com/"
    users = data["payload"]["users"]
    assert users[ann.id]["data"]["affiliation"] == {"description": "Automated"}
    assert users[x.world.bot.id] == {"data": {}}
    assert x.world.money.by_item() == {"dm.received": 1}


async def test_own_messages_and_typing_are_pushed_free(
    x: FakeX, app: httpx.AsyncClient, me: httpx.AsyncClient, ann: FakeUser
) -> None:
    await subscribe(me, x, "dm.sent")
    await subscribe(me, x, "dm.indicate_typing")
    async with listening(app) as stream:
        path = f"/2/dm_conversations/with/{ann.id}/messages"
        await me.post(path, json={"text": "hi"})
        sent = (await stream.event())["data"]
        ann.type()
        typed = (await stream.event())["data"]
    assert sent["event_type"] == "dm.sent"
    assert int(sent["event_uuid"]) * int(typed["event_uuid"]) < 0  # uuids may be negative
    assert typed["payload"]["direct_message_indicate_typing_events"][0]["sender_id"] == ann.id
    assert x.world.money.by_item() == {"dm_send": 1}


async def test_one_delivery_may_hold_several_messages(
    x: FakeX, app: httpx.AsyncClient, me: httpx.AsyncClient, ann: FakeUser
) -> None:
    await subscribe(me, x)
    async with listening(app) as stream:
        with x.world.batch():
            ann.dm("one")
            x.user("Bob").dm("two")
        payload = (await stream.event())["data"]["payload"]
    texts = [
        event["message_create"]["message_data"]["text"]
        for event in payload["direct_message_events"]
    ]
    assert texts == ["one", "two"]
    assert x.world.money.by_item() == {"dm.received": 2}


async def test_an_encrypted_message_is_pushed_with_its_keys(
    x: FakeX, app: httpx.AsyncClient, me: httpx.AsyncClient
) -> None:
    await subscribe(me, x, "chat.received")
    bob = x.user("Bob", xchat=True)
    x.user("Bot's stand-in", xchat=True)
    key = x.world.keys.of(bob.id)[0]
    x.world.keys.add(x.world.bot.id, "1", key)  # enough to be written to
    async with listening(app) as stream:
        event = bob.write("hello")
        payload = (await stream.event())["data"]["payload"]
    where = bob.peer.conversation
    assert payload["id"] == event.message_id  # type: ignore[union-attr]
    assert payload["conversation_id"] == where.id
    assert payload["conversation_key_change_event"] == where.events[0].encoded
    assert payload["encoded_event"] == where.events[1].encoded
    assert payload["message_event_signature"]["signing_public_key"] == key["signing_public_key"]
    assert x.world.money.by_item() == {"chat.received": 1}


async def test_the_stream_shows_that_it_lives(app: httpx.AsyncClient) -> None:
    async with listening(app) as stream:
        assert [await stream.line() for _ in range(2)] == ["", ""]


async def test_a_silent_stream_says_nothing_and_loses_events(
    x: FakeX, app: httpx.AsyncClient, me: httpx.AsyncClient, ann: FakeUser
) -> None:
    await subscribe(me, x)
    async with listening(app) as stream:
        x.world.streams.silent = True
        ann.dm("lost")
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(anext_(stream._lines), 0.2)
    assert x.world.money.dollars == 0


async def test_events_are_missed_and_doubled_on_request(
    x: FakeX, app: httpx.AsyncClient, me: httpx.AsyncClient, ann: FakeUser
) -> None:
    await subscribe(me, x)
    x.world.activity.miss, x.world.activity.duplicate = 1, 1
    async with listening(app) as stream:
        ann.dm("missed")
        ann.dm("twice")
        first, second = await stream.event(), await stream.event()
    assert first == second
    assert "twice" in json.dumps(first)
    assert x.world.money.by_item() == {"dm.received": 1}


async def test_what_was_missed_comes_by_backfill(
    clock: ManualClock,
    x: FakeX,
    app: httpx.AsyncClient,
    me: httpx.AsyncClient,
    ann: FakeUser,
) -> None:
    await subscribe(me, x)
    ann.dm("old")
    clock.advance(400)
    ann.dm("recent")
    async with listening(app, backfill_minutes=5) as stream:
        assert "recent" in json.dumps(await stream.event())
    start = datetime.fromtimestamp(clock() - 500, timezone.utc).isoformat()
    async with listening(app, start_time=start) as stream:
        assert "old" in json.dumps(await stream.event())
    x.world.streams.backfill = False
    async with listening(app, backfill_minutes=5) as stream:
        assert not await stream.line()
    assert (await app.get("/2/activity/stream?backfill_minutes=6")).status_code == 400


@pytest.mark.parametrize("abrupt", [False, True])
async def test_connections_drop(x: FakeX, app: httpx.AsyncClient, abrupt: bool) -> None:
    error = httpx.RemoteProtocolError if abrupt else StopAsyncIteration
    async with listening(app) as stream:
        await stream.line()
        assert x.world.streams.drop(abrupt) == 1
        with pytest.raises(error):
            await stream.event()
    assert x.world.streams.ever == 1


async def test_x_may_say_why_it_disconnects(x: FakeX, app: httpx.AsyncClient) -> None:
    async with listening(app) as stream:
        x.world.streams.disconnect()
        problem = (await stream.event())["errors"][0]
        assert problem["title"] == "operational-disconnect"
        with pytest.raises(StopAsyncIteration):
            await stream.line()


async def test_garbage_may_come(x: FakeX, app: httpx.AsyncClient) -> None:
    async with listening(app) as stream:
        x.world.streams.garbage(b"\xff{not json\r\n")
        while not (line := await stream.line()):
            pass
        assert "not json" in line


async def test_a_third_connection_is_refused(x: FakeX, app: httpx.AsyncClient) -> None:
    async with listening(app), listening(app):
        refused = await app.get("/2/activity/stream")
        assert (refused.status_code, refused.json()["title"]) == (429, "ConnectionException")
        assert refused.json()["connection_issue"] == "TooManyConnections"
        assert (await app.get("/2/connections")).json()["meta"] == {"result_count": 2}
        ended = (await app.delete("/2/connections/all")).json()["data"]
        assert ended["successful_kills"] == 2
    async with listening(app):
        pass


async def test_the_stream_is_for_the_app_and_needs_credit(
    x: FakeX, app: httpx.AsyncClient, me: httpx.AsyncClient
) -> None:
    assert (await me.get("/2/activity/stream")).status_code == 403
    x.world.money.budget = 0
    assert (await app.get("/2/activity/stream")).status_code == 402
    x.world.money.budget = None
    x.world.faults.next("stream", status=503, form="html")
    assert (await app.get("/2/activity/stream")).status_code == 503


async def test_the_end_of_consent_is_told(
    x: FakeX, app: httpx.AsyncClient, me: httpx.AsyncClient
) -> None:
    answer = await app.post(SUBSCRIPTIONS, json={"event_type": "oauth.revoke", "filter": {}})
    assert answer.status_code == 200
    async with listening(app) as stream:
        x.world.revoke()
        data = (await stream.event())["data"]
    assert data["payload"]["user_id"] == x.world.bot.id
    assert (await me.get("/2/dm_events")).status_code == 401


# The webhook


class Hook:
    """A bot's webhook, honest or not."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.got: list[tuple[bytes, str | None]] = []
        self.status = 200
        self.url = ""

    async def challenge(self, request: Request) -> Response:
        token = request.query_params["crc_token"]
        return JSONResponse({"response_token": sign(self.secret, token.encode())})

    async def event(self, request: Request) -> Response:
        self.got.append((await request.body(), request.headers.get(HEADER)))
        return Response(status_code=self.status)

    @property
    def events(self) -> list[Json]:
        return [json.loads(body) for body, _ in self.got]


@pytest.fixture
async def hook(x: FakeX) -> AsyncIterator[Hook]:
    hook = Hook(x.world.client.consumer_secret)
    routes = [Route("/x", hook.challenge, methods=["GET"])]
    routes += [Route("/x", hook.event, methods=["POST"])]
    async with Loopback(Starlette(routes=routes)) as served:
        hook.url = f"{served.url}/x"
        yield hook


def test_the_signature_is_the_documented_one() -> None:
    secret, token = "your_consumer_secret_here", b"challenge_string"
    assert sign(secret, token) == "sha256=mchn+rKsGVnYHN/lGyanuEw6XariJ3D+ARDLDsd0dS0="


async def test_a_webhook_must_answer_the_challenge(
    x: FakeX, app: httpx.AsyncClient, hook: Hook
) -> None:
    made = (await app.post("/2/webhooks", json={"url": hook.url})).json()["data"]
    assert (made["url"], made["valid"]) == (hook.url, True)
    twice = await app.post("/2/webhooks", json={"url": hook.url})
    assert twice.json()["errors"][0]["message"] == "DuplicateUrlFailed"
    assert (await app.get("/2/webhooks")).json() == {"data": [made], "meta": {"result_count": 1}}
    hook.secret = "wrong"  # noqa: S105 - opens nothing
    failed = await app.put(f"/2/webhooks/{made['id']}")
    assert failed.json()["errors"][0]["message"] == "CrcValidationFailed"
    assert (await app.get("/2/webhooks")).json()["data"][0]["valid"] is False
    hook.secret = x.world.client.consumer_secret
    again = await app.put(f"/2/webhooks/{made['id']}")
    assert again.json() == {"data": {"valid": True}}
    gone = await app.delete(f"/2/webhooks/{made['id']}")
    assert gone.json() == {"data": {"deleted": True}}


@pytest.mark.parametrize(
    "url", ["http://example.org/x", "https://example.org:5000/x", "https://" + "a" * 200, "x"]
)
async def test_wrong_addresses_are_refused(app: httpx.AsyncClient, url: str) -> None:
    refused = await app.post("/2/webhooks", json={"url": url})
    assert refused.json()["errors"][0]["message"] == "UrlValidationFailed"


async def test_a_dead_address_fails_the_challenge(app: httpx.AsyncClient) -> None:
    refused = await app.post("/2/webhooks", json={"url": "http://127.0.0.1:1/x"})
    assert refused.json()["errors"][0]["message"] == "CrcValidationFailed"


async def test_deliveries_are_signed(
    x: FakeX, app: httpx.AsyncClient, me: httpx.AsyncClient, hook: Hook, ann: FakeUser
) -> None:
    number = (await app.post("/2/webhooks", json={"url": hook.url})).json()["data"]["id"]
    await subscribe(me, x, webhook_id=number)
    ann.dm("one")
    ann.dm("two")
    await x.world.webhooks.settled()
    assert ["one" in json.dumps(event) for event in hook.events] == [True, False]
    for body, signature in hook.got:
        key = x.world.client.consumer_secret.encode()
        digest = hmac.new(key, body, hashlib.sha256).digest()
        assert signature == f"sha256={base64.b64encode(digest).decode()}"
    assert x.world.money.by_item() == {"dm.received": 2}


async def test_a_failed_delivery_comes_by_replay(
    clock: ManualClock,
    x: FakeX,
    app: httpx.AsyncClient,
    me: httpx.AsyncClient,
    hook: Hook,
    ann: FakeUser,
) -> None:
    number = (await app.post("/2/webhooks", json={"url": hook.url})).json()["data"]["id"]
    await subscribe(me, x, webhook_id=number)
    hook.status = 500
    ann.dm("lost")
    await x.world.webhooks.settled()
    assert [attempt.status for attempt in x.world.webhooks.attempts] == [500]
    hook.status = 200
    clock.advance(3_600)
    asked = {"webhook_id": number, "from_date": _minute(clock() - 3_700)}
    early = await app.post("/2/webhooks/replay", json=asked | {"to_date": _minute(clock())})
    assert early.status_code == 400
    asked["to_date"] = _minute(clock() - 1_800)
    job = (await app.post("/2/webhooks/replay", json=asked)).json()["data"]["job_id"]
    await x.world.webhooks.settled()
    first, again, done = hook.events
    assert first == again
    assert done["replay_job_status"]["job_id"] == job
    assert x.world.money.by_item() == {"dm.received": 1}


async def test_forgeries_can_be_tried(x: FakeX, hook: Hook) -> None:
    body = json.dumps({"data": {"event_type": "dm.received"}}).encode()
    wrong = sign("not the secret", body)
    assert await x.world.webhooks.post(hook.url, body, wrong) == 200
    assert await x.world.webhooks.post(hook.url, body, "") == 200
    assert [signature for _, signature in hook.got] == [wrong, None]
    oracle = await x.world.webhooks.ask(hook.url, body.decode())
    assert oracle.json()["response_token"] == sign(hook.secret, body)  # this hook is naive


def _minute(at: float) -> str:
    return datetime.fromtimestamp(at, timezone.utc).strftime("%Y%m%d%H%M")
