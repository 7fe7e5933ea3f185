"""The XChat half of the fake X API, driven by the real chatxdk on both sides."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from chat_xdk import Chat

from tests.fakes.x import FakeUser, FakeX, ManualClock
from tests.fakes.x.chats import ChatEvent
from tests.fakes.x.framing import decoded, read
from tests.fakes.x.peer import keys_body, message_body
from tests.fakes.x.problems import Json

KEY_FIELDS = (
    "public_key_version,public_key,signing_public_key,identity_public_key_signature,juicebox_config"
)
EVENT_FIELDS = (
    "conversation_id,conversation_token,created_at,encoded_event,id,is_trusted,"
    "message_event_signature,previous_id,sender_id"
)


class Bot:
    """A minimal XChat bot: what docs.x.com/xchat/getting-started does, and no more."""

    def __init__(self, x: FakeX, http: httpx.AsyncClient) -> None:
        self.x = x
        self.http = http
        self.id = x.world.bot.id
        self.chat = Chat()

    async def register(self) -> httpx.Response:
        made = self.chat.generate_keypairs()
        key = {name: getattr(made.public_key, name) for name in _REGISTERED}
        self.body = {"public_key": key, "version": made.version}
        self.body["generate_version"] = made.generate_version
        answer = await self.http.post(f"/2/users/{self.id}/public_keys", json=self.body)
        if answer.is_success:
            version = answer.json()["data"]["public_key_version"]
            self.chat.set_identity(self.id, version)
            self.chat.set_cache_keys(True)
        return answer

    async def learn(self, *people: str) -> None:
        roster = []
        for one in (self.id, *people):
            asked = {"public_key.fields": KEY_FIELDS}
            answer = await self.http.get(f"/2/users/{one}/public_keys", params=asked)
            roster += [_signing(one, record) for record in answer.json()["data"]]
        self.chat.set_signing_keys(roster)

    async def history(self, other: str, **asked: Any) -> Json:
        asked = {"chat_message_event.fields": EVENT_FIELDS, **asked}
        answer = await self.http.get(f"/2/chat/conversations/{other}/events", params=asked)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def read(self, other: str) -> list[Json]:
        """The conversation in clear, oldest first, without key changes."""
        found = await self.history(other, max_results=100)
        events = [event["encoded_event"] for event in found["data"]][::-1]
        keys = found["meta"]["conversation_key_events"]
        clear = self.chat.decrypt_events(keys + events)
        assert not clear["errors"]
        messages = [one["event"] for one in clear["messages"]]
        return [one for one in messages if one["type"] == "Message"]

    async def send(self, other: str, made: Any, **more: Any) -> httpx.Response:
        body = message_body(made) | more
        return await self.http.post(f"/2/chat/conversations/{other}/messages", json=body)


_REGISTERED = (
    *("identity_public_key_signature", "public_key", "public_key_fingerprint"),
    *("registration_method", "signing_public_key", "signing_public_key_signature"),
)


def _signing(user: str, record: Json) -> dict[str, str]:
    return {
        "user_id": user,
        "public_key_version": record["public_key_version"],
        "public_key": record["signing_public_key"],
        "identity_public_key": record["public_key"],
        "identity_public_key_signature": record["identity_public_key_signature"],
    }


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def x(clock: ManualClock) -> AsyncIterator[FakeX]:
    async with FakeX(clock=clock) as fake:
        yield fake


@pytest.fixture
async def web(x: FakeX) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {x.world.tokens.access}"}
    async with httpx.AsyncClient(base_url=x.url, headers=headers, trust_env=False) as client:
        yield client


@pytest.fixture
async def bot(x: FakeX, web: httpx.AsyncClient) -> Bot:
    bot = Bot(x, web)
    assert (await bot.register()).status_code == 200
    return bot


@pytest.fixture
def ann(x: FakeX) -> FakeUser:
    return x.user("Ann", xchat=True)


# Keys


async def test_keys_are_registered_and_read(x: FakeX, bot: Bot, web: httpx.AsyncClient) -> None:
    plain = (await web.get(f"/2/users/{bot.id}/public_keys")).json()
    (record,) = plain["data"]
    assert record.keys() == {"public_key_version", "public_key"}
    assert bot.chat.matches_registered_key(record["public_key"])
    asked = {"public_key.fields": KEY_FIELDS, "ids": f"{bot.id},{x.user().id}"}
    many = (await web.get("/2/users/public_keys", params=asked)).json()
    assert len(many["data"]) == 1
    nobody = await web.get(f"/2/users/{x.user().id}/public_keys")
    assert nobody.json() == {}


async def test_registration_can_be_resumed(x: FakeX, web: httpx.AsyncClient) -> None:
    bot = Bot(x, web)
    x.world.faults.next("public_keys_add", drop="after")
    with pytest.raises(httpx.RemoteProtocolError):
        await bot.register()
    again = await web.post(f"/2/users/{bot.id}/public_keys", json=bot.body)
    assert again.json() == {"data": {"public_key_version": bot.body["version"]}}
    assert len(x.world.keys.of(bot.id)) == 1


async def test_only_a_few_registrations_a_day(x: FakeX, web: httpx.AsyncClient) -> None:
    for _ in range(3):
        assert (await Bot(x, web).register()).status_code == 200
    refused = await Bot(x, web).register()
    assert refused.status_code == 429
    assert refused.headers["x-user-limit-24hour-remaining"] == "0"
    assert int(refused.headers["x-user-limit-24hour-reset"]) > x.world.clock()


async def test_wrong_keys_are_refused(x: FakeX, bot: Bot, web: httpx.AsyncClient) -> None:
    x.world.limits.resize("public_keys_add", "user_day", 9)
    ann = x.user("Ann", xchat=True)
    other = await web.post(f"/2/users/{ann.id}/public_keys", json=bot.body)
    assert other.status_code == 403
    wrong = dict(bot.body["public_key"], identity_public_key_signature="AAAA")
    body = bot.body | {"public_key": wrong}
    unbound = await web.post(f"/2/users/{bot.id}/public_keys", json=body)
    assert "not bound" in unbound.json()["errors"][0]["message"]
    extra = await web.post(f"/2/users/{bot.id}/public_keys", json=bot.body | {"pin": "1"})
    assert "additional properties" in extra.json()["errors"][0]["message"]


# A conversation


async def test_a_whole_conversation_with_quick_replies(bot: Bot, ann: FakeUser) -> None:
    question = ann.write("What is a hashtag?")
    assert isinstance(question, ChatEvent)
    await bot.learn(ann.id)
    (asked,) = await bot.read(ann.id)
    assert (asked["content"]["text"], asked["verified"]) == ("What is a hashtag?", True)
    options = [{"id": "rt", "label": "What is RT?", "metadata": "ask:repost"}]
    offer = {"request": {"options": {"id": "q1", "options": options}}}
    made = bot.chat.encrypt_reply(
        ann.peer.conversation.id, "A word & a #.", question.encoded, quick_reply=offer
    )
    answer = await bot.send(ann.id, made)
    assert answer.status_code == 201
    echo = bot.chat.decrypt_event(answer.json()["data"]["encoded_message_event"])
    assert echo["content"]["text"] == "A word & a #."
    said = await ann.next_heard()
    assert (said.text, said.stack, said.choices) == ("A word & a #.", "xchat", ["What is RT?"])

    ann.pick("What is RT?")
    picked = (await bot.read(ann.id))[-1]["content"]
    assert picked["text"] == "What is RT?"
    response = picked["quick_reply"]["response"]["options"]
    assert response["selected_option_id"] == "rt"
    assert (response["request_id"], response["metadata"]) == ("q1", "ask:repost")
    with pytest.raises(LookupError, match="nothing offers"):
        ann.pick("What is a like?")


async def test_a_repeated_send_is_heard_once(
    x: FakeX, bot: Bot, ann: FakeUser, web: httpx.AsyncClient
) -> None:
    await _begun(bot, ann)
    made = bot.chat.encrypt_message(ann.id, "once")
    x.world.faults.next("chat_send", drop="after")
    with pytest.raises(httpx.RemoteProtocolError):
        await bot.send(ann.id, made)
    first, again = await bot.send(ann.id, made), await bot.send(ann.id, made)
    assert first.status_code == 201
    assert first.json() == again.json()
    assert [said.text for said in ann.heard] == ["once"]
    assert x.world.money.by_item()["dm_send"] == 1
    other = bot.chat.encrypt_message(ann.id, "other")
    clash = await bot.send(ann.id, other, message_id=made.message_id)
    assert clash.status_code == 400


async def test_history_comes_in_pages_newest_first(bot: Bot, ann: FakeUser) -> None:
    sent = [ann.write(str(number)).id for number in range(3)]
    first = await bot.history(ann.id, max_results=2)
    ann.write("late")
    token = first["meta"]["next_token"]
    second = await bot.history(ann.id, max_results=2, pagination_token=token)
    ids = [event["id"] for event in first["data"] + second["data"]]
    assert ids[:3] == sent[::-1]  # the fourth is the change of keys
    assert (first["meta"]["has_more"], second["meta"]["has_more"]) == (True, False)
    assert first["data"][0]["previous_id"] == ids[1]
    assert "previous_id" not in second["data"][1]
    keys = first["meta"]["conversation_key_events"]
    assert keys == [second["data"][1]["encoded_event"]]


async def test_conversations_are_listed(
    x: FakeX, bot: Bot, ann: FakeUser, web: httpx.AsyncClient
) -> None:
    bob = x.user("Bob", xchat=True)
    await _begun(bot, ann)
    bob.write("hi")
    asked = {"expansions": "participant_ids", "max_results": 1}
    first = (await web.get("/2/chat/conversations", params=asked)).json()
    shown = {"id": bob.peer.conversation.path, "type": "direct"}
    assert first["data"] == [shown | {"participant_ids": sorted([bob.id, bot.id], key=int)}]
    assert (first["meta"]["has_more"], first["meta"]["has_message_requests"]) == (True, True)
    asked["pagination_token"] = first["meta"]["next_token"]
    second = (await web.get("/2/chat/conversations", params=asked)).json()
    assert second["data"][0]["id"] == ann.peer.conversation.path
    one = await web.get(f"/2/chat/conversations/{ann.peer.conversation.path}")
    assert one.json()["data"]["type"] == "direct"
    wrong = await web.get("/2/chat/conversations", params={"chat_conversation.fields": "title"})
    assert wrong.status_code == 400


async def test_typing_and_reading_are_noticed(
    bot: Bot, ann: FakeUser, web: httpx.AsyncClient
) -> None:
    event = ann.write("hi")
    where = f"/2/chat/conversations/{ann.id}"
    assert (await web.post(f"{where}/typing")).json() == {"data": {"success": True}}
    assert [user for user, _ in ann.peer.conversation.typing] == [bot.id]
    seen = await web.post(f"{where}/read", json={"seen_until_sequence_id": event.id})
    assert seen.json() == {"data": {"success": True}}
    assert ann.peer.conversation.seen == {bot.id: event.id}
    assert (await web.post(f"{where}/read", json={})).status_code == 400


async def test_edits_and_reactions_arrive(bot: Bot, ann: FakeUser) -> None:
    await bot.learn(ann.id)
    event = ann.peer.write("waht is RT?")
    ann.peer.edit(event, "what is RT?")
    ann.peer.react(event)
    kinds = [one["content"]["content_type"] for one in await bot.read(ann.id)]
    assert kinds == ["Text", "Edit", "Reaction"]
    texts = [(said.text, said.edits) for said in bot.x.world.record.by(ann.id)]
    assert texts == [("waht is RT?", ""), ("what is RT?", event.id)]


async def test_groups_are_written_to(x: FakeX, bot: Bot, ann: FakeUser) -> None:
    bob = x.user("Bob", xchat=True)
    x.world.activity.subscribe("chat.conversation_join", {"user_id": bot.id})
    group = ann.peer.open_group("Atelier", bob.id, bot.id)
    (told,) = x.world.activity.sent
    assert told.body["data"]["payload"]["conversation_id"] == group.id
    ann.peer.write("hello all", group)
    await bot.learn(ann.id, bob.id)
    assert [one["content"]["text"] for one in await bot.read(group.id)] == ["hello all"]
    await bot.send(group.id, bot.chat.encrypt_message(group.id, "hello"))
    assert [said.text for said in bob.heard] == ["hello"]
    assert [said.to for said in ann.heard] == [{ann.id, bob.id}]
    outside = ann.peer.open_group("Without the bot", bob.id)
    refused = await bot.http.get(f"/2/chat/conversations/{outside.id}/events")
    assert refused.status_code == 403


# Changes of keys


async def test_the_bot_may_open_the_conversation(
    x: FakeX, bot: Bot, ann: FakeUser, web: httpx.AsyncClient
) -> None:
    await bot.learn(ann.id)
    given = x.world.keys.wrapping({bot.id, ann.id})
    prepared = bot.chat.prepare_conversation_key_change(given)
    where = f"/2/chat/conversations/{ann.id}/keys"
    unsigned = {**keys_body(prepared), "action_signatures": []}
    assert (await web.post(where, json=unsigned)).status_code == 400
    partial = keys_body(prepared)
    partial["conversation_participant_keys"].pop()
    assert (await web.post(where, json=partial)).status_code == 400
    made = (await web.post(where, json=keys_body(prepared))).json()["data"]
    assert made["conversation_id"] == ann.peer.conversation.path
    assert made["sequence_id"] == ann.peer.conversation.events[0].id
    key = {"conversation_key": prepared["conversation_key"]}
    key["conversation_key_version"] = prepared["conversation_key_version"]
    await bot.send(ann.id, bot.chat.encrypt_message(ann.id, "hello", **key))
    assert [said.text for said in ann.heard] == ["hello"]
    stale = await web.post(where, json=keys_body(prepared))
    assert "newer" in stale.json()["errors"][0]["message"]


async def test_a_person_may_come_back_with_new_keys(bot: Bot, ann: FakeUser) -> None:
    await _begun(bot, ann)
    ann.peer.renew()
    ann.peer.change_key()
    event = ann.peer.write("me again")
    with pytest.raises(ValueError, match="signature missing or no matching signing key"):
        bot.chat.decrypt_event(event.encoded)
    await bot.learn(ann.id)
    assert (await bot.read(ann.id))[-1]["content"]["text"] == "me again"
    await bot.send(ann.id, bot.chat.encrypt_message(ann.id, "welcome back"))
    assert [said.text for said in ann.heard] == ["welcome back"]


async def test_what_a_person_cannot_read_is_kept(bot: Bot, ann: FakeUser) -> None:
    await _begun(bot, ann)
    made = bot.chat.encrypt_message(ann.id, "hello")
    await bot.send(ann.id, made, message_id="another-id")
    assert not ann.heard
    ((_, why),) = ann.peer.unreadable
    assert "ECDSA mismatch" in why


# What is wrong is refused, or can be told


async def test_forged_and_moved_messages_show(x: FakeX, bot: Bot, ann: FakeUser) -> None:
    eve = x.user("Eve", xchat=True)
    await _begun(bot, ann)
    eve.write("hi")
    await bot.learn(ann.id, eve.id)
    await bot.read(eve.id)
    forged = eve.peer.forge("send me your password", sender=ann.id)
    assert forged.sender == ann.id
    with pytest.raises(ValueError, match="no matching"):
        bot.chat.decrypt_event(forged.encoded)
    mine = ann.peer.write("for the bot alone")
    moved = x.world.smuggle(eve.peer.conversation, ann.id, mine)
    with pytest.raises(ValueError, match=r"no matching|ECDSA"):
        bot.chat.decrypt_event(moved.encoded)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"encoded_message_create_event": "AAAA"}, "is not an encoded event"),
        ({"encoded_message_create_event": "no base64!"}, "is not an encoded event"),
        ({"encoded_message_create_event": "AA=="}, "unknown conversation key version"),
        ({"encoded_message_event_signature": "AA=="}, "is incomplete"),
        ({"conversation_token": "stolen"}, "is not valid"),
        ({"text": "in clear"}, "additional properties"),
    ],
)
async def test_wrong_messages_are_refused(
    bot: Bot, ann: FakeUser, change: Json, reason: str
) -> None:
    await _begun(bot, ann)
    refused = await bot.send(ann.id, bot.chat.encrypt_message(ann.id, "hello"), **change)
    assert refused.status_code == 400
    assert reason in refused.json()["errors"][0]["message"]
    assert not ann.heard


async def test_strangers_conversations_are_closed(
    x: FakeX, bot: Bot, ann: FakeUser, web: httpx.AsyncClient
) -> None:
    bob = x.user("Bob", xchat=True)
    private = x.world.chats.between(ann.id, bob.id)
    ann.peer.write("psst", private)
    assert (await web.get(f"/2/chat/conversations/{private.path}/events")).status_code == 403
    assert (await web.get("/2/chat/conversations/a:b/events")).status_code == 400
    await _begun(bot, ann)
    ann.block()
    refused = await bot.send(ann.id, bot.chat.encrypt_message(ann.id, "hello"))
    assert refused.json()["detail"].startswith("You do not have permission to DM")


async def test_reading_and_writing_cost_as_dms_do(x: FakeX, bot: Bot, ann: FakeUser) -> None:
    await _begun(bot, ann)
    await bot.send(ann.id, bot.chat.encrypt_message(ann.id, "hello"))
    assert x.world.money.by_item() == {"chat_event": 2, "dm_send": 1}


def test_frames_are_read_back() -> None:
    with pytest.raises(ValueError, match="cut short"):
        read(b"\x0b\x00\x01\x00\x00\x00\xffabc")
    with pytest.raises(ValueError, match="more than one"):
        read(b"\x00\x00")
    with pytest.raises(ValueError, match="no such type"):
        read(b"\x63\x00\x01")
    assert decoded("_-8=") == b"\xff\xef"


async def _begun(bot: Bot, person: FakeUser) -> None:
    """A conversation whose keys both sides have."""
    person.write("hello")
    await bot.learn(person.id)
    await bot.read(person.id)
