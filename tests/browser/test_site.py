"""A person at the site, opened from the disk in a real Chromium."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from bot.kit.folder import put_in_place
from bot.kit.site import site_files
from bot.knowledge.load import load_glossary
from bot.replies.knowledge import Knowledge
from tests.house import copy_glossary, furnish

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
LIST, WORD, ADVICE = "fr/index.html", "fr/hashtag.html", "en/advice-10-20-tweets.html"
SMALLEST = 44


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The site of a house that has a rule of its own."""
    place = tmp_path_factory.mktemp("site")
    glossary = copy_glossary(place / "glossary")
    furnish(glossary)
    put_in_place(place / "un site", site_files(load_glossary(glossary)))
    return (place / "un site").as_uri()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, site: str) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport=DESK)
    opened = await context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    await opened.goto(f"{site}/{LIST}")
    yield opened
    await context.close()
    assert problems == []


async def found(page: Page, typed: str) -> list[str]:
    await page.get_by_role("searchbox").fill(typed)
    return await page.locator("#results a").all_inner_texts()


@pytest.mark.parametrize("typed", ["hachtag", "HÀCHTAG", " hashtag ", "#hashtag", "mot-dièse"])
async def test_a_word_is_found_however_it_is_written(page: Page, typed: str) -> None:
    assert (await found(page, typed))[0] == "hashtag"
    await expect(page.locator("#all")).to_be_hidden()


@pytest.mark.parametrize(
    ("typed", "name"), [("ff", "#FF"), ("rt", "RT"), ("ABONNE", "abonné"), ("follower", "abonné")]
)
async def test_what_is_named_so_comes_first(page: Page, typed: str, name: str) -> None:
    assert (await found(page, typed))[0] == name


async def test_a_word_is_found_in_a_question_about_it(page: Page) -> None:
    assert "hashtag" in await found(page, "c'est quoi un hashtag ?")
    assert "#FF" in await found(page, "ça veut dire quoi #FF")


async def test_forms_find_their_entries(page: Page, knowledge: Knowledge) -> None:
    """The script folds what is typed as the list was folded."""
    asked = [
        [f"{term.id}.html", form]
        for term in knowledge.glossary.terms()
        for form in term.written_forms()
    ]
    one_in_seven = asked[::7]
    lost = await page.evaluate(
        """(asked) => asked.filter(([page, form]) =>
            !find(searchable(form)).some((item) =>
                item.querySelector("a").getAttribute("href") === page))""",
        one_in_seven,
    )
    assert lost == []


async def test_the_number_of_results_is_told_to_who_cannot_see_them(page: Page) -> None:
    count = page.get_by_role("status")
    await expect(count).to_have_attribute("aria-live", "polite")
    await found(page, "hachtag")
    await expect(count).to_have_text("1 résultat")
    several = len(await found(page, "tweet"))
    assert several > 1
    await expect(count).to_have_text(f"{several} résultats")
    assert await found(page, "qsdfghjk") == []
    await expect(count).to_contain_text("Aucun résultat")
    await found(page, "")
    await expect(count).to_be_empty()
    await expect(page.locator("#all")).to_be_visible()


async def test_markup_that_is_typed_does_nothing(page: Page) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    await found(page, "<img src=x onerror=alert(1)>")
    assert await page.locator("img[src=x]").count() == 0
    assert dialogs == []


async def test_all_can_be_done_with_the_keyboard(page: Page) -> None:
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("searchbox")).to_be_focused()
    await page.keyboard.type("hachtag")
    await page.keyboard.press("Tab")
    await expect(page.locator("#results a").first).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page).to_have_title("hashtag – Cuicui, le lexique de Twitter/X")


async def test_enter_opens_the_nearest_and_back_finds_the_search_again(page: Page) -> None:
    await page.get_by_role("searchbox").press_sequentially("rt")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("RT")
    await page.go_back()
    await expect(page.get_by_role("searchbox")).to_have_value("rt")
    await expect(page.locator("#results a").first).to_have_text("RT")


async def test_the_same_page_in_the_other_language_is_one_step_away(page: Page) -> None:
    await page.get_by_role("link", name="hashtag", exact=True).click()
    await page.get_by_role("link", name="In English").click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page.get_by_role("heading", level=1)).to_have_text("hashtag")
    await expect(page.locator(".house")).to_contain_text("Here we use two hashtags at most.")


async def test_the_first_page_offers_both_languages(page: Page, site: str) -> None:
    await page.goto(f"{site}/index.html")
    await page.get_by_role("link", name="Read in English").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(
        "Cuicui, the Twitter/X glossary"
    )


async def test_without_scripts_the_whole_list_is_there(
    browser: Browser, site: str, knowledge: Knowledge
) -> None:
    context = await browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = await context.new_page()
    await page.goto(f"{site}/{LIST}")
    await expect(page.locator("#search")).to_be_hidden()
    assert await page.locator("#all .entries a").count() > len(knowledge.glossary.entries)
    await page.get_by_role("link", name="Abréviations").click()
    await expect(page.get_by_role("heading", name="Abréviations")).to_be_in_viewport()
    await page.get_by_role("link", name="RT", exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("RT")
    await context.close()


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["index.html", LIST, WORD, ADVICE])
async def test_axe_finds_no_violation_and_nothing_overflows(
    browser: Browser, site: str, viewport: dict[str, int], scheme: str, path: str
) -> None:
    context = await browser.new_context(viewport=viewport, color_scheme=scheme)
    page = await context.new_page()
    await page.goto(f"{site}/{path}")
    assert await too_wide(page) is False
    if path == LIST:
        await found(page, "tweet")
    results = await Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert await too_wide(page) is False
    await context.close()


async def too_wide(page: Page) -> bool:
    wider = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    return bool(await page.evaluate(wider))


@pytest.mark.parametrize("path", ["index.html", LIST, WORD, ADVICE])
async def test_a_finger_can_hit_everything_outside_of_sentences(
    browser: Browser, site: str, path: str
) -> None:
    context = await browser.new_context(viewport=PHONE)
    page = await context.new_page()
    await page.goto(f"{site}/{path}")
    small = await page.evaluate(
        """(least) => [...document.querySelectorAll("a:not(.skip, footer a), input")]
            .filter((target) => target.getBoundingClientRect().height < least)
            .map((target) => target.outerHTML)""",
        SMALLEST,
    )
    assert small == []
    await context.close()


async def test_paper_shows_the_text_and_its_addresses_without_the_buttons(
    page: Page, site: str
) -> None:
    await page.goto(f"{site}/{WORD}")
    await page.emulate_media(media="print")
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await expect(page.locator("nav")).to_be_hidden()
    shown = "getComputedStyle(document.querySelector('.sources a'), '::after').content"
    assert "http" in await page.evaluate(shown)
