"""Finds the driver or the race a fan means: by name, part of it, nickname, number, round or track, typos allowed."""

from bot.finder.finder import Finder
from bot.finder.labels import Match, race_label, race_title, race_value

__all__ = ["Finder", "Match", "race_label", "race_title", "race_value"]
