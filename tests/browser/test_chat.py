"""A person at the chat page, in a real Chromium."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from bot.brain.interface import Brain, BrainError, Message
from bot.commands.serving import listen
from bot.replies.knowledge import Knowledge
from bot.replies.model import Reply
from bot.web.app import web_app
from bot.web.guard import LOOPBACK

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}


class Moody:
    """The real brain, until it is told to fail."""

    def __init__(self, brain: Brain) -> None:
        self._brain = brain
        self.down = False

    async def reply(self, message: Message) -> list[Reply]:
        if self.down:
            raise BrainError("down on purpose")
        return await self._brain.reply(message)

    async def forget(self, person: str) -> None:
        await self._brain.forget(person)

    async def close(self) -> None:
        return None


@pytest.fixture(scope="module")
def moody(brain: Brain) -> Moody:
    return Moody(brain)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def address(moody: Moody, knowledge: Knowledge) -> AsyncIterator[str]:
    wordings = {name: compose.say for name, compose in knowledge.composers.items()}
    app = web_app(moody, wordings, b"test key", LOOPBACK)
    socket = listen("127.0.0.1", 0)
    config = uvicorn.Config(app, ws="none", lifespan="off", log_level="warning")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[socket]))
    yield f"http://localhost:{socket.getsockname()[1]}/chat"
    server.should_exit = True
    await serving


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, address: str, moody: Moody) -> AsyncIterator[Page]:
    moody.down = False
    context = await browser.new_context(viewport=DESK, locale="fr-FR")
    opened = await context.new_page()
    await opened.goto(address)
    yield opened
    await context.close()


async def say(page: Page, text: str) -> None:
    turns = await page.locator("article.bot").count()
    await page.get_by_role("textbox").fill(text)
    await page.keyboard.press("Enter")
    await expect(page.locator("article.bot")).to_have_count(turns + 1)


async def last(page: Page) -> str:
    return await page.locator("article.bot").last.inner_text()


async def test_the_page_says_that_it_is_a_robot(page: Page) -> None:
    await expect(page.get_by_role("log")).to_contain_text("robot")
    await expect(page).to_have_title("Cuicui, le lexique de Twitter/X qui répond")


async def test_a_question_is_answered_and_the_box_is_ready_again(page: Page) -> None:
    await say(page, "c koi un RT ?")
    assert "retweet" in await last(page)
    await expect(page.get_by_role("textbox")).to_have_value("")
    await expect(page.get_by_role("textbox")).to_be_focused()


async def test_choices_work_by_keyboard_alone(page: Page) -> None:
    await say(page, "c'est quoi LT ?")
    choice = page.locator("article.bot").last.get_by_role("button").first
    await choice.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("article.bot")).to_have_count(3)
    assert "direct" in (await last(page)).lower()


async def test_the_language_switch_changes_page_and_answers(page: Page) -> None:
    await page.get_by_role("link", name="In English").click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await say(page, "RT")
    assert "stands for retweet" in await last(page)


async def test_answers_in_another_language_say_so_to_a_screen_reader(page: Page) -> None:
    await say(page, "what does #FF mean")
    await expect(page.locator("article.bot").last).to_have_attribute("lang", "en")


async def test_markup_is_shown_and_never_run(page: Page) -> None:
    attack = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    await say(page, attack)
    await expect(page.locator("article.you").last).to_contain_text(attack)
    assert dialogs == []


async def test_a_brain_that_is_down_is_said_kindly(page: Page, moody: Moody) -> None:
    moody.down = True
    await say(page, "rt")
    assert "souci" in await last(page)
    moody.down = False
    await say(page, "rt")
    assert "retweet" in await last(page)


async def test_a_server_that_is_gone_is_said_and_the_text_is_kept(page: Page) -> None:
    await page.route("**/chat/turn", lambda route: route.abort())
    await page.get_by_role("textbox").fill("c'est quoi un DM ?")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("joindre Cuicui")
    await expect(page.get_by_role("textbox")).to_have_value("c'est quoi un DM ?")


async def test_everything_works_without_scripts(browser: Browser, address: str) -> None:
    context = await browser.new_context(java_script_enabled=False, locale="fr-FR")
    page = await context.new_page()
    await page.goto(address)
    await page.get_by_role("textbox").fill("c koi un RT ?")
    await page.get_by_role("button", name="Envoyer").click()
    assert "retweet" in await page.locator("article.bot").last.inner_text()
    await page.get_by_role("button", name="Comment faire").click()
    assert "flèches" in await page.locator("article.bot").last.inner_text()
    await context.close()


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_no_violation_and_nothing_overflows(
    browser: Browser, address: str, viewport: dict[str, int], scheme: str
) -> None:
    context = await browser.new_context(viewport=viewport, color_scheme=scheme, locale="fr-FR")
    page = await context.new_page()
    await page.goto(address)
    await say(page, "thx RT, je te #FF demain ! see U soon IRL ;-))")
    await say(page, "c'est quoi un hashtag ?")
    results = await Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    wider = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert await page.evaluate(wider) is False
    await context.close()
