"""Tokens, limits, money and faults of the fake X API."""

import base64
import hashlib
import time
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import requests
import tweepy

from tests.fakes.x import FakeUser, FakeX, ManualClock
from tests.unit.test_fake_x import Caller

REDIRECT = "http://127.0.0.1:8765/done"


@pytest.fixture
def clock() -> ManualClock:
    """Noon, so that no test crosses midnight by itself."""
    today = time.time() // 86_400 * 86_400
    start = time.monotonic()
    return ManualClock(lambda: today + 43_200 + time.monotonic() - start)


@pytest.fixture
async def x(clock: ManualClock) -> AsyncIterator[FakeX]:
    async with FakeX(clock=clock) as fake:
        yield fake


@pytest.fixture
def caller(x: FakeX) -> Caller:
    return Caller(x)


@pytest.fixture
def ann(x: FakeX) -> FakeUser:
    return x.user("Ann")


@pytest.fixture
async def web(x: FakeX) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=x.url, trust_env=False) as client:
        yield client


async def ask_token(x: FakeX, web: httpx.AsyncClient, **form: str) -> httpx.Response:
    auth = (x.world.client.id, x.world.client.secret)
    return await web.post("/2/oauth2/token", data=form, auth=auth)


async def renew(x: FakeX, web: httpx.AsyncClient, token: str) -> httpx.Response:
    return await ask_token(x, web, grant_type="refresh_token", refresh_token=token)


# Tokens


async def test_strangers_are_refused(x: FakeX, web: httpx.AsyncClient) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic wrong"}):
        answer = await web.get("/2/dm_events", headers=headers)
        assert answer.status_code == 401
        wanted = {"title": "Unauthorized", "type": "about:blank", "status": 401}
        assert answer.json() == wanted | {"detail": "Unauthorized"}


async def test_an_access_token_lasts_two_hours(
    clock: ManualClock, x: FakeX, caller: Caller
) -> None:
    clock.advance(7_190)
    await caller.events()
    clock.advance(20)
    with pytest.raises(tweepy.Unauthorized):
        await caller.events()


async def test_a_refresh_token_works_once(x: FakeX, web: httpx.AsyncClient) -> None:
    first = x.world.tokens.refresh
    answer = (await renew(x, web, first)).json()
    assert (answer["token_type"], answer["expires_in"]) == ("bearer", 7200)
    await Caller(x, answer["access_token"]).events()
    again = await renew(x, web, first)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_request")
    assert x.world.tokens.refused == [first]
    assert (await renew(x, web, answer["refresh_token"])).status_code == 200
    assert x.world.tokens.refreshes == 2


async def test_the_client_must_prove_itself(x: FakeX, web: httpx.AsyncClient) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": x.world.tokens.refresh}
    answer = await web.post("/2/oauth2/token", data=form, auth=("fake-client-id", "wrong"))
    assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized_client")
    answer = await web.post("/2/oauth2/token", json=form, auth=("fake-client-id", "wrong"))
    assert answer.status_code == 400
    x.world.client.secret = ""
    answer = await web.post("/2/oauth2/token", data=form | {"client_id": x.world.client.id})
    assert answer.status_code == 200


async def test_tweepy_walks_through_the_login(x: FakeX, web: httpx.AsyncClient) -> None:
    scope = ["dm.read", "dm.write", "tweet.read", "users.read", "offline.access"]
    client = x.world.client
    handler = tweepy.OAuth2UserHandler(
        client_id=client.id, redirect_uri=REDIRECT, scope=scope, client_secret=client.secret
    )
    page = urlsplit(handler.get_authorization_url())
    assert page.path == "/i/oauth2/authorize"
    shown = await web.get(f"{page.path}?{page.query}")
    assert x.world.bot.username in shown.text
    agreed = await web.post(f"{page.path}?{page.query}")
    (code,) = parse_qs(urlsplit(agreed.headers["location"]).query)["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT}
    verifier = handler._client.code_verifier
    wrong = await ask_token(x, web, **form, code_verifier="wrong")
    assert wrong.status_code == 400
    spent = await ask_token(x, web, **form, code_verifier=verifier)
    assert spent.status_code == 400  # a code is good for one try

    agreed = await web.post(f"{page.path}?{page.query}")
    (form["code"],) = parse_qs(urlsplit(agreed.headers["location"]).query)["code"]
    token = (await ask_token(x, web, **form, code_verifier=verifier)).json()
    assert set(token["scope"].split()) == set(scope)
    await Caller(x, token["access_token"]).events()


async def test_a_code_lives_thirty_seconds(
    clock: ManualClock, x: FakeX, web: httpx.AsyncClient
) -> None:
    goal = x.world.tokens.consent(x.world.bot.id, question(x))
    (code,) = parse_qs(urlsplit(goal).query)["code"]
    clock.advance(31)
    form = {"grant_type": "authorization_code", "redirect_uri": REDIRECT, "code_verifier": "v" * 43}
    assert (await ask_token(x, web, **form, code=code)).status_code == 400


async def test_without_offline_access_there_is_no_refresh(x: FakeX, web: httpx.AsyncClient) -> None:
    goal = x.world.tokens.consent(x.world.bot.id, question(x, scope="tweet.read users.read"))
    (code,) = parse_qs(urlsplit(goal).query)["code"]
    form = {"grant_type": "authorization_code", "redirect_uri": REDIRECT, "code_verifier": "v" * 43}
    token = (await ask_token(x, web, **form, code=code)).json()
    assert "refresh_token" not in token
    with pytest.raises(tweepy.Forbidden):
        await Caller(x, token["access_token"]).events()


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "other"},
        {"redirect_uri": "https://evil.example/"},
        {"code_challenge": ""},
        {"code_challenge_method": "none"},
        {"response_type": "token"},
    ],
)
async def test_a_wrong_login_question_is_refused(
    x: FakeX, web: httpx.AsyncClient, change: dict[str, str]
) -> None:
    answer = await web.get("/i/oauth2/authorize", params=question(x) | change)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_revoked_is_revoked(x: FakeX, web: httpx.AsyncClient, caller: Caller) -> None:
    auth = (x.world.client.id, x.world.client.secret)
    token = x.world.tokens.access
    answer = await web.post("/2/oauth2/revoke", data={"token": token}, auth=auth)
    assert answer.json() == {"revoked": True}
    with pytest.raises(tweepy.Unauthorized):
        await caller.events()


async def test_the_app_itself_reads_no_messages(x: FakeX) -> None:
    with pytest.raises(tweepy.Forbidden) as refused:
        await Caller(x, x.world.client.bearer).events()
    assert refused.value.response.json()["type"].endswith("/unsupported-authentication")


async def test_oauth1_is_let_in_by_its_token(x: FakeX, caller: Caller) -> None:
    keys = {"consumer_key": "k", "consumer_secret": "s", "access_token_secret": "s"}
    good = {"access_token": x.world.client.oauth1_token}
    caller.client.__dict__.update(keys | good)
    call = caller.client.get_direct_message_events
    assert (await caller.run(call, with_user=False)).status_code == 200
    caller.client.access_token = "wrong"  # noqa: S105 - opens nothing
    with pytest.raises(tweepy.Unauthorized):
        await caller.run(call, with_user=False)


def question(x: FakeX, **change: str) -> dict[str, str]:
    digest = hashlib.sha256(b"v" * 43).digest()
    asked = {"response_type": "code", "client_id": x.world.client.id, "redirect_uri": REDIRECT}
    asked |= {"scope": "dm.read dm.write tweet.read users.read offline.access", "state": "s"}
    asked["code_challenge"] = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return asked | {"code_challenge_method": "S256"} | change


# Limits


async def test_a_quarter_of_an_hour_holds_fifteen_reads(
    clock: ManualClock, x: FakeX, caller: Caller
) -> None:
    call = caller.client.get_direct_message_events
    for left in reversed(range(15)):
        headers = (await caller.run(call)).headers
        assert headers["x-rate-limit-limit"] == "15"
        assert headers["x-rate-limit-remaining"] == str(left)
    with pytest.raises(tweepy.TooManyRequests) as refused:
        await caller.events()
    told = refused.value.response
    assert told.json() == {
        "title": "Too Many Requests",
        "type": "about:blank",
        "status": 429,
        "detail": "Too Many Requests",
    }
    assert told.headers["x-rate-limit-remaining"] == "0"
    wait = int(told.headers["x-rate-limit-reset"]) - clock()
    assert 890 < wait <= 901
    clock.advance(wait)
    await caller.events()


async def test_the_day_has_limits_of_its_own(
    clock: ManualClock, x: FakeX, caller: Caller, ann: FakeUser
) -> None:
    x.world.limits.resize("dm_send", "user_day", 2)
    await caller.send(ann.id, "1")
    headers = (await caller.send(ann.id, "2")).headers
    assert headers["x-user-limit-24hour-remaining"] == "0"
    assert headers["x-app-limit-24hour-limit"] == "1440"
    clock.advance(1_000)
    with pytest.raises(tweepy.TooManyRequests) as refused:
        await caller.send(ann.id, "3")
    told = refused.value.response.headers
    assert told["x-rate-limit-remaining"] == "15"
    assert int(told["x-user-limit-24hour-reset"]) > clock() + 80_000
    assert [said.text for said in ann.heard] == ["1", "2"]


async def test_limits_can_be_off(clock: ManualClock) -> None:
    async with FakeX(clock=clock, limits_on=False) as x:
        caller = Caller(x)
        for _ in range(17):
            await caller.events()


# Money


async def test_each_event_is_paid_once_a_day(
    clock: ManualClock, x: FakeX, caller: Caller, ann: FakeUser
) -> None:
    await caller.events()
    assert x.world.money.dollars == 0
    ann.write("1")
    ann.write("2")
    await caller.events()
    await caller.events()
    assert x.world.money.by_item() == {"dm_event": 2}
    await caller.send(ann.id, "answer")
    await caller.events(max_results=1)
    assert x.world.money.dollars == Decimal("0.045")
    clock.advance(86_400)
    later = Caller(x, x.world.tokens.issue(x.world.bot.id)["access_token"])
    await later.events()
    await later.raw("GET", "/2/users/me")
    assert x.world.money.dollars == Decimal("0.085")


async def test_without_credit_nothing_goes(clock: ManualClock) -> None:
    async with FakeX(clock=clock, budget=10) as x:
        ann, caller = x.user(), Caller(x)
        ann.write("1")
        await caller.events()
        with pytest.raises(tweepy.HTTPException) as refused:
            await caller.send(ann.id, "answer")
        told = refused.value.response
        assert (told.status_code, told.json()["title"]) == (402, "CreditsDepleted")
        assert told.json()["type"].endswith("/2/problems/credits")
        assert not ann.heard
        x.world.money.budget = 1000
        await caller.send(ann.id, "answer")


# Faults


@pytest.mark.parametrize(
    ("fault", "error", "said"),
    [
        ({"status": 400}, tweepy.BadRequest, "Injected"),
        ({"status": 401}, tweepy.Unauthorized, "Unauthorized"),
        ({"status": 402}, tweepy.HTTPException, "does not have any credits"),
        ({"status": 403, "kind": "closed"}, tweepy.Forbidden, "permission to DM"),
        ({"status": 403, "kind": "restricted"}, tweepy.Forbidden, "not permitted"),
        ({"status": 403, "kind": "scope"}, tweepy.Forbidden, "Forbidden"),
        ({"status": 403, "kind": "not-enrolled"}, tweepy.Forbidden, "attached to a Project"),
        ({"status": 403, "kind": "oauth1-permissions"}, tweepy.Forbidden, "oauth1 app"),
        ({"status": 403, "kind": "unsupported-authentication"}, tweepy.Forbidden, "forbidden for"),
        ({"status": 404}, tweepy.NotFound, "Not Found"),
        ({"status": 500}, tweepy.TwitterServerError, "Internal Server Error"),
        ({"status": 502, "form": "html"}, tweepy.TwitterServerError, "502"),
        ({"status": 503, "form": "empty"}, tweepy.TwitterServerError, "503"),
        ({"status": 504}, tweepy.TwitterServerError, "Gateway Timeout"),
    ],
)
async def test_refusals_come_on_request(
    x: FakeX, caller: Caller, ann: FakeUser, fault: dict[str, Any], error: Any, said: str
) -> None:
    x.world.faults.next("dm_send", **fault)
    with pytest.raises(error, match=said) as refused:
        await caller.send(ann.id, "hello")
    assert refused.value.response.status_code == fault["status"]
    assert not ann.heard
    assert x.world.money.dollars == 0
    await caller.send(ann.id, "hello")
    assert len(ann.heard) == 1


@pytest.mark.parametrize(
    ("kind", "headers"),
    [
        ("window", {"x-rate-limit-remaining": "0"}),
        ("day", {"x-rate-limit-remaining": "14", "x-user-limit-24hour-remaining": "0"}),
        ("stale", {"x-rate-limit-remaining": "0"}),
        ("bare", {}),
        ("prose", {}),
    ],
)
async def test_too_many_requests_have_many_faces(
    clock: ManualClock, x: FakeX, caller: Caller, kind: str, headers: dict[str, str]
) -> None:
    x.world.faults.next("dm_events", status=429, kind=kind, reset=30)
    with pytest.raises(tweepy.TooManyRequests) as refused:
        await caller.events()
    told = refused.value.response
    assert headers.items() <= told.headers.items()
    assert ("x-rate-limit-reset" in told.headers) == bool(headers)
    if kind == "stale":
        assert int(told.headers["x-rate-limit-reset"]) < clock()
    assert ("errors" in told.json()) == (kind == "prose")


async def test_an_answer_may_be_lost_after_the_message_was_made(
    x: FakeX, caller: Caller, ann: FakeUser
) -> None:
    x.world.faults.next("dm_send", drop="after")
    with pytest.raises(requests.ConnectionError):
        await caller.send(ann.id, "hello")
    assert [said.text for said in ann.heard] == ["hello"]
    assert x.world.record.of("dm_send")[0].status == 0
    x.world.faults.next("dm_send", drop="before")
    with pytest.raises(requests.ConnectionError):
        await caller.send(ann.id, "again")
    assert len(ann.heard) == 1


async def test_a_call_may_be_slow(x: FakeX, caller: Caller) -> None:
    x.world.faults.next("dm_events", stall=0.1, slow=0.1)
    start = time.monotonic()
    await caller.events()
    assert time.monotonic() - start >= 0.2


async def test_pages_may_be_spoiled(x: FakeX, caller: Caller, ann: FakeUser) -> None:
    sent = [ann.write(str(number)).id for number in range(4)]
    x.world.faults.next("dm_events", duplicate=True)
    assert len((await caller.events())["data"]) == 8
    x.world.faults.next("dm_events", shuffle=True)
    ids = [event["id"] for event in (await caller.events())["data"]]
    assert sorted(ids) == sent != ids[::-1]
    x.world.faults.next("dm_events", partial=True)
    found = await caller.events()
    assert len(found["data"]) == 4
    assert found["errors"][0]["type"] == "https://api.x.com/2/problems/resource-not-found"


async def test_a_fault_may_concern_one_person_only(x: FakeX, caller: Caller, ann: FakeUser) -> None:
    bob = x.user("Bob")
    x.world.faults.next("dm_send", status=503, about=bob.id, count=2)
    await caller.send(ann.id, "hello")
    for _ in range(2):
        with pytest.raises(tweepy.TwitterServerError):
            await caller.send(bob.id, "hello")
    await caller.send(bob.id, "hello")


async def test_a_slip_in_a_fault_shows(x: FakeX) -> None:
    with pytest.raises(ValueError, match="no route 'dm_sent'"):
        x.world.faults.next("dm_sent", status=503)
    with pytest.raises(ValueError, match="kinds of 403"):
        x.world.faults.next("dm_send", status=403, kind="close")
    with pytest.raises(ValueError, match="no route 'dms'"):
        x.world.limits.resize("dms", "user", 1)
