"""Misspelled words: how many readings of one text are tried."""

from __future__ import annotations

from bot.finder.finder import Finder
from bot.mentions.typos import spellings
from tests.sharing import BundledSeasons


def test_a_text_of_too_many_spellings_is_read_as_it_stands(bundled_seasons: BundledSeasons) -> None:
    finder = Finder(bundled_seasons.seasons.values())
    words = ["bac", "frm", "lst", "res", "sot", "raning", "rae", "lok", "ned", "doe"] * 9
    assert list(spellings(words, words, finder)) == [words]
    assert len(list(spellings(words[:2], words[:2], finder))) > 1
