"""Markdown is read as Discord reads it where CommonMark differs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bot.preview.simcord_adapter import drawing


def outline(blocks: list[dict[str, Any]]) -> Iterator[str]:
    """The structure of a text: text as it is, line breaks as /, and blocks by name around their contents."""
    for block in blocks:
        inside = "".join(outline(block.get("children", [])))
        match block["type"]:
            case "text":
                yield block["content"]
            case "break":
                yield "/"
            case "inline" | "paragraph":
                yield inside
            case kind:
                yield f"{kind}({inside})"


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("> quoted\nnot quoted", "blockquote(quoted)not quoted"),
        ("> one\n> two\n- three", "blockquote(one/two)bullet_list(list_item(three))"),
        (">>> one\ntwo", "blockquote(one/two)"),
        ("- one\nafter it", "bullet_list(list_item(one))after it"),
        ("- one\n  more of it\n- two", "bullet_list(list_item(one/more of it)list_item(two))"),
        ("- one\n  - in it\nafter", "bullet_list(list_item(onebullet_list(list_item(in it))))after"),
        ("1. one\nafter it", "ordered_list(list_item(one))after it"),
        ("- > said\nafter it", "bullet_list(list_item(blockquote(said)))after it"),
        ("- one\n-# small", "bullet_list(list_item(one))subtext(small)"),
        ("words\n---\nwords", "words/---/words"),
        ("words\n===", "words/==="),
        ("***", "***"),
        ("    far in", "far in"),
        ("a &amp; b", "a &amp; b"),
        ("| a | b |\n| - | - |", "| a | b |/| - | - |"),
    ],
)
def test_blocks(text: str, drawn: str) -> None:
    with drawing.drawn_for_people(lambda _page, _message: {}):
        assert "".join(outline(drawing._markdown.markdown_tokens(text))) == drawn
