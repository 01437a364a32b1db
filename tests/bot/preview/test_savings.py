"""A long session stays fast: what is shown is bounded, and nothing is done for unused pages."""

from __future__ import annotations

from typing import Any

import markdown_it
import pytest

from bot.preview.simcord_adapter import drawing, pages
from tests.bot.preview.scene import on_scene


async def test_a_page_shows_the_newest_messages_and_lists_none_for_a_search() -> None:
    async with on_scene() as scene:
        visitor = await scene.visitor()
        for count in range(drawing.WINDOW + 5):
            await scene.stage.channel.send(f"post {count}")
        scene.refresh()
        shown = await visitor.look()
        contents = [shown["messages"][key]["content"] for key in shown["timeline"]]
        assert contents == [f"post {count}" for count in range(5, drawing.WINDOW + 5)]
        assert shown["history"]["hasBefore"]
        assert shown["messageIndex"] == []


async def test_texts_drawn_again_need_no_new_parsers(monkeypatch: pytest.MonkeyPatch) -> None:
    async with on_scene() as scene:
        made = 0

        class Counted(markdown_it.MarkdownIt):
            def __init__(self, *what: Any) -> None:
                nonlocal made
                made += 1
                super().__init__(*what)

        monkeypatch.setattr(markdown_it, "MarkdownIt", Counted)
        await scene.visitor()
        for _ in range(10):
            await scene.ask("standings")
            scene.refresh()
        assert 0 < made < 10


async def test_a_page_that_nobody_looks_at_waits_until_someone_does(monkeypatch: pytest.MonkeyPatch) -> None:
    async with on_scene() as scene:
        visitor = await scene.visitor()
        left_at = (await visitor.look())["publishedRevision"]
        monkeypatch.setattr(pages, "ATTENTION", 0.0)
        await scene.stage.channel.send("said meanwhile")
        assert scene.pages.outdated() == []
        assert (await visitor.look())["publishedRevision"] == left_at
        monkeypatch.undo()
        await visitor.look()
        assert scene.pages.outdated() == [visitor.page]
        scene.refresh()
        shown = await visitor.look()
        assert shown["messages"][shown["timeline"][-1]]["content"] == "said meanwhile"


async def test_an_action_of_one_viewer_is_not_drawn_for_pages_that_nobody_looks_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with on_scene() as scene:
        gone, here = await scene.visitor(), await scene.visitor()
        drawn = []
        plain = scene.pages._plain_publish

        def publish(page: Any, **why: Any) -> None:
            drawn.append(page.id)
            plain(page, **why)

        monkeypatch.setattr(scene.pages, "_plain_publish", publish)
        scene.pages._preview._pages[gone.page].last_activity -= pages.ATTENTION
        scene.pages._preview._publish_message_pages()
        assert here.page in drawn
        assert gone.page not in drawn


async def test_there_is_room_for_one_more_browser_always() -> None:
    async with on_scene() as scene:
        first = await scene.visitor()
        others = [await scene.visitor() for _ in range(20)]
        assert first.page not in scene.pages._preview._pages
        assert others[-1].page in scene.pages._preview._pages
        assert len(scene.pages._answers) <= len(scene.pages._preview._pages)


async def test_a_page_that_asks_again_is_answered_from_what_was_made() -> None:
    async with on_scene() as scene:
        visitor = await scene.visitor()
        page = scene.pages._preview._pages[visitor.page]
        before = scene.pages._payload(page)
        assert scene.pages._payload(page) is before
        await scene.ask("next")
        scene.refresh()
        assert "library" in str(scene.pages._payload(page)["messages"])


async def test_simcord_is_as_it_was_afterwards() -> None:
    replaced = [
        (drawing._snapshot, "_message_navigation"),
        (drawing._snapshot, "HISTORY_WINDOW_SIZE"),
        (drawing._snapshot, "_message_projection"),
        (drawing._plans, "HISTORY_WINDOW_SIZE"),
        (drawing._plans, "HISTORY_STEP"),
        (drawing._markdown, "_markdown_parser"),
    ]
    before = [getattr(*place) for place in replaced]
    with drawing.drawn_for_people(lambda _page, _message: {}):
        assert not any(getattr(*place) == was for place, was in zip(replaced, before, strict=True))
    assert [getattr(*place) for place in replaced] == before
