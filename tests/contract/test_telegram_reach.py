"""When Telegram is slow, refuses, or is not there; two ways in; two instances; a wrong token."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from starlette.applications import Starlette

from bot.commands.sockets import listen, serve
from bot.doors.telegram.door import open_door
from bot.replies.knowledge import Knowledge
from bot.settings import SettingError, read_settings
from tests.clocks import SleepyClock
from tests.contract.conftest import Evening, StandIn, no_webhook, opened, until
from tests.fakes.telegram import TOKEN, FakeTelegram

FAULTS = [
    {"status": 429, "retry_after": 1},
    {"status": 502},
    {"drop": "before"},
]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
async def test_an_answer_gets_through_a_failing_telegram(
    evening: Evening, fault: dict[str, int]
) -> None:
    ann = evening.person()
    evening.telegram.world.faults.next("sendMessage", count=1, **fault)
    ann.write("RT")
    assert (await ann.hears()).text.startswith("RT\n")
    await evening.settled()
    assert len(ann.heard) == 1


async def test_refused_markup_is_sent_as_plain_text(evening: Evening) -> None:
    refusal = "Bad Request: can't parse entities: Unsupported start tag"
    evening.telegram.world.faults.next("sendMessage", status=400, description=refusal)
    ann = evening.person()
    ann.write("RT")
    answer = await ann.hears()
    assert answer.text.startswith("RT\n")
    assert not [entity for entity in answer.entities if entity["type"] == "bold"]


async def test_an_answer_that_was_deleted_is_given_anew(evening: Evening) -> None:
    ann = evening.person()
    question = ann.write("RT")
    answer = await ann.hears()
    answer.deleted = True
    ann.edit(question, "hashtag")
    assert (await ann.hears()).text.lower().startswith("hashtag\n")


async def test_updates_come_again_after_a_failing_fetch(evening: Evening) -> None:
    evening.telegram.world.faults.next("getUpdates", status=502, count=1)
    ann = evening.person()
    ann.write("RT")
    assert (await ann.hears()).text.startswith("RT\n")
    assert len(ann.heard) == 1


async def test_nothing_is_confirmed_that_could_not_be_kept(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = evening.person()
    keep, failures = evening.door.gateway._inbox.keep, [1, 1]

    async def fail_twice(events: object) -> object:
        if events and failures:
            failures.pop()
            raise sa.exc.OperationalError("disk full", None, Exception())
        return await keep(events)  # type: ignore[arg-type]

    monkeypatch.setattr(evening.door.gateway._inbox, "keep", fail_twice)
    ann.write("RT")
    assert (await ann.hears(timeout=8)).text.startswith("RT\n")
    await evening.settled()
    assert len(ann.heard) == 1


async def test_a_second_instance_is_said_loudly_and_once(
    evening: Evening, knowledge: Knowledge, tmp_path: Path
) -> None:
    folder = tmp_path / "other"
    async with opened(evening.telegram, evening.brain, knowledge, folder) as other:
        said = evening.said + other.said
        await until(lambda: "ANOTHER PROCESS" in " ".join(evening.said + other.said))
        await asyncio.sleep(0.3)
        said = evening.said + other.said
        assert sum("ANOTHER PROCESS" in line for line in said) <= 2
        ann = evening.person()
        ann.write("RT")
        assert (await ann.hears()).text.startswith("RT\n")


async def test_it_waits_for_a_telegram_that_is_not_there_and_says_so_once(
    stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    telegram, clock, said = FakeTelegram(), SleepyClock(), []
    settings = read_settings({
        "BOT_DATA_DIR": str(tmp_path), "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.url,
    })  # fmt: skip

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.02))

    async with open_door(settings, knowledge, stand_in, b"key", said.append, clock, sleep) as door:
        running = asyncio.create_task(door.run(no_webhook))
        await until(lambda: said)
        await asyncio.sleep(0.3)
        async with telegram:
            await until(lambda: len(said) > 1)
            ann = telegram.person()
            ann.write("RT")
            assert (await ann.hears()).text.startswith("RT\n")
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
    assert [line.partition(":")[0] for line in said] == [
        "Telegram cannot be reached yet", "Telegram",
    ]  # fmt: skip


async def test_a_wrong_token_is_one_line_that_does_not_show_it(
    telegram: FakeTelegram, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    settings = read_settings({
        "BOT_DATA_DIR": str(tmp_path), "TELEGRAM_TOKEN": "123:wrong-token",
        "TELEGRAM_API_URL": telegram.url,
    })  # fmt: skip
    async with open_door(settings, knowledge, stand_in, b"key", print) as door:
        with pytest.raises(SettingError, match="TELEGRAM_TOKEN") as refused:
            await door.run(no_webhook)
    assert "wrong-token" not in str(refused.value)
    assert "wrong-token" not in repr(settings)


async def test_no_token_is_one_line(
    stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    settings = read_settings({"BOT_DATA_DIR": str(tmp_path)})
    with pytest.raises(SettingError, match="TELEGRAM_TOKEN is not set"):
        async with open_door(settings, knowledge, stand_in, b"key", print):
            pass


# Webhook


@asynccontextmanager
async def hooked(
    telegram: FakeTelegram, brain: StandIn, knowledge: Knowledge, folder: Path
) -> AsyncIterator[str]:
    """The door behind a webhook on loopback; gives the webhook's address."""
    listening = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/hook"
    settings = read_settings({
        "BOT_DATA_DIR": str(folder), "TELEGRAM_TOKEN": telegram.token,
        "TELEGRAM_API_URL": telegram.url, "TELEGRAM_WEBHOOK_URL": url,
    })  # fmt: skip
    stop = asyncio.Event()

    async def serve_here(app: Starlette, _port: int) -> None:
        await serve(app, listening, stop)

    async with open_door(settings, knowledge, brain, b"key", lambda _: None) as door:
        running = asyncio.create_task(door.run(serve_here))
        await until(lambda: telegram.world.webhook.url)
        yield url
        stop.set()
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def test_a_webhook_answers_and_refuses_strangers(
    telegram: FakeTelegram, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    async with hooked(telegram, stand_in, knowledge, tmp_path) as url:
        ann = telegram.person()
        ann.write("RT")
        assert (await ann.hears()).text.startswith("RT\n")
        async with httpx.AsyncClient(trust_env=False) as stranger:
            update = {"update_id": 1, "message": {}}
            assert (await stranger.post(url, json=update)).status_code == 403
            secret = {"x-telegram-bot-api-secret-token": telegram.world.webhook.secret}
            for body in (b"", b"[]", b"{}", b'{"update_id": "1"}', b"[" * 200_000):
                answer = await stranger.post(url, content=body, headers=secret)
                assert answer.status_code == 400
            again = [
                await stranger.post(url, json={"update_id": 5, **_message(ann.id)}, headers=secret)
                for _ in range(3)
            ]
        assert [answer.status_code for answer in again] == [200] * 3
        assert (await ann.hears()).text.lower().startswith("hashtag\n")
        await asyncio.sleep(0.2)
        assert len(ann.heard) == 2


def _message(chat: int) -> dict[str, object]:
    who = {"id": chat, "is_bot": False, "first_name": "Ann", "language_code": "fr"}
    where = {"id": chat, "type": "private", "first_name": "Ann"}
    head = {"message_id": 9_000, "date": 1_800_000_000, "from": who, "chat": where}
    return {"message": {**head, "text": "hashtag"}}


# Nothing of anybody in the logs


async def test_logs_hold_no_words_no_names_and_no_token(
    evening: Evening, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    logging.getLogger("bot").setLevel(logging.DEBUG)
    ann = evening.person("Canaria-First", last_name="Canaria-Last", username="canaria_user")
    faults = evening.telegram.world.faults
    for fault in ({"status": 429, "retry_after": 1}, {"status": 502}, {"drop": "before"}):
        faults.next("sendMessage", **fault)
    ann.write("canary-words crash RT")
    await ann.hears(timeout=8)
    ann.write("crash")
    await ann.hears()
    faults.next("sendMessage", status=400, description="Bad Request: can't parse: canary-words")
    ann.forward("canary-words thx RT je te #FF")
    await ann.hears()
    faults.next("sendChatAction", status=400, description="Bad Request: canary-words")
    faults.next("answerInlineQuery", status=400, description="Bad Request: canary-words")
    with pytest.raises(TimeoutError):
        await ann.ask_inline("canary-words", timeout=0.2)
    ann.raw({"message": {"message_id": 1, "text": "canary-words"}})
    evening.brain.down = True
    ann.write("canary-words ?")
    ann.block()
    await evening.settled()
    logged = caplog.text + " ".join(evening.said)
    assert "refused" in logged
    for secret in ("canary-words", "Canaria", "canaria_user", TOKEN, TOKEN.partition(":")[2]):
        assert secret not in logged
    assert str(ann.id) not in logged


async def test_a_clock_that_is_put_back_holds_up_no_answer(evening: Evening) -> None:
    ann = evening.person()
    for _ in range(3):
        ann.write("RT")
        await ann.hears()
    evening.clock.advance(-3_600)
    ann.write("RT")
    await ann.hears(timeout=6)


@pytest.mark.parametrize("fault", [{"status": 502}, {"status": 429, "retry_after": 1}], ids=str)
async def test_a_webhook_is_set_though_telegram_fails_at_first(
    telegram: FakeTelegram,
    stand_in: StandIn,
    knowledge: Knowledge,
    tmp_path: Path,
    fault: dict[str, int],
) -> None:
    telegram.world.faults.next("setWebhook", **fault)
    async with hooked(telegram, stand_in, knowledge, tmp_path):
        ann = telegram.person()
        ann.write("RT")
        assert (await ann.hears()).text.startswith("RT\n")


async def test_a_webhook_of_before_is_removed_though_telegram_fails_at_first(
    telegram: FakeTelegram, stand_in: StandIn, knowledge: Knowledge, tmp_path: Path
) -> None:
    telegram.world.webhook.url = "http://127.0.0.1:9/nobody"
    telegram.world.faults.next("deleteWebhook", status=502)
    async with opened(telegram, stand_in, knowledge, tmp_path) as evening:
        ann = evening.person()
        ann.write("RT")
        assert (await ann.hears(timeout=8)).text.startswith("RT\n")
        assert not [line for line in evening.said if "ANOTHER PROCESS" in line]


async def test_an_answer_that_telegram_no_longer_knows_is_given_anew(evening: Evening) -> None:
    ann = evening.person()
    question = ann.write("RT")
    await ann.hears()
    evening.telegram.world.faults.next(
        "editMessageText", status=400, description="Bad Request: MESSAGE_ID_INVALID"
    )
    ann.edit(question, "hashtag")
    assert (await ann.hears()).text.lower().startswith("hashtag\n")
