"""The legacy half of the fake X API, driven by the real tweepy."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import requests
import tweepy
from requests.adapters import HTTPAdapter

from tests.fakes.x import FakeUser, FakeX, ManualClock
from tests.fakes.x.problems import Json

HOST = "https://api.twitter.com"
ALL_FIELDS = "attachments,created_at,dm_conversation_id,entities,event_type,id,text"


class Loopback(HTTPAdapter):
    """Sends what tweepy addresses to its one host to the fake instead."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def send(self, request: requests.PreparedRequest, **more: Any) -> requests.Response:  # type: ignore[override]
        assert request.url is not None
        request.url = request.url.replace(HOST, self._url, 1)
        return super().send(request, **(more | {"timeout": 5, "proxies": {}}))


class Caller:
    """tweepy's client in a thread; answers as `requests` gives them."""

    def __init__(self, x: FakeX, token: str | None = None) -> None:
        bearer = token or x.world.tokens.access
        self.client = tweepy.Client(bearer, return_type=requests.Response)
        self.client.session.mount(HOST, Loopback(x.url))

    async def events(self, **asked: Any) -> Json:
        answer = await self.run(self.client.get_direct_message_events, **asked)
        return dict(answer.json())

    async def send(self, to: str, text: str) -> requests.Response:
        return await self.run(self.client.create_direct_message, participant_id=to, text=text)

    async def raw(self, method: str, route: str, **more: Any) -> requests.Response:
        return await self.run(self.client.request, method, route, with_user=False, **more)

    async def run(
        self, call: Callable[..., Any], *given: Any, with_user: bool = True, **asked: Any
    ) -> requests.Response:
        asked |= {"user_auth": False} if with_user else {}
        answer = await asyncio.to_thread(call, *given, **asked)
        assert isinstance(answer, requests.Response)
        return answer


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


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


# Reading


async def test_an_empty_inbox_has_no_data(caller: Caller) -> None:
    assert await caller.events() == {"meta": {"result_count": 0}}


async def test_a_message_arrives_with_the_default_fields(caller: Caller, ann: FakeUser) -> None:
    event = ann.write("What is RT?")
    found = await caller.events()
    shown = {"id": event.id, "event_type": "MessageCreate", "text": "What is RT?"}
    assert found == {"data": [shown], "meta": {"result_count": 1}}


async def test_expansions_bring_the_sender(caller: Caller, ann: FakeUser) -> None:
    ann.write("bonjour")
    found = await caller.events(expansions="sender_id", dm_event_fields="dm_conversation_id")
    assert found["data"][0]["sender_id"] == ann.id
    assert found["data"][0]["dm_conversation_id"] == ann.conversation
    assert found["includes"]["users"][0]["username"] == ann.account.username


async def test_some_senders_are_not_resolved(x: FakeX, caller: Caller, ann: FakeUser) -> None:
    ann.write("bonjour")
    x.world.lost.add(ann.id)
    assert "includes" not in await caller.events(expansions="sender_id")


async def test_texts_are_escaped_and_links_wrapped(caller: Caller, ann: FakeUser) -> None:
    ann.write("Q&A <b> https://x.com/a?b=1&c=2 #RT @jack")
    event = (await caller.events(dm_event_fields="entities"))["data"][0]
    link = event["entities"]["urls"][0]
    assert event["text"].startswith("Q&amp;A &lt;b&gt; https://t.co/")
    assert event["text"][link["start"] : link["end"]] == link["url"]
    assert link["expanded_url"] == "https://x.com/a?b=1&c=2"
    assert event["entities"]["hashtags"][0]["tag"] == "RT"
    assert event["entities"]["mentions"][0]["username"] == "jack"


async def test_pictures_and_posts_are_told(x: FakeX, caller: Caller, ann: FakeUser) -> None:
    ann.dm("", media=1, posts=1)
    asked = {"expansions": "attachments.media_keys,referenced_posts"}
    found = await caller.events(**asked, dm_event_fields="attachments")
    event = found["data"][0]
    assert "text" not in event
    assert event["attachments"]["media_keys"] == [found["includes"]["media"][0]["media_key"]]
    assert event["referenced_posts"][0]["id"] == found["includes"]["posts"][0]["id"]


async def test_pages_go_back_in_time_and_hold_still(caller: Caller, ann: FakeUser) -> None:
    sent = [ann.write(str(number)).id for number in range(5)]
    first = await caller.events(max_results=2)
    ann.write("late")
    token = first["meta"]["next_token"]
    second = await caller.events(max_results=2, pagination_token=token)
    third = await caller.events(max_results=2, pagination_token=second["meta"]["next_token"])
    pages = [[event["id"] for event in page["data"]] for page in (first, second, third)]
    assert pages == [[sent[4], sent[3]], [sent[2], sent[1]], [sent[0]]]
    assert "next_token" not in third["meta"]
    assert "previous_token" not in first["meta"]
    back = await caller.events(max_results=2, pagination_token=third["meta"]["previous_token"])
    assert back["data"] == second["data"]


async def test_events_are_kept_for_thirty_days(clock: ManualClock, x: FakeX, ann: FakeUser) -> None:
    ann.write("old")
    clock.advance(31 * 86_400)
    later = Caller(x, x.world.tokens.issue(x.world.bot.id)["access_token"])
    assert (await later.events())["meta"]["result_count"] == 0


async def test_groups_tell_who_comes_and_goes(x: FakeX, caller: Caller, ann: FakeUser) -> None:
    group = ann.group(x.user("Bob"))
    ann.write_in(group, "hello")
    ann.leave(group)
    found = await caller.events(dm_event_fields=ALL_FIELDS, expansions="participant_ids,sender_id")
    left, said, joined = found["data"]
    assert (left["event_type"], left["participant_ids"]) == ("ParticipantsLeave", [ann.id])
    assert (said["text"], said["dm_conversation_id"]) == ("hello", group)
    assert "participant_ids" not in said
    assert x.world.bot.id in joined["participant_ids"]
    only = await caller.events(event_types="MessageCreate")
    assert [event["text"] for event in only["data"]] == ["hello"]


async def test_one_conversation_and_one_event(caller: Caller, x: FakeX, ann: FakeUser) -> None:
    event = ann.write("mine")
    x.user("Bob").write("his")
    found = await caller.events(participant_id=ann.id)
    assert [item["text"] for item in found["data"]] == ["mine"]
    assert (await caller.events(dm_conversation_id=ann.conversation)) == found
    one = await caller.raw("GET", f"/2/dm_events/{event.id}")
    assert one.json() == {"data": found["data"][0]}
    none = (await caller.raw("GET", "/2/dm_events/1")).json()
    assert none["errors"][0]["type"] == "https://api.x.com/2/problems/resource-not-found"


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"max_results": 0}, "The `max_results` query parameter value [0] is not between 1 and"),
        ({"max_results": 101}, "is not between 1 and 100"),
        ({"dm_event_fields": "sender_id"}, "value [sender_id] is not one of [attachments,"),
        ({"expansions": "referenced_tweets.id"}, "is not one of"),
        ({"pagination_token": "x" * 16}, "is not valid"),
        ({"event_types": "Typing"}, "is not one of [MessageCreate,"),
    ],
)
async def test_wrong_parameters_are_named(caller: Caller, asked: Json, reason: str) -> None:
    with pytest.raises(tweepy.BadRequest) as refused:
        await caller.events(**asked)
    error = refused.value.response.json()
    assert error["type"] == "https://api.x.com/2/problems/invalid-request"
    assert reason in error["errors"][0]["message"]
    (name,) = error["errors"][0]["parameters"]
    assert name.replace(".", "_") in asked


async def test_the_older_schema_knows_sender_id(clock: ManualClock) -> None:
    async with FakeX(clock=clock, schema="older") as x:
        ann = x.user()
        ann.dm("", posts=1)
        caller = Caller(x)
        found = await caller.events(dm_event_fields="sender_id,referenced_tweets")
        assert found["data"][0]["sender_id"] == ann.id
        assert found["data"][0]["referenced_tweets"]
        with pytest.raises(tweepy.BadRequest) as refused:
            await caller.events(expansions="referenced_posts")
        assert refused.value.response.json()["type"].startswith("https://api.twitter.com/")


async def test_unknown_parameters_and_paths_are_refused(caller: Caller) -> None:
    with pytest.raises(tweepy.BadRequest, match="is not one of"):
        await caller.raw("GET", "/2/dm_events", params={"since_id": "1"})
    with pytest.raises(tweepy.NotFound):
        await caller.raw("GET", "/2/dm_typing")


# Writing


async def test_an_answer_is_heard(x: FakeX, caller: Caller, ann: FakeUser) -> None:
    answer = await caller.send(ann.id, "A repost & more.")
    assert answer.status_code == 201
    made = {"dm_conversation_id": ann.conversation, "dm_event_id": x.world.mail.events[-1].id}
    assert answer.json() == {"data": made}
    said = await ann.next_heard()
    assert (said.text, said.stack, said.to) == ("A repost & more.", "legacy", {ann.id})
    assert (await caller.events())["data"][0]["text"] == "A repost &amp; more."


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, "should be valid"),
        ({"text": ""}, "at least 1"),
        ({"text": "a" * 10_001}, "at most 10000"),
        ({"text": 1}, "string expected"),
        ({"text": "a", "quick_reply": {}}, "does not allow additional properties"),
        ({"attachments": [{"media_id": "1", "alt": ""}]}, "additional properties"),
        ({"attachments": [{"media_id": "1"}]}, "no such media"),
        ([], "object expected"),
    ],
)
async def test_wrong_bodies_are_refused(
    caller: Caller, ann: FakeUser, body: Any, reason: str
) -> None:
    with pytest.raises(tweepy.BadRequest) as refused:
        await caller.raw("POST", f"/2/dm_conversations/with/{ann.id}/messages", json=body)
    assert reason in refused.value.response.json()["errors"][0]["message"]
    assert not ann.heard


async def test_the_longest_text_passes(caller: Caller, ann: FakeUser) -> None:
    await caller.send(ann.id, "a" * 10_000)
    assert len(ann.heard[0].text) == 10_000


async def test_who_is_closed_or_has_blocked_gets_nothing(
    x: FakeX, caller: Caller, ann: FakeUser
) -> None:
    ann.block()
    for one in (ann.id, x.user("Bob", open=False).id, "42"):
        with pytest.raises(tweepy.Forbidden, match="do not have permission to DM"):
            await caller.send(one, "hello")
    ann.unblock()
    await caller.send(ann.id, "hello")
    assert [said.text for said in ann.heard] == ["hello"]


async def test_own_messages_can_be_deleted_from_the_own_view(caller: Caller, ann: FakeUser) -> None:
    answer = await caller.send(ann.id, "oops")
    event = answer.json()["data"]["dm_event_id"]
    assert (await caller.raw("DELETE", f"/2/dm_events/{event}")).json() == {
        "data": {"deleted": True}
    }
    assert (await caller.events())["meta"]["result_count"] == 0
    hers = ann.write("stays").id
    assert "errors" in (await caller.raw("DELETE", f"/2/dm_events/{hers}")).json()


async def test_a_group_is_opened_by_its_first_message(
    x: FakeX, caller: Caller, ann: FakeUser
) -> None:
    bob = x.user("Bob")
    call = caller.client.create_direct_message_conversation
    made = await caller.run(call, participant_ids=[ann.id, bob.id], text="hi")
    group = made.json()["data"]["dm_conversation_id"]
    await caller.run(caller.client.create_direct_message, dm_conversation_id=group, text="again")
    assert [said.text for said in bob.heard] == ["hi", "again"]


async def test_the_bot_knows_itself(x: FakeX, caller: Caller) -> None:
    found = (await caller.raw("GET", "/2/users/me")).json()
    assert found == {
        "data": {"id": x.world.bot.id, "name": "Cuicui", "username": "cuicui_test_bot"}
    }


# Everything asked and said is on record


async def test_the_record_tells_who_asked_what(x: FakeX, caller: Caller, ann: FakeUser) -> None:
    await caller.send(ann.id, "hello")
    (call,) = x.world.record.of("dm_send")
    assert (call.status, call.body, call.verb) == (201, {"text": "hello"}, "POST")
    assert call.path.endswith(f"/with/{ann.id}/messages")
    assert call.bearer == x.world.tokens.access
    (said,) = x.world.record.said
    assert (said.sender, said.to) == (x.world.bot.id, {ann.id})
