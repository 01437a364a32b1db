"""What can be asked about all seasons: records, and a track."""

from __future__ import annotations

from bot.questions.core import KEY, PAGE, YEAR, Question, Word, parameter

RECORDS = (
    "wins",
    "seasonwins",
    "youngest",
    "oldest",
    "winstreak",
    "top10streak",
    "ledstreak",
    "winners",
    "closest",
    "widest",
    "comebacks",
    "latewins",
    "ledlost",
    "titles",
    "starts",
    "top5s",
    "top10s",
    "led",
    "winless",
    "ledwinless",
    "numbers",
    "teams",
    "makes",
)
"""The kinds of records, by the words for them in a custom id."""
TRACK_TABS = ("track", "winners")


class RecordsQuestion(Question, topic="records"):
    """A record, or the most asked of them without ``what``; at a track, of a driver, of a season, each by its key."""

    what: str | None = parameter(Word(RECORDS), default=None)
    track: str | None = parameter(KEY, default=None)
    driver: str | None = parameter(KEY, default=None)
    year: int | None = parameter(YEAR, default=None)
    page: int = parameter(PAGE, default=1)


class TrackQuestion(Question, topic="track"):
    """A track by its key, and how a driver did there; or everybody who won there."""

    track: str = parameter(KEY)
    driver: str | None = parameter(KEY, default=None)
    tab: str = parameter(Word(TRACK_TABS), default="track")
    page: int = parameter(PAGE, default=1)
