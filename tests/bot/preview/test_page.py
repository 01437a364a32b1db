"""The page in a real browser, as a person who tries the bot uses it; ``test_page_forms`` measures what is drawn."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Browser

from tests.bot.preview.demo_bot import EDIT
from tests.bot.preview.looking import AT_BOTTOM, COMPOSER_HAS_FOCUS, looking
from tests.bot.preview.served import WELCOME
from tests.patience import PATIENCE

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

BUTTONS = "() => [...document.querySelectorAll('button')].filter((b) => b.checkVisibility()).map((b) => b.innerText)"


async def test_it_opens_on_the_welcome_ready_to_type_with_the_clocks_time_and_nothing_for_developers(
    browser: Browser,
) -> None:
    async with looking(browser) as person:
        await person.until(COMPOSER_HAS_FOCUS)
        await person.until_seen(WELCOME)
        assert await person.page.title() == "Tailgate"
        assert await person.page.locator("iframe").count() == 0
        await person.until_idle()
        people = ["Mo (moderator)", "Fay (fan)", "Ola (owner)"]
        assert await person.page.evaluate(BUTTONS) == [*people, "⋯", ""]  # the last one shows an arrow
        seen = await person.seen()
        assert "Truck Series fans" in seen
        assert "Viewing as" in seen
        assert not any(word in seen for word in ("SimCord", "Refresh", "Capture", "Inspector", "Search"))
        await person.until_seen("10/16/25, 5:00")
        await person.until_seen("Thu, Oct 16, 2025, 5:00")


async def test_a_few_letters_and_enter_send_and_the_focus_comes_back(browser: Browser) -> None:
    async with looking(browser) as person:
        await person.type("/sta\n")
        await person.until_seen("Standings 2025")
        await person.until(COMPOSER_HAS_FOCUS)
        await person.type("/next\n")
        await person.until_seen("library 2025-10-16T21:00")
        await person.until(COMPOSER_HAS_FOCUS)


async def test_nothing_typed_while_an_answer_is_on_its_way_is_lost(browser: Browser) -> None:
    async with looking(browser) as person:
        await person.type("/next\n/next\n/toss\n\n\n")
        await person.until_seen("library", 2)
        await person.until_seen("It is heads")
        assert "/next" not in (await person.seen()).replace("used /next", "")


async def test_a_required_option_takes_what_is_typed_behind_the_name(browser: Browser) -> None:
    async with looking(browser) as person:
        await person.type("/driver heim")
        await person.until("() => document.querySelector('.command-suggestion')?.innerText === 'Corey Heim'")
        await person.type("\n\n")
        await person.until_seen("Corey Heim in 2025")
        await person.until(COMPOSER_HAS_FOCUS)


FIELDS = "() => [...document.querySelectorAll('.command-option-input')].map((field) => field.value)"


async def test_words_behind_a_command_are_shared_out_and_shown_by_the_names_offered(browser: Browser) -> None:
    async with looking(browser) as person:
        await person.type("/compare corey heim majeski\n")
        await person.until(f"() => ({FIELDS})().join() === '#10 Corey Heim,#10 Ty Majeski'")
        await person.type("\n")
        await person.until_seen("corey-heim before ty-majeski in 2025")
        await person.until(COMPOSER_HAS_FOCUS)
        await person.type("/compare corey heim\n")  # both words belong to one name, so to one option
        await person.until(f"() => ({FIELDS})().join() === '#10 Corey Heim,'")


SHARED_OUT = {
    "/compare riggs heim 2023": "first=#11 Layne Riggs,second=heim 2023",  # a year names nobody by itself
    "/compare heim 2023 riggs": "first=heim 2023,second=#11 Layne Riggs",
    "/standings owners": "view=Owners",
    "/standings 2024 after bristol": "after=bristol,season=2024",
    "/standings bristol OWNERS 2024": "after=bristol,season=2024,view=Owners",
    "/standings after 22": "after=22",
}


async def test_words_go_to_the_option_that_takes_their_kind(browser: Browser) -> None:
    said = "(field) => `${field.dataset.option}=${field.value}`"
    async with looking(browser) as person:
        for line, fields in SHARED_OUT.items():
            await person.type(f"{line}\n")
            await person.until(
                "(wanted) => "
                f"[...document.querySelectorAll('.command-option-input')].map({said}).sort().join() === wanted",
                fields,
            )
            for _ in range(2):
                await person.page.keyboard.press("Escape")
            await person.until(f"() => ({COMPOSER_HAS_FOCUS})() && !document.activeElement.value")


async def test_options_may_be_named_on_the_line_in_any_order_and_case(browser: Browser) -> None:
    async with looking(browser) as person:
        for line, answer in (
            ("/standings season:2024", "Standings 2024"),
            ("/TOSS side:tails\n", "It is tails"),
            ("/compare season:2023 Second:riggs first:grant-enfinger", "grant-enfinger before layne-riggs in 2023"),
        ):
            await person.type(f"{line}\n")
            await person.until_seen(answer)
            await person.until(COMPOSER_HAS_FOCUS)


async def test_a_whole_line_may_be_pasted(browser: Browser) -> None:
    async with looking(browser) as person:
        await person.page.keyboard.insert_text("/compare riggs, kaden honeycutt season:2024")
        await person.type("\n")
        await person.until_seen("layne-riggs before kaden-honeycutt in 2024")


async def test_a_name_that_no_command_has_is_said_and_not_sent(browser: Browser) -> None:
    async with looking(browser) as person:
        await person.type("/nxt\n")
        await person.until_seen("No command is called /nxt")
        assert await person.page.input_value("#channel-composer-input") == "/nxt"
        for _ in range(3):
            await person.page.keyboard.press("Backspace")
        await person.until_gone("No command is called")
        assert await person.page.locator(".message-content").count() == 1


async def test_messages_typed_while_another_is_on_its_way_stay_apart(browser: Browser) -> None:
    async with looking(browser) as person:
        await person.type("/slow\nhello\nworld\nand so on")
        await person.until_seen("world")
        await person.until("() => document.getElementById('channel-composer-input').value === 'and so on'")
        texts = await person.page.locator(".message-content").all_inner_texts()
        assert [text.strip() for text in texts][-3:] == ["Slowly but surely", "hello", "world"]


async def test_an_optional_option_takes_what_is_typed_after_tab(browser: Browser) -> None:
    async with looking(browser) as person:
        await person.type("/sta")
        await person.page.keyboard.press("Tab")
        await person.type("2024\n")
        await person.until_seen("Standings 2024")


async def test_a_fixed_choice_is_picked_and_sent_with_enter(browser: Browser) -> None:
    async with looking(browser) as person:
        await person.type("/toss\n")
        await person.page.keyboard.press("ArrowDown")
        await person.type("\n\n")
        await person.until_seen("It is tails")


async def test_escape_leaves_a_command(browser: Browser) -> None:
    async with looking(browser) as person:
        await person.type("/toss\n")
        await person.page.keyboard.press("Escape")
        await person.page.keyboard.press("Escape")
        await person.until(COMPOSER_HAS_FOCUS)
        assert await person.page.input_value("#channel-composer-input") == ""


async def test_posts_of_the_bots_own_appear_by_themselves(browser: Browser) -> None:
    async with looking(browser) as person:
        await person.type("half a thought")
        for post in ("Coverage starts soon", "Green flag soon", "Checkered flag"):
            person.stage.bot.posts.put_nowait(post)
            await person.until_seen(post)
        assert await person.page.input_value("#channel-composer-input") == "half a thought"
        assert await person.page.evaluate(COMPOSER_HAS_FOCUS)


async def test_no_click_is_lost_while_posts_come_in_and_times_count(browser: Browser) -> None:
    async with looking(browser, speed=60) as person:
        await person.type("/countdown\n")
        await person.until_seen("0 clicks")
        for click in range(1, 9):
            person.stage.bot.posts.put_nowait(f"post {click}")
            await person.page.click(".component-button")
            await person.until_seen(f"{click} clicks")


async def test_a_button_held_down_while_its_message_changes_still_counts(browser: Browser) -> None:
    async with looking(browser) as person:
        await person.type("/sta\n")
        await person.until_seen("page 1")
        await person.until_idle()
        await person.page.hover("text=Next")
        await person.page.mouse.down()
        await person.page.evaluate("() => { window.pressed = document.querySelector('.component-button') }")
        person.stage.bot.posts.put_nowait(EDIT)
        await person.stage.bot.posted.wait()
        # A page that did not wait would have redrawn the message by then, and what is taken out never comes back.
        await person.page.evaluate("() => new Promise((over) => setTimeout(over, 1500))")
        assert await person.page.evaluate("() => window.pressed.isConnected")
        await person.page.mouse.up()
        await person.until_seen("page 2")


async def test_two_quick_clicks_both_count(browser: Browser) -> None:
    async with looking(browser) as person:
        await person.type("/sta\n")
        await person.until_seen("page 1")
        await person.until_idle()
        await person.page.evaluate("() => document.querySelectorAll('.component-button')[1].click()")
        await person.page.evaluate("() => document.querySelectorAll('.component-button')[1].click()")
        await person.until_seen("page 3")


async def test_a_select_answers_and_gives_the_focus_back(browser: Browser) -> None:
    async with looking(browser) as person:
        await person.type("/sta\n")
        await person.page.click(".select-trigger")
        await person.page.click(".select-option:visible >> text=Phoenix")
        await person.until_seen("You chose Phoenix")
        await person.type("/next")  # wherever the focus is, typing goes to the composer
        await person.until("() => document.getElementById('channel-composer-input').value === '/next'")


async def test_the_newest_message_stays_in_sight_with_pictures_too(browser: Browser) -> None:
    async with looking(browser, height=500) as person:
        for _ in range(2):
            await person.type("/sta\n")
            await person.until(COMPOSER_HAS_FOCUS)
        await person.type("/picture\n")
        await person.until("() => document.querySelector('.gallery-image')?.naturalWidth === 600")
        await person.until(AT_BOTTOM)
        person.stage.bot.posts.put_nowait("below the picture")
        await person.until_seen("below the picture")
        await person.until(AT_BOTTOM)


async def test_who_has_scrolled_up_to_read_is_left_there(browser: Browser) -> None:
    async with looking(browser, height=500) as person:
        for count in range(1, 3):
            await person.type("/sta\n")
            await person.until_seen("Standings 2025", count)
        await person.until(AT_BOTTOM)
        await person.page.mouse.move(700, 250)
        await person.page.mouse.wheel(0, -300)
        await person.until(f"() => !({AT_BOTTOM})()")
        await person.page.evaluate("() => { window.place = document.getElementById('channel-timeline').scrollTop }")
        person.stage.bot.posts.put_nowait("said meanwhile")
        await person.until_seen("said meanwhile")
        await person.until("() => document.getElementById('channel-timeline').scrollTop === window.place")
        await person.page.click("#new-messages")
        await person.until(AT_BOTTOM)


async def test_an_answer_is_in_sight_even_when_older_messages_are_shown(browser: Browser) -> None:
    async with looking(browser) as person:
        for post in range(60):
            person.stage.bot.posts.put_nowait(f"post number {post}.")
        await person.until_seen("post number 59.")
        await person.until(AT_BOTTOM)
        await person.page.mouse.move(700, 250)
        await person.page.mouse.wheel(0, -9000)
        await person.page.click("#history-older")
        await person.until_seen("post number 3.")
        await person.until_gone("post number 59.")
        await person.type("/toss\n\n\n")
        await person.until_seen("It is heads")
        await person.until(AT_BOTTOM)


@pytest.mark.parametrize("speed", [1, 60])
async def test_times_count_down_with_the_clock(browser: Browser, speed: int) -> None:
    async with looking(browser, speed=speed) as person:
        await person.type("/next\n")
        await person.until_seen("library")
        if speed == 1:
            assert (await person.stamps())[1] == "in 3 hours"
            await person.type("/countdown\n")
            await person.until_seen("0 clicks")
            await person.until_seen("seconds ago")
        else:
            await person.until_seen("minutes ago")


async def test_one_can_look_on_as_the_fan(browser: Browser) -> None:
    async with looking(browser) as person:
        assert "/setup" in await person.offered()
        await person.type("/setup\n")
        await person.until_seen("Set up for this server")
        await person.until(COMPOSER_HAS_FOCUS)
        await person.page.get_by_role("group", name="Viewing as").get_by_text("Fay (fan)").click()
        await person.until_gone("Set up for this server")
        await person.until(COMPOSER_HAS_FOCUS)
        await person.until_idle()
        assert "/setup" not in await person.offered()
        await person.type("/toss\n\n\n")
        await person.until_seen("Fay (fan) used /toss")


async def test_a_mistake_is_answered_and_the_composer_is_free_again(browser: Browser) -> None:
    async with looking(browser) as person:
        await person.type("/driver nobody\n")
        await person.until_seen("No such driver: nobody")
        await person.until_seen("Only you can see this")
        await person.until(COMPOSER_HAS_FOCUS)


async def test_a_command_without_answer_is_said_to_have_none(browser: Browser) -> None:
    async with looking(browser) as person:
        await person.type("/silence\n")
        await person.until_seen("The application did not respond")
        await person.until(COMPOSER_HAS_FOCUS)


async def test_a_stopped_bot_is_missed_in_words(browser: Browser) -> None:
    async with looking(browser, complaining=True) as person:
        person.stage.stop.set()
        await asyncio.wait_for(asyncio.shield(person.stage.serving), PATIENCE)
        await person.until_seen("has lost Tailgate")


async def test_an_address_without_its_key_is_explained(browser: Browser) -> None:
    async with looking(browser) as person:
        page = await browser.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        await page.goto(person.stage.address.partition("#")[0])
        await page.get_by_text("Open the whole address").wait_for()
        await page.close()
