"""Forms, menus of messages, tables and texts of editors, in a real browser on a narrow page, with the page's fonts."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Request

from tests.bot.preview.demo_bot import COLUMNS
from tests.bot.preview.demo_forms import CHOICES, LONGEST, MEASURE, PICTURE, SAVE
from tests.bot.preview.looking import AT_BOTTOM, COMPOSER_HAS_FOCUS, SIDEWAYS, Person, looking

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
FONTS = True
"""Has ``browser`` draw with the page's own fonts: here it counts how wide and high things are."""

IN_SIGHT = """(name) => {
  const {left, right, top, bottom} = document.querySelector(name).getBoundingClientRect();
  return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
}"""
FORM_HAS_FOCUS = "(name) => document.activeElement.name === name"
FORM_IS_OPEN = "() => document.querySelector('.modal-dialog') !== null && simcordPreview.ready"
OFFERED = "() => [...document.querySelectorAll('[role=menuitem]')].map((item) => item.innerText)"
MENU_BUTTON = ".channel-message:last-child .message-menu-button"

OPEN = ".select-list:popover-open"
OPTIONS_IN_SIGHT = """(open) => {
  const list = document.querySelector(open);
  const {top, bottom} = list.getBoundingClientRect();
  return [...list.querySelectorAll(".select-option")].filter((option) => {
    const box = option.getBoundingClientRect();
    return box.top >= top - 1 && box.bottom <= bottom + 1;
  }).length;
}"""
"""How many options of the open list are in sight as a whole."""


async def submit(person: Person) -> None:
    await person.page.get_by_role("button", name="Submit").click()


async def test_a_posted_message_is_saved_from_its_menu_by_pointer_and_by_keys(browser: Browser) -> None:
    async with looking(browser, width=400) as person:
        page = person.page
        await person.type("We had the best truck tonight\n")
        await person.until("(name) => document.querySelectorAll(name).length === 1", MENU_BUTTON)
        await page.locator(".channel-message").last.hover()
        await page.click(MENU_BUTTON)
        assert await page.evaluate(OFFERED) == [MEASURE, SAVE]
        assert await page.evaluate(IN_SIGHT, ".message-menu")
        await page.get_by_role("menuitem", name=SAVE).click()
        await person.until(FORM_HAS_FOCUS, "speaker")
        assert await page.input_value("[name=words]") == "We had the best truck tonight"
        assert await page.evaluate(IN_SIGHT, ".modal-dialog")
        assert await page.evaluate(SIDEWAYS) == []
        await page.keyboard.press("Escape")
        await person.until(COMPOSER_HAS_FOCUS)

        await page.keyboard.press("Shift+Tab")
        for key in ("Enter", "ArrowDown", "ArrowDown", "Enter"):  # round to the first one again
            await page.keyboard.press(key)
        await person.until_seen("Mo (moderator) wrote 29 characters")
        await page.get_by_text("We had the best truck tonight").click(button="right")
        await person.until(f"() => ({OFFERED})().length === 2")
        await page.keyboard.press("Escape")
        assert await page.evaluate(OFFERED) == []


async def test_editors_and_fans_are_offered_their_own(browser: Browser) -> None:
    async with looking(browser, width=400) as person:
        viewers = person.page.get_by_role("group", name="Viewing as")
        await viewers.get_by_text("Ola (owner)").click()
        await person.until("() => document.querySelector('.server [aria-pressed=true]')?.innerText === 'Ola (owner)'")
        await person.until_idle()
        await person.type("/recap-edit\n")
        await person.until_seen("Editing in ")
        await viewers.get_by_text("Fay (fan)").click()
        await person.until_gone("Editing in ")
        await person.until_idle()
        assert "/recap-edit" not in await person.offered()
        await person.page.focus(MENU_BUTTON)
        await person.page.keyboard.press("Enter")
        assert await person.page.evaluate(OFFERED) == [MEASURE]


async def test_a_form_keeps_what_was_typed_until_it_is_right_and_nothing_once_it_is_left(browser: Browser) -> None:
    async with looking(browser, width=400, height=600) as person:
        page = person.page
        await person.type("/form\n")
        await person.until(FORM_HAS_FOCUS, "speaker")
        await person.type("no")
        await page.fill("[name=words]", "Best truck tonight")
        person.stage.bot.posts.put_nowait("Coverage starts soon")
        await person.until_seen("Coverage starts soon")
        await submit(person)
        await person.until_seen("Enter at least 3 characters.")
        assert await page.evaluate(IN_SIGHT, ".field-error")
        assert await page.input_value("[name=words]") == "Best truck tonight"
        await person.until(FORM_HAS_FOCUS, "speaker")
        await page.keyboard.press("End")
        await person.type("body\n")  # Enter in a line sends
        await person.until_seen("No driver is called nobody")
        await person.until(COMPOSER_HAS_FOCUS)
        for _ in range(2):
            await person.type("/form\n")
            await person.until(FORM_HAS_FOCUS, "speaker")
            assert [await page.input_value(f"[name={name}]") for name in ("speaker", "words")] == ["", ""]
            await person.type("Heim")
            await page.keyboard.press("Escape")
            await person.until(COMPOSER_HAS_FOCUS)


async def test_a_command_for_others_is_said_to_be_and_for_whom(browser: Browser) -> None:
    async with looking(browser) as person:
        await person.page.get_by_role("group", name="Viewing as").get_by_text("Fay (fan)").click()
        await person.until_idle()
        await person.type("/recap-edit\n")
        await person.until_seen("/recap-edit is for moderators: it takes the permission Administrator")


@pytest.mark.parametrize("width", [400, 1000])
async def test_an_open_select_shows_all_it_has_room_for_and_says_where_it_goes_on(browser: Browser, width: int) -> None:
    async with looking(browser, width=width, height=900) as person:
        await person.type("/choices\n")
        await person.until_idle()
        page = person.page
        await page.locator(".channel-message .select-trigger").last.click()
        await person.until(f"() => document.querySelector('{OPEN} .select-more')")
        seen = await page.evaluate(OPTIONS_IN_SIGHT, OPEN)
        assert seen >= 6
        assert await page.locator(f"{OPEN} .select-more").is_visible() == (seen < CHOICES)
        assert "simcord" not in (await page.locator(OPEN).inner_text()).lower()
        await page.evaluate("(open) => { document.querySelector(open).scrollTop = 9999; }", OPEN)
        await person.until(f"() => !document.querySelector('{OPEN} .select-more.is-needed')")


async def test_a_form_comes_from_a_button_and_from_a_choice_with_a_select_in_it(browser: Browser) -> None:
    async with looking(browser, width=400, height=600) as person:
        page = person.page
        await person.type("/ways\n")
        await page.get_by_text("Change it").click()
        await person.until(FORM_HAS_FOCUS, "speaker")
        assert len(await page.input_value("[name=words]")) == LONGEST
        await person.type("Corey Heim")
        await page.click(".modal-dialog .select-trigger")
        await page.locator(".select-option:visible", has_text="Phoenix").click()
        await submit(person)
        await person.until_seen("Changed to 3000 characters of Corey Heim after Phoenix, from Truck Series news")
        for race in ("Talladega", "Martinsville"):
            await page.locator(".channel-message .select-trigger").click()
            await page.locator(".select-option:visible", has_text=race).click()
            await person.until(FORM_IS_OPEN)
            assert await page.input_value("[name=words]") == f"About {race}"
            await page.get_by_role("button", name="Cancel").click()
            await person.until("() => document.querySelector('.modal-dialog') === null")


async def test_what_editors_write_is_drawn_as_on_discord_and_nothing_is_fetched(browser: Browser) -> None:
    asked: list[str] = []

    def heard(request: Request) -> None:
        asked.append(request.url)

    async with looking(browser, width=400) as person:
        page = person.page
        page.on("request", heard)
        await person.type("/notes\n")
        await person.until_seen("Paint scheme of the race")
        await person.until(AT_BOTTOM)
        box = page.locator(".component-container")
        assert await box.locator("blockquote").inner_text() == "He said it with a smile,\nand then he said it again."
        assert await box.locator("li").count() == 5
        assert await box.locator("li", has_text="is not said").count() == 0
        assert (await box.locator(".markdown-subtext").inner_text()).startswith("Small print that goes on")
        link = box.locator("a", has_text="The winning truck")
        assert await link.get_attribute("href") == PICTURE
        assert "pictures.invalid/truck.png" in await link.inner_text()
        assert await page.evaluate(SIDEWAYS) == []
        assert await page.evaluate("() => document.documentElement.scrollWidth === innerWidth")
        assert not [url for url in asked if not url.startswith(("http://127.0.0.1:", "blob:http://127.0.0.1:"))]


async def test_a_form_is_whole_on_a_narrow_page(browser: Browser) -> None:
    in_sight = """(name) => [...document.querySelectorAll(name)].every((one) => {
        const {left, right, top, bottom} = one.getBoundingClientRect();
        const edges = [top + 2, bottom - 2].map((y) => [(left + right) / 2, y]);
        return right <= innerWidth && edges.every(([x, y]) => one.contains(document.elementFromPoint(x, y)));
    })"""
    async with looking(browser, width=400) as person:
        await person.type("/compare\n")
        await person.until("() => document.querySelectorAll('.command-suggestion').length === 5")  # for nothing typed
        assert "MATCHING" not in await person.seen()
        for button in (".command-context-close", ".send-message"):
            assert await person.page.locator(button).is_visible()
            assert await person.page.evaluate(in_sight, button)
        await person.page.keyboard.press("Escape")
        await person.page.keyboard.press("Enter")
        await person.until_seen("This field is required.")
        assert await person.page.evaluate(in_sight, ".command-error")


@pytest.mark.parametrize("width", [400, 1280])
async def test_nothing_scrolls_sideways_and_a_table_fits(browser: Browser, width: int) -> None:
    async with looking(browser, width=width) as person:
        await person.type("/sta\n")
        await person.until_seen("Driver Number 10")
        await person.type("/next\n")
        await person.until_seen("library")
        assert await person.page.evaluate(SIDEWAYS) == []
        assert await person.page.evaluate("() => document.documentElement.scrollWidth === innerWidth")
        table = person.page.locator(".code-block")
        assert max(map(len, (await table.inner_text()).splitlines())) == COLUMNS
        assert await table.evaluate("(block) => block.scrollWidth <= block.clientWidth")
        assert await table.evaluate("(block) => parseFloat(getComputedStyle(block).fontSize) >= 11")
