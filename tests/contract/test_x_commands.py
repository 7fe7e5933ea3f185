"""The X door as an operator starts it: from the command line."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from bot.settings import ROOT, SettingError, Settings, read_settings
from tests.contract.x_house import roomy
from tests.fakes.x import FakeX
from tests.resilience.test_processes import free_port

PATIENCE = 90


@asynccontextmanager
async def bot(
    environment: dict[str, str], *arguments: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments, cwd=ROOT, env=environment,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def said(process: asyncio.subprocess.Process, sign: str) -> str:
    """The line with `sign` in it."""
    assert process.stdout is not None
    while line := (await asyncio.wait_for(process.stdout.readline(), PATIENCE)).decode():
        if sign in line:
            return line
    raise AssertionError(f"ended without saying {sign!r}")


async def finished(environment: dict[str, str], *arguments: str) -> tuple[int, str]:
    async with bot(environment, *arguments) as process:
        out, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
        return process.returncode or 0, out.decode()


@pytest.fixture
def environment(
    clean_environment: dict[str, str], settings: Settings, tmp_path: Path
) -> dict[str, str]:
    """The trained model where it is, everything else elsewhere."""
    (tmp_path / "models").symlink_to(settings.models)
    (tmp_path / "encoder").symlink_to(settings.encoder)
    return {
        **clean_environment, "BOT_DATA_DIR": str(tmp_path), "PYTHONUNBUFFERED": "1",
        "BOT_PORT": str(free_port()),
    }  # fmt: skip


async def test_a_person_writes_to_the_door_that_the_command_opens(
    environment: dict[str, str],
) -> None:
    async with FakeX() as x:
        roomy(x)
        ann = x.user("Ann", xchat=True)
        async with bot({**environment, **x.environment}, "x") as process:
            await said(process, "encrypted messages are open")
            ann.write("c koi un RT ?")
            answer = await ann.next_heard(30)
            assert "retweet" in answer.text
            ann.pick("Le bon usage")
            assert (await ann.next_heard(30)).text
            process.terminate()
            assert await asyncio.wait_for(process.wait(), 30) == 0
        code, cost = await finished({**environment, **x.environment}, "x", "--cost")
        assert code == 0
        assert cost.splitlines()[-1] == f"total\t\t\t${x.world.money.thousandths / 1000:.3f}"


async def test_no_token_is_one_clear_line(environment: dict[str, str]) -> None:
    code, told = await finished(environment, "x")
    assert code == 1
    assert len(told.splitlines()) == 1
    assert "X_ACCESS_TOKEN is not set" in told


async def test_run_says_that_the_door_stays_shut_and_opens_the_others(
    environment: dict[str, str],
) -> None:
    async with bot({**environment, "X_CLIENT_ID": "app"}, "run") as process:
        told = await said(process, "X door stays shut")
        assert "x login" in told
        assert process.returncode is None


async def test_a_wrong_token_is_one_clear_line_without_its_value(
    environment: dict[str, str],
) -> None:
    async with FakeX() as x:
        wrong = {"X_ACCESS_TOKEN": "canary-a", "X_REFRESH_TOKEN": "canary-b"}
        code, told = await finished({**environment, **x.environment, **wrong}, "x")
    assert code == 1
    assert "X_ACCESS_TOKEN is refused" in told
    assert "canary" not in told
    assert "Traceback" not in told


@pytest.mark.parametrize("paste", [False, True])
async def test_login_walks_a_person_through_it(environment: dict[str, str], paste: bool) -> None:
    port = free_port()
    async with FakeX() as x:
        roomy(x)
        known = {
            name: value for name, value in x.environment.items()
            if name not in ("X_ACCESS_TOKEN", "X_REFRESH_TOKEN")
        }  # fmt: skip
        more = ["--paste"] if paste else []
        async with bot({**environment, **known}, "x", "login", "--port", str(port), *more) as login:
            url = (await said(login, "/i/oauth2/authorize?")).strip()
            await said(login, "3.")
            await agree(url, login, paste)
            await said(login, "Done")
            assert await asyncio.wait_for(login.wait(), 30) == 0
        code, _ = await finished({**environment, **known}, "x", "--cost")
        assert code == 0
        async with bot({**environment, **known}, "x") as process:
            await said(process, "the account listens")


async def agree(url: str, login: asyncio.subprocess.Process, paste: bool) -> None:
    """What a browser does when the person clicks on "Authorize app"."""
    async with httpx.AsyncClient() as browser:
        assert (await browser.get(url)).status_code == 200
        sent = (await browser.post(url)).headers["location"]
        if paste:
            assert login.stdin is not None
            login.stdin.write(f"{sent}\n".encode())
            await login.stdin.drain()
            return
        other = re.sub("state=[^&]*", "state=another", sent)
        assert (await browser.get(other)).status_code == 400
        assert (await browser.get(sent)).status_code == 200


async def test_login_without_an_app_names_the_variable(environment: dict[str, str]) -> None:
    code, told = await finished(environment, "x", "login")
    assert code == 1
    assert "X_CLIENT_ID is not set" in told


@pytest.mark.parametrize(
    ("name", "value"),
    [("X_API_URL", "http://elsewhere.example"), ("X_DAILY_BUDGET", "much"), ("X_CHAT", "maybe"),
     ("X_DAILY_BUDGET", "-1"), ("X_DAILY_BUDGET", "NaN"), ("X_WEBHOOK_PORT", "http")],
)  # fmt: skip
def test_a_wrong_setting_names_the_variable_and_not_its_value(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name) as caught:
        read_settings({name: value})
    assert value not in str(caught.value)


def test_money_is_counted_whole() -> None:
    assert read_settings({"X_DAILY_BUDGET": "2.50"}).x.daily_budget == 2_500
    assert read_settings({}).x.daily_budget is None


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    names = ("X_CLIENT_SECRET", "X_ACCESS_TOKEN", "X_REFRESH_TOKEN", "X_BEARER_TOKEN",
             "X_CONSUMER_SECRET")  # fmt: skip
    shown = repr(read_settings({name: f"canary-{name}" for name in names}))
    assert "canary" not in shown
