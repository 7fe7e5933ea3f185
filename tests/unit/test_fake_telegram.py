"""The fake Bot API server, driven by the real python-telegram-bot."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import telegram as ptb
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)
from telegram.request import HTTPXRequest

from tests.fakes.telegram import FakeTelegram, ManualClock, Person, telegram_process
from tests.fakes.telegram.errors import Json, Refused
from tests.fakes.telegram.html import parse_html, to_html
from tests.fakes.telegram.server import METHODS
from tests.fakes.telegram.texts import find_entities, piece

HTML = "HTML"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def server(clock: ManualClock) -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(clock=clock) as telegram:
        yield telegram


@pytest.fixture
async def bot(server: FakeTelegram) -> AsyncIterator[ptb.Bot]:
    async with ptb.Bot(server.token, base_url=server.bot_url) as bot:
        yield bot


@pytest.fixture
def ann(server: FakeTelegram) -> Person:
    person = server.person("Ann", "fr")
    person.start()
    return person


async def updates(bot: ptb.Bot, **more: Any) -> list[ptb.Update]:
    """All that waits, confirmed."""
    found = list(await bot.get_updates(timeout=0, **more))
    if found:
        await bot.get_updates(offset=found[-1].update_id + 1, timeout=0)
    return found


async def raw(server: FakeTelegram, method: str, body: Any = None, **more: Any) -> Json:
    async with httpx.AsyncClient(trust_env=False) as client:
        url = f"{server.bot_url}{server.token}/{method}"
        answer = (await client.post(url, json=body or more)).json()
    assert isinstance(answer, dict)
    return answer


def keyboard(*rows: list[tuple[str, str]]) -> ptb.InlineKeyboardMarkup:
    return ptb.InlineKeyboardMarkup(
        [[ptb.InlineKeyboardButton(t, callback_data=d) for t, d in row] for row in rows]
    )


def article(number: int, text: str = "texte") -> ptb.InlineQueryResultArticle:
    content = ptb.InputTextMessageContent(text, parse_mode=HTML)
    return ptb.InlineQueryResultArticle(f"id{number}", f"RT {number}", content)


# HTML and texts


@pytest.mark.parametrize(
    ("source", "text", "kinds"),
    [
        ("<b>RT</b> &amp; <i>co</i>", "RT & co", ["bold", "italic"]),
        ("<b>a<i>b</i></b>", "ab", ["bold", "italic"]),
        (
            "<strong>a</strong><ins>b</ins><del>c</del>",
            "abc",
            ["bold", "underline", "strikethrough"],
        ),
        ('<a href="https://x.com/?a=1&amp;b=2">x</a>', "x", ["text_link"]),
        ('<span class="tg-spoiler">a</span><tg-spoiler>b</tg-spoiler>', "ab", ["spoiler"] * 2),
        ("<blockquote expandable>a</blockquote>", "a", ["expandable_blockquote"]),
        ('<pre><code class="language-py">a</code></pre>', "a", ["pre"]),
        ('<tg-emoji emoji-id="12">🐦</tg-emoji>', "🐦", ["custom_emoji"]),
        ("&lt;b&gt; &quot;&#39;", "<b> \"'", []),
    ],
)
def test_html_is_read(source: str, text: str, kinds: list[str]) -> None:
    plain, entities = parse_html(source)
    assert plain == text
    assert [entity["type"] for entity in entities] == kinds


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("Q&A", "Unescaped"),
        ("a > b", "Unescaped"),
        ("&nbsp;", "Unescaped"),
        ("a < b", "Unclosed start tag at byte offset 2"),
        ("<p>a</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("a<br>", 'Unsupported start tag "br"'),
        ("é<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("é</b>", "Unexpected end tag at byte offset 2"),
        ("<b><i>a</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<span>a</span>", "tg-spoiler"),
        ('<b class="x">a</b>', "Unexpected attribute"),
        ('<a href="twitter">a</a>', "Wrong link"),
        ("<b", "Unclosed start tag"),
    ],
)
def test_html_is_refused(source: str, reason: str) -> None:
    with pytest.raises(Refused, match="can't parse entities") as refused:
        parse_html(source)
    assert reason in refused.value.description


def test_offsets_are_in_utf16_units() -> None:
    text, entities = parse_html("🐦🐦 <b>RT</b>")
    assert (entities[0]["offset"], entities[0]["length"]) == (5, 2)
    assert piece(text, entities[0]) == "RT"


def test_html_is_written_back() -> None:
    source = (
        '<b>RT <i>🐦</i></b> &amp; <a href="https://x.com/">lien</a> <tg-spoiler>x</tg-spoiler>'
    )
    assert to_html(*parse_html(source)) == source


def test_entities_are_found_in_what_people_write() -> None:
    text = "🐦 /define@cuicui_test_bot #RT voir @jack sur https://x.com/jack."
    found = [(entity["type"], piece(text, entity)) for entity in find_entities(text)]
    assert found == [
        ("bot_command", "/define@cuicui_test_bot"),
        ("hashtag", "#RT"),
        ("mention", "@jack"),
        ("url", "https://x.com/jack"),
    ]


# Requests


def test_every_method_of_the_brief_is_there() -> None:
    assert len(METHODS) == 31
    assert all(hasattr(ptb.Bot, found.name) for found in METHODS.values())


async def test_the_bot_knows_itself(bot: ptb.Bot) -> None:
    me = await bot.get_me()
    assert me.username == "cuicui_test_bot"
    assert me.can_read_all_group_messages is False


async def test_typos_show(server: FakeTelegram, bot: ptb.Bot, ann: Person) -> None:
    assert (await raw(server, "sendMesage"))["error_code"] == 404
    answer = await raw(server, "sendMessage", chat_id=ann.id, text="a", parsemode="HTML")
    assert answer["error_code"] == 400
    assert "parsemode" in answer["description"]
    with pytest.raises(BadRequest, match="Unknown parameters"):
        await bot.send_message(ann.id, "a", api_kwargs={"colour": "red"})


async def test_a_wrong_token_is_refused(server: FakeTelegram) -> None:
    with pytest.raises(InvalidToken):
        await ptb.Bot("1:wrong", base_url=server.bot_url).initialize()


async def test_json_form_and_query_string_say_the_same(server: FakeTelegram, ann: Person) -> None:
    url = f"{server.bot_url}{server.token}/sendMessage"
    given = {"chat_id": str(ann.id), "text": "a"}
    async with httpx.AsyncClient(trust_env=False) as client:
        answers = [
            await client.post(url, json=given),
            await client.post(url, data=given),
            await client.post(url, files={name: (None, value) for name, value in given.items()}),
            await client.get(url, params=given),
        ]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert len(ann.heard) == 4


async def test_ptb_needs_no_method_that_the_fake_lacks(bot: ptb.Bot, ann: Person) -> None:
    chat = await bot.get_chat(ann.id)
    assert (chat.type, chat.first_name) == ("private", "Ann")
    assert (await bot.get_chat_member(ann.id, ann.id)).status == "member"
    assert await bot.send_chat_action(ann.id, "typing")
    assert ann.chat.actions == ["typing"]


# Updates


async def test_updates_come_until_confirmed(bot: ptb.Bot, ann: Person) -> None:
    ann.write("un RT ?")
    first, second = await bot.get_updates(timeout=0)
    assert second.update_id == first.update_id + 1
    assert second.message is not None
    assert second.message.from_user is not None
    assert second.message.from_user.language_code == "fr"
    assert len(await bot.get_updates(timeout=0, limit=1)) == 1
    assert [u.update_id for u in await bot.get_updates(offset=second.update_id)] == [
        second.update_id
    ]
    assert not await bot.get_updates(offset=second.update_id + 1, timeout=0)


async def test_a_negative_offset_forgets_all_but_the_last(bot: ptb.Bot, ann: Person) -> None:
    ann.write("a")
    last = ann.write("b")
    (update,) = await bot.get_updates(offset=-1, timeout=0)
    assert update.message is not None
    assert update.message.message_id == last.id
    assert len(await bot.get_updates(timeout=0)) == 1


async def test_long_polling_returns_as_soon_as_something_comes(bot: ptb.Bot, ann: Person) -> None:
    await updates(bot)
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await asyncio.sleep(0.1)
    assert not poll.done()
    ann.write("a")
    assert len(await asyncio.wait_for(poll, 2)) == 1


async def test_the_older_of_two_polls_ends_with_a_conflict(
    server: FakeTelegram, bot: ptb.Bot
) -> None:
    older = asyncio.create_task(bot.get_updates(timeout=30))
    await asyncio.sleep(0.1)
    async with ptb.Bot(server.token, base_url=server.bot_url) as other:
        assert not await other.get_updates(timeout=0)
    with pytest.raises(Conflict, match="make sure that only one bot instance is running"):
        await older


async def test_a_bot_that_dies_while_polling_loses_nothing(
    server: FakeTelegram, bot: ptb.Bot, ann: Person
) -> None:
    await updates(bot)
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await asyncio.sleep(0.1)
    poll.cancel()
    ann.write("a")
    async with ptb.Bot(server.token, base_url=server.bot_url) as restarted:
        (update,) = await restarted.get_updates(timeout=0)
        assert update.message is not None
        assert update.message.text == "a"


async def test_allowed_updates_stay_set(bot: ptb.Bot, server: FakeTelegram, ann: Person) -> None:
    message = await bot.send_message(ann.id, "a")
    ann.react(server.world.chats[ann.id].messages[message.message_id], "👍")
    assert len(await updates(bot)) == 1  # only /start: reactions are not in the default
    await bot.get_updates(timeout=0, allowed_updates=["message_reaction"])
    ann.write("not wanted")
    ann.react(ann.heard[0], "👎")
    (update,) = await updates(bot)
    assert update.message_reaction is not None
    assert update.message_reaction.old_reaction[0].emoji == "👍"  # type: ignore[attr-defined]
    with pytest.raises(BadRequest, match="Allowed_updates"):
        await bot.get_updates(timeout=0, allowed_updates=["mesage"])


async def test_updates_expire_after_a_day(clock: ManualClock, bot: ptb.Bot, ann: Person) -> None:
    clock.advance(86_300)
    assert len(await bot.get_updates(timeout=0)) == 1
    clock.advance(101)
    assert not await bot.get_updates(timeout=0)


async def test_other_contents_arrive(bot: ptb.Bot, ann: Person) -> None:
    await updates(bot)
    message = ann.write("RTT")
    ann.edit(message, "RT")
    ann.forward("un tweet", of="Zoé")
    ann.send_voice()
    ann.send_sticker()
    ann.send_photo("c'est quoi #FF ?")
    ann.send_contact()
    ann.send_location()
    ann.send_poll()
    found = await updates(bot)
    assert len(found) == 9
    assert found[1].edited_message is not None
    assert found[1].edited_message.text == "RT"
    kinds = ["voice", "sticker", "photo", "contact", "location", "poll"]
    assert all(getattr(u.message, kind) for u, kind in zip(found[3:], kinds, strict=True))


async def test_raw_updates_pass_every_filter(bot: ptb.Bot, ann: Person) -> None:
    await updates(bot)
    number = ann.raw({"something_new": {"a": 1}})
    (update,) = await updates(bot)
    assert (update.update_id, update.api_kwargs) == (number, {"something_new": {"a": 1}})


# Webhooks


class Hook:
    """A bot's webhook, on a port of its own."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.requests: list[tuple[str | None, Json]] = []

    async def receive(self, request: Request) -> Response:
        secret = request.headers.get("x-telegram-bot-api-secret-token")
        self.requests.append((secret, await request.json()))
        return Response(status_code=self.statuses.pop(0) if self.statuses else 200)


@pytest.fixture
async def hook() -> AsyncIterator[tuple[Hook, str]]:
    hook = Hook(500, 503)
    app = Starlette(routes=[Route("/hook", hook.receive, methods=["POST"])])
    config = uvicorn.Config(app, port=0, ws="none", lifespan="off", log_level="critical")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn offers no event
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield hook, f"http://127.0.0.1:{port}/hook"
    server.should_exit = True
    await task


async def test_a_webhook_gets_each_update_until_it_takes_it(
    server: FakeTelegram, bot: ptb.Bot, ann: Person, hook: tuple[Hook, str]
) -> None:
    server.world.webhook_back_off = 0.01
    await bot.set_webhook(hook[1], secret_token="s3cret_-", max_connections=1)  # noqa: S106
    with pytest.raises(Conflict, match="use deleteWebhook to delete the webhook first"):
        await bot.get_updates(timeout=0)
    ann.write("second")
    while len(hook[0].requests) < 4:  # noqa: ASYNC110 - a short wait for another server
        await asyncio.sleep(0.01)
    ids = [body["update_id"] for _, body in hook[0].requests]
    assert ids == [ids[0]] * 3 + [ids[0] + 1]
    assert {secret for secret, _ in hook[0].requests} == {"s3cret_-"}
    info = await bot.get_webhook_info()
    assert info.url == hook[1]
    assert "503" in (info.last_error_message or "")
    assert await bot.delete_webhook()
    assert not (await bot.get_webhook_info()).url


@pytest.mark.parametrize(
    ("url", "secret", "reason"),
    [
        ("http://example.org/hook", "", "an https url must be provided"),
        ("https://example.org:81/hook", "", "only on ports"),
        ("https://example.org/hook", "no spaces", "unallowed characters"),
        ("https://example.org/hook", "a" * 257, "too long"),
    ],
)
async def test_webhooks_are_checked(bot: ptb.Bot, url: str, secret: str, reason: str) -> None:
    with pytest.raises(BadRequest, match=reason):
        await bot.set_webhook(url, secret_token=secret)


async def test_set_webhook_ends_a_poll(bot: ptb.Bot) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await asyncio.sleep(0.1)
    await bot.set_webhook("https://example.invalid/hook")
    with pytest.raises(Conflict, match="terminated by setWebhook request"):
        await poll
    await bot.delete_webhook(drop_pending_updates=True)


# Messages


async def test_a_person_hears_what_the_bot_says(bot: ptb.Bot, ann: Person) -> None:
    waiting = asyncio.create_task(ann.hears())
    sent = await bot.send_message(
        ann.id,
        " <b>RT</b> &amp; #FF ",
        parse_mode=HTML,
        reply_markup=keyboard([("Encore", "more")]),
    )
    message = await waiting
    assert (message.id, message.text, message.html) == (
        sent.message_id,
        "RT & #FF",
        "<b>RT</b> &amp; #FF",
    )
    assert message.labels == ["Encore"]
    assert [entity.type for entity in sent.entities] == ["bold", "hashtag"]
    with pytest.raises(TimeoutError):
        await ann.hears(timeout=0.05)


@pytest.mark.parametrize(
    ("text", "more", "reason"),
    [
        ("a" * 4097, {}, "Message is too long"),
        ("🐦" * 2049, {}, "Message is too long"),
        (" \n", {}, "Message text is empty"),
        ("<b> </b>", {"parse_mode": HTML}, "Message text is empty"),
        ("AT&T", {"parse_mode": HTML}, "Can't parse entities"),
        ("a", {"reply_markup": keyboard([("a", "é" * 33)])}, "Button_data_invalid"),
        ("a", {"message_thread_id": 9}, "Message thread not found"),
        ("a", {"reply_parameters": ptb.ReplyParameters(99)}, "Message to be replied not found"),
        ("a", {"parse_mode": "Markdown"}, "Unsupported parse_mode"),
    ],
)
async def test_messages_are_refused(
    bot: ptb.Bot, ann: Person, text: str, more: dict[str, Any], reason: str
) -> None:
    with pytest.raises(BadRequest, match=reason):
        await bot.send_message(ann.id, text, **more)
    assert not ann.heard


async def test_the_longest_message_passes(bot: ptb.Bot, ann: Person) -> None:
    await bot.send_message(ann.id, f"<b>{'🐦' * 2048}</b>", parse_mode=HTML)
    replied = ptb.ReplyParameters(99, allow_sending_without_reply=True)
    sent = await bot.send_message(ann.id, "a", reply_parameters=replied)
    assert sent.reply_to_message is None


@pytest.mark.parametrize(
    "button",
    [
        {"text": "a"},
        {"text": "", "callback_data": "a"},
        {"text": "a", "callback_data": ""},
        {"text": "a", "callback_data": "a", "url": "https://x.com"},
        {"text": "a", "calback_data": "a"},
        {"text": "a", "url": "x"},
        {"text": "a", "copy_text": {"text": "b" * 257}},
        {"text": "a", "callback_data": "a", "style": "blue"},
    ],
)
async def test_buttons_are_checked(server: FakeTelegram, ann: Person, button: Json) -> None:
    markup = {"inline_keyboard": [[button]]}
    answer = await raw(server, "sendMessage", chat_id=ann.id, text="a", reply_markup=markup)
    assert answer["error_code"] == 400


async def test_edits_keep_their_history(bot: ptb.Bot, ann: Person) -> None:
    markup = keyboard([("a", "a")])
    sent = await bot.send_message(ann.id, "un", reply_markup=markup)
    message = await ann.hears()
    with pytest.raises(BadRequest, match="Message is not modified: specified new message content"):
        await bot.edit_message_text("un", ann.id, sent.message_id, reply_markup=markup)
    await bot.edit_message_text("<i>deux</i>", ann.id, sent.message_id, parse_mode=HTML)
    assert (message.html, message.labels) == ("<i>deux</i>", [])
    assert [edit["text"] for edit in message.edits] == ["un"]
    await bot.edit_message_reply_markup(ann.id, sent.message_id, reply_markup=markup)
    assert message.labels == ["a"]
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("x", ann.id, 999)
    theirs = ann.write("b")
    with pytest.raises(BadRequest, match="can't be edited"):
        await bot.edit_message_text("x", ann.id, theirs.id)


async def test_a_person_sees_an_edit(bot: ptb.Bot, ann: Person) -> None:
    sent = await bot.send_message(ann.id, "un")
    seen = asyncio.create_task(ann.sees_edit(await ann.hears()))
    await asyncio.sleep(0)
    await bot.edit_message_text("deux", ann.id, sent.message_id)
    assert (await seen).text == "deux"
    with pytest.raises(TimeoutError):
        await ann.sees_edit(ann.heard[0], timeout=0.05)


async def test_nonsense_is_told_and_not_hidden(server: FakeTelegram, ann: Person) -> None:
    markup = {"inline_keyboard": [[{"text": "a", "copy_text": 1}]]}
    answer = await raw(server, "sendMessage", chat_id=ann.id, text="a", reply_markup=markup)
    assert answer["error_code"] == 500
    assert "of this fake" in answer["description"]


async def test_messages_are_deleted_within_two_days(
    clock: ManualClock, bot: ptb.Bot, ann: Person
) -> None:
    first, second = [await bot.send_message(ann.id, text) for text in ("a", "b")]
    await bot.delete_message(ann.id, first.message_id)
    assert [message.deleted for message in ann.heard] == [True, False]
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(ann.id, first.message_id)
    clock.advance(172_801)
    with pytest.raises(BadRequest, match="can't be deleted"):
        await bot.delete_message(ann.id, second.message_id)


async def test_documents_keep_their_content(bot: ptb.Bot, ann: Person) -> None:
    sent = await bot.send_document(ann.id, b"a,b\n", filename="export.csv", caption="<b>x</b>")
    assert sent.document is not None
    assert sent.document.file_name == "export.csv"
    message = await ann.hears()
    assert (message.content, message.text) == (b"a,b\n", "<b>x</b>")
    await bot.send_document(ann.id, sent.document.file_id)
    with pytest.raises(BadRequest, match="Wrong file identifier"):
        await bot.send_document(ann.id, "unknown")


async def test_bot_reacts(bot: ptb.Bot, ann: Person) -> None:
    message = ann.write("merci")
    await bot.set_message_reaction(ann.id, message.id, "👍")
    assert message.reactions == [{"type": "emoji", "emoji": "👍"}]
    with pytest.raises(BadRequest, match="Reaction_invalid"):
        await bot.set_message_reaction(ann.id, message.id, "🐦")
    with pytest.raises(BadRequest, match="Message to react not found"):
        await bot.set_message_reaction(ann.id, 999, "👍")


# Who may be written to


async def test_who_cannot_be_written_to(server: FakeTelegram, bot: ptb.Bot, ann: Person) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(123, "a")
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(server.person("Zoé").id, "a")
    await updates(bot)
    ann.block()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(ann.id, "a")
    ann.unblock()
    await bot.send_message(ann.id, "a")
    blocked, _ = await updates(bot)
    assert blocked.my_chat_member is not None
    assert blocked.my_chat_member.new_chat_member.status == "kicked"


async def test_groups_kick_and_migrate(server: FakeTelegram, bot: ptb.Bot, ann: Person) -> None:
    old = server.group("Atelier", "group", ann)
    await bot.send_message(old.id, "a")
    new = old.migrate()
    with pytest.raises(ChatMigrated) as migrated:
        await bot.send_message(old.id, "a")
    assert migrated.value.new_chat_id == new.id
    await bot.send_message(new.id, "a")
    moves = [u.message for u in await updates(bot) if u.message and u.message.migrate_to_chat_id]
    assert moves[0].migrate_to_chat_id == new.id
    new.kick_bot(ann)
    with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
        await bot.send_message(new.id, "a")
    small = server.group("Petit", "group", ann)
    small.kick_bot(ann)
    with pytest.raises(Forbidden, match="bot was kicked from the group chat"):
        await bot.send_message(small.id, "a")


async def test_privacy_mode(server: FakeTelegram, bot: ptb.Bot, ann: Person) -> None:
    group = server.group("Atelier", "supergroup", ann)
    sent = await bot.send_message(group.id, "bonjour")
    await updates(bot)
    ann.write_in(group, "entre nous")
    ann.write_in(group, "/define@another_bot rt")
    assert not await updates(bot)
    ann.write_in(group, "/define rt")
    ann.write_in(group, "@cuicui_test_bot rt ?")
    ann.write_in(group, "merci", reply_to=group.chat.messages[sent.message_id])
    found = await updates(bot)
    assert [u.message.text for u in found if u.message] == [
        "/define rt",
        "@cuicui_test_bot rt ?",
        "merci",
    ]
    group.promote_bot(ann)
    await updates(bot)
    ann.write_in(group, "entre nous")
    assert len(await updates(bot)) == 1


async def test_topics(server: FakeTelegram, bot: ptb.Bot, ann: Person) -> None:
    forum = server.group("Forum", "forum", ann)
    thread = forum.add_thread("Débuts")  # opened by the bot: no reply to it is meant
    await updates(bot)
    ann.write_in(forum, "entre nous", thread=thread)
    assert not await updates(bot)
    ann.write_in(forum, "/define rt", thread=thread)
    (update,) = await updates(bot)
    assert update.message is not None
    assert update.message.is_topic_message
    assert update.message.message_thread_id == thread
    assert update.message.reply_to_message is not None
    assert update.message.reply_to_message.forum_topic_created is not None
    sent = await bot.send_message(forum.id, "a", message_thread_id=thread)
    assert sent.message_thread_id == thread
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(forum.id, "a", message_thread_id=1)


async def test_leaving(server: FakeTelegram, bot: ptb.Bot, ann: Person) -> None:
    group = server.group("Atelier", "supergroup", ann)
    assert (await bot.get_chat_member(group.id, ann.id)).status == "member"
    await bot.leave_chat(group.id)
    with pytest.raises(Forbidden, match="not a member"):
        await bot.send_message(group.id, "a")


# Queries


async def test_a_tap_hears_the_answer_once(bot: ptb.Bot, ann: Person) -> None:
    await updates(bot)
    await bot.send_message(ann.id, "a", reply_markup=keyboard([("Exemple", "ex:rt")]))
    tap = asyncio.create_task(ann.tap(await ann.hears(), "Exemple"))
    (update,) = await bot.get_updates(timeout=2)
    query = update.callback_query
    assert query is not None
    assert query.data == "ex:rt"
    with pytest.raises(BadRequest, match="Message_too_long"):
        await bot.answer_callback_query(query.id, "a" * 201)
    await bot.answer_callback_query(query.id, "voilà", show_alert=True)
    assert await tap == {"text": "voilà", "show_alert": True}
    with pytest.raises(BadRequest, match="Query is too old and response timeout expired"):
        await bot.answer_callback_query(query.id)


async def test_old_queries_are_refused(clock: ManualClock, bot: ptb.Bot, ann: Person) -> None:
    await bot.send_message(ann.id, "a", reply_markup=keyboard([("a", "a")]))
    question = ann.press(ann.heard[0], "a")
    clock.advance(16)
    with pytest.raises(BadRequest, match="query id is invalid"):
        await bot.answer_callback_query(question.id)


async def test_inline_mode(server: FakeTelegram, bot: ptb.Bot, ann: Person) -> None:
    await updates(bot)
    asked = asyncio.create_task(ann.ask_inline("rt", "20"))
    (update,) = await bot.get_updates(timeout=2)
    query = update.inline_query
    assert query is not None
    assert (query.query, query.offset) == ("rt", "20")
    await bot.get_updates(offset=update.update_id + 1, timeout=0)
    button = ptb.InlineQueryResultsButton("Demander", start_parameter="rt")
    results = [article(1, "<b>a</b>"), article(2)]
    await bot.answer_inline_query(
        query.id, results, next_offset="40", cache_time=5, is_personal=True, button=button
    )
    answer = await asked
    assert [result["title"] for result in answer["results"]] == ["RT 1", "RT 2"]
    assert (answer["next_offset"], answer["cache_time"], answer["is_personal"]) == ("40", 5, True)
    assert answer["button"]["start_parameter"] == "rt"
    assert ann.choose_inline(answer["results"][0], "rt").html == "<b>a</b>"
    (chosen,) = await updates(bot)
    assert chosen.chosen_inline_result is not None
    assert chosen.chosen_inline_result.result_id == "id1"


@pytest.mark.parametrize(
    ("results", "more", "reason"),
    [
        ([{"type": "article", "id": "a", "title": "a"}], {}, "content is not specified"),
        ([{"type": "text", "id": "a"}], {}, "unsupported"),
        ([{"type": "photo", "id": "é" * 33}], {}, "RESULT_ID_INVALID"),
        ([{"type": "photo", "id": "a"}] * 2, {}, "RESULT_ID_DUPLICATE"),
        ([{"type": "photo", "id": str(n)} for n in range(51)], {}, "too many"),
        ([], {"next_offset": "é" * 33}, "NEXT_OFFSET_INVALID"),
        ([], {"button": {"text": "a"}}, "exactly one optional field"),
        ([], {"button": {"text": "a", "start_parameter": "é"}}, "START_PARAM_INVALID"),
    ],
)
async def test_inline_answers_are_checked(
    server: FakeTelegram, ann: Person, results: list[Json], more: Json, reason: str
) -> None:
    query = server.world.questions.ask(kind="inline").id
    answer = await raw(
        server, "answerInlineQuery", {"inline_query_id": query, "results": results, **more}
    )
    assert answer["error_code"] == 400
    assert reason in answer["description"]


async def test_guest_mode(bot: ptb.Bot, ann: Person) -> None:
    await updates(bot)
    asked = asyncio.create_task(ann.ask_guest("@cuicui_test_bot c'est quoi un RT ?"))
    (update,) = await bot.get_updates(timeout=2)
    assert update.guest_message is not None
    assert update.guest_message.guest_query_id is not None
    sent = await bot.answer_guest_query(update.guest_message.guest_query_id, article(1, "<i>a</i>"))
    message = await asked
    assert message.html == "<i>a</i>"
    await bot.edit_message_text("b", inline_message_id=sent.inline_message_id)
    assert message.text == "b"


# Polls


async def quiz(bot: ptb.Bot, chat_id: int, **more: Any) -> ptb.Message:
    given = {"type": "quiz", "correct_option_ids": [1], "is_anonymous": False, **more}
    return await bot.send_poll(chat_id, "RT ?", ["Retour", "Retweet"], **given)


async def test_a_quiz_is_voted_on_and_stopped(bot: ptb.Bot, ann: Person) -> None:
    await updates(bot)
    sent = await quiz(bot, ann.id, explanation="<b>RT</b>", explanation_parse_mode=HTML)
    assert sent.poll is not None
    assert sent.poll.explanation == "RT"
    message = await ann.hears()
    ann.vote(message, 1)
    with pytest.raises(ValueError, match="voted already"):
        ann.vote(message, 0)
    poll, answer = await updates(bot)
    assert poll.poll is not None
    assert [option.voter_count for option in poll.poll.options] == [0, 1]
    assert answer.poll_answer is not None
    assert answer.poll_answer.option_ids == (1,)
    wanted = (sent.poll.options[1].persistent_id,)
    assert answer.poll_answer.option_persistent_ids == wanted
    assert (await bot.stop_poll(ann.id, sent.message_id)).is_closed
    with pytest.raises(BadRequest, match="already been closed"):
        await bot.stop_poll(ann.id, sent.message_id)
    with pytest.raises(ValueError, match="closed"):
        ann.vote(message, 1)


async def test_a_poll_closes_in_time(clock: ManualClock, bot: ptb.Bot, ann: Person) -> None:
    await quiz(bot, ann.id, open_period=10)
    clock.advance(11)
    *_, update = await bot.get_updates(timeout=0)
    assert update.poll is not None
    assert update.poll.is_closed


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"correct_option_ids": []}, "must be non-empty"),
        ({"correct_option_ids": [2]}, "Wrong quiz correct_option_id"),
        ({"correct_option_ids": [1, 0]}, "must be increasing"),
        ({"explanation": "a" * 201}, "at most 200 characters"),
        ({"explanation": "a\nb\nc\nd"}, "at most 2 line feeds"),
        ({"open_period": 4}, "between 5 and 2628000"),
        ({"open_period": 2_628_001}, "between 5 and 2628000"),
    ],
)
async def test_quizzes_are_checked(
    bot: ptb.Bot, ann: Person, more: dict[str, Any], reason: str
) -> None:
    with pytest.raises(BadRequest, match=reason):
        await quiz(bot, ann.id, **more)


@pytest.mark.parametrize(
    ("question", "options", "reason"),
    [
        ("a" * 301, ["a", "b"], "must not exceed 300"),
        (" ", ["a", "b"], "Text must be non-empty"),
        ("a", [], "at least one answer option"),
        ("a", ["a"] * 13, "more than 12 options"),
        ("a", ["a" * 101, "b"], "must not exceed 100"),
        ("a", ["a", " "], "Text must be non-empty"),
    ],
)
async def test_polls_are_checked(
    bot: ptb.Bot, ann: Person, question: str, options: list[str], reason: str
) -> None:
    with pytest.raises(BadRequest, match=reason):
        await bot.send_poll(ann.id, question, options)


# The bot's page


async def test_commands_by_scope_and_language(bot: ptb.Bot, server: FakeTelegram) -> None:
    english, french = server.person("Al", "en"), server.person("Ann", "fr")
    await bot.set_my_commands([("help", "Help")])
    await bot.set_my_commands([("help", "Aide")], language_code="fr")
    await bot.set_my_commands([("quiz", "Quiz")], scope=ptb.BotCommandScopeAllGroupChats())
    assert english.menu() == [{"command": "help", "description": "Help"}]
    assert french.menu() == [{"command": "help", "description": "Aide"}]
    group = server.group("Atelier", "supergroup", french)
    assert french.menu(group) == [{"command": "quiz", "description": "Quiz"}]
    assert (await bot.get_my_commands(language_code="fr"))[0].description == "Aide"
    await bot.delete_my_commands(language_code="fr")
    assert not await bot.get_my_commands(language_code="fr")


@pytest.mark.parametrize(
    ("commands", "more"),
    [
        ([("Help", "a")], {}),
        ([("a" * 33, "a")], {}),
        ([("a", " ")], {}),
        ([("a", "a" * 257)], {}),
        ([(f"c{n}", "a") for n in range(101)], {}),
        ([("a", "a")], {"language_code": "fr-FR"}),
    ],
)
async def test_commands_are_checked(bot: ptb.Bot, commands: Any, more: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        await bot.set_my_commands(commands, **more)


async def test_names_and_descriptions(bot: ptb.Bot) -> None:
    await bot.set_my_name("Cuicui FR", "fr")
    assert (await bot.get_my_name("fr")).name == "Cuicui FR"
    assert (await bot.get_my_name()).name == "Cuicui"
    await bot.set_my_description("a" * 512)
    await bot.set_my_short_description("b" * 120, "en")
    assert len((await bot.get_my_description()).description) == 512
    assert len((await bot.get_my_short_description("en")).short_description) == 120
    with pytest.raises(BadRequest):
        await bot.set_my_description("a" * 513)
    with pytest.raises(BadRequest):
        await bot.set_my_short_description("a" * 121)


async def test_the_menu_button(bot: ptb.Bot, ann: Person) -> None:
    assert (await bot.get_chat_menu_button()).type == "commands"
    app = ptb.MenuButtonWebApp("Jouer", ptb.WebAppInfo("https://example.org"))
    await bot.set_chat_menu_button(ann.id, app)
    assert (await bot.get_chat_menu_button(ann.id)).type == "web_app"
    await bot.set_chat_menu_button(menu_button=ptb.MenuButtonDefault())
    assert (await bot.get_chat_menu_button()).type == "default"


# Faults, limits, log


async def test_faults_happen_as_asked(server: FakeTelegram, bot: ptb.Bot, ann: Person) -> None:
    faults = server.world.faults
    faults.next("sendMessage", status=429, retry_after=7)
    with pytest.raises(RetryAfter) as limited:
        await bot.send_message(ann.id, "a")
    assert limited.value._retry_after.total_seconds() == 7
    faults.next("sendMessage", status=502, count=2)
    for _ in range(2):
        with pytest.raises(NetworkError, match="Bad Gateway"):
            await bot.send_message(ann.id, "a")
    faults.next("sendMessage", status=500)
    with pytest.raises(NetworkError, match="Internal Server Error"):
        await bot.send_message(ann.id, "a")
    faults.next("sendMessage", status=429, chat_id=1)
    await bot.send_message(ann.id, "a")
    assert len(ann.heard) == 1
    statuses = [call.status for call in server.world.log.of("sendMessage")]
    assert statuses == [429, 502, 502, 500, 200]
    assert server.world.calls[-1].parameters == {"chat_id": str(ann.id), "text": "a"}


@pytest.mark.parametrize(("when", "heard"), [("before", 0), ("after", 1)])
async def test_the_connection_drops(
    server: FakeTelegram, bot: ptb.Bot, ann: Person, when: Any, heard: int
) -> None:
    server.world.faults.next("sendMessage", drop=when)
    with pytest.raises(NetworkError):
        await bot.send_message(ann.id, "a")
    assert len(ann.heard) == heard
    await bot.send_message(ann.id, "b")
    assert [call.status for call in server.world.log.of("sendMessage")] == [0, 200]


async def test_a_slow_answer_was_accepted(server: FakeTelegram, ann: Person) -> None:
    server.world.faults.next("sendMessage", slow=0.5)
    request = HTTPXRequest(read_timeout=0.1)
    async with ptb.Bot(server.token, base_url=server.bot_url, request=request) as bot:
        with pytest.raises(TimedOut):
            await bot.send_message(ann.id, "a")
    assert len(ann.heard) == 1


async def test_real_limits() -> None:
    clock = ManualClock()
    async with FakeTelegram(clock=clock, limits=True) as telegram:
        ann = telegram.person()
        ann.start()
        group = telegram.group("Atelier", "supergroup", ann)
        bot = ptb.Bot(telegram.token, base_url=telegram.bot_url)
        for _ in range(3):
            await bot.send_message(ann.id, "a")
        with pytest.raises(RetryAfter):
            await bot.send_message(ann.id, "a")
        for _ in range(20):
            clock.advance(1)
            await bot.send_message(group.id, "a")
        clock.advance(1)
        with pytest.raises(RetryAfter) as limited:
            await bot.send_message(group.id, "a")
        assert 35 <= limited.value._retry_after.total_seconds() <= 41


# A process of its own


async def test_the_fake_lives_in_a_process_of_its_own() -> None:
    async with telegram_process() as remote:
        token = (await remote.state())["token"]
        ann = await remote.person("Ann", language_code="fr")
        await remote.do(ann, "start", "t_rt")
        async with ptb.Bot(token, base_url=f"{remote.url}/bot") as bot:
            (update,) = await bot.get_updates(timeout=2)
            assert update.message is not None
            assert update.message.text == "/start t_rt"
            await bot.get_updates(offset=update.update_id + 1, timeout=0)
            await bot.send_message(ann, "salut", reply_markup=keyboard([("Encore", "more")]))
            said = await remote.do(ann, "hears")
            assert (said["text"], said["labels"]) == ("salut", ["Encore"])
            tap = asyncio.create_task(
                remote.do(ann, "tap", message=said["id"], label_or_data="more")
            )
            (update,) = await bot.get_updates(timeout=2)
            assert update.callback_query is not None
            await bot.answer_callback_query(update.callback_query.id, "ok")
            assert await tap == {"text": "ok"}
            await remote.fault("sendMessage", status=502)
            with pytest.raises(NetworkError):
                await bot.send_message(ann, "a")
        assert [message["text"] for message in await remote.heard(ann)] == ["salut"]
        assert (await remote.log())[-1]["status"] == 502
        with pytest.raises(TimeoutError):
            await remote.do(ann, "hears", timeout=0.05)
        with pytest.raises(RuntimeError, match="AttributeError"):
            await remote.do(ann, "dance")
