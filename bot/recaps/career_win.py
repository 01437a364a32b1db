"""Which win of a career it was, said where every season of the series is on record."""

from __future__ import annotations

from bot.recaps.context import RecapContext, who
from bot.recaps.phrases import count, ordinal, spelled
from bot.recaps.winner_history import WinnerHistory

WINLESS = 6
"""From this start on, a first win ends a wait that is worth telling."""
RECORD = 3
"""Fewer wins in a season than this are not called the most of any season."""


def career_win(context: RecapContext, driver: str, past: WinnerHistory, note: str) -> str:
    """The sentence.

    Args:
        context: the race's.
        driver: the mark of the winner.
        past: the winner's record, of a whole career.
        note: what makes the win stand out besides, as it follows a sentence.
    """
    nth, in_all = ordinal(past.wins), ordinal(past.wins_since)
    if past.wins_since == 1:
        return _first(context, driver, past)
    if past.run == 1:
        return context.pick(
            f"It was {driver}'s {in_all} career win{note}.",
            f"The win was the {in_all} of {driver}'s career in the series{note}.",
            f"For {driver} it was career win number {past.wins_since}{note}.",
        )
    if past.wins >= RECORD and (past.record or past.ties_record):
        return _record(context, driver, past)
    if past.wins == past.wins_since:
        all_of_them, also = "both" if past.wins == 2 else "all", in_a_row(past)
        return context.pick(
            f"It was {driver}'s {nth} career win, {all_of_them} of them this season{also}.",
            f"{driver} has {spelled(past.wins)} career wins, {all_of_them} of them this season{also}.",
            f"The win was the {nth} of {driver}'s career in the series, with {all_of_them} of them this season{also}.",
        )
    return context.pick(
        f"It was {driver}'s {nth} win of the season and {in_all} in all{note}.",
        f"The win was the {nth} of the season and the {in_all} of {driver}'s career in the series{note}.",
        f"For {driver} it was the {nth} win of the season and the {in_all} in all{note}.",
    )


def in_a_row(past: WinnerHistory) -> str:
    """``; that makes three in a row``; empty for a single win."""
    return f"; that makes {spelled(past.straight_wins)} in a row" if past.straight_wins > 1 else ""


def _first(context: RecapContext, driver: str, past: WinnerHistory) -> str:
    if past.run == 1 and past.since == context.season.year:
        return "It was the first race that the series ever ran."
    if past.starts == 1:
        return context.pick(
            f"It was {driver}'s first start in the series.",
            f"The win came in {driver}'s first start in the series.",
        )
    # "In the series": many who win here have won in others.
    said = (
        f"It was {driver}'s first career win in the series, in the {ordinal(past.starts)} start.",
        f"{driver}'s first career win in the series came in the {ordinal(past.starts)} start.",
    )
    if past.starts < WINLESS:
        return context.pick(*said)
    without = count(past.starts - 1, "start")
    return context.pick(*said, f"It was a first career win in the series for {driver}, after {without} without one.")


def _record(context: RecapContext, driver: str, past: WinnerHistory) -> str:
    """As many wins as nobody had in a season before, or as many as the most."""
    nth, most, also = ordinal(past.wins), _compared(driver, past), in_a_row(past)
    in_all = f", and the {ordinal(past.wins_since)} in all" if past.wins < past.wins_since else ""
    return context.pick(
        f"It was {driver}'s {nth} win of the season, {most}{in_all}{also}.",
        f"The win was the {nth} of the season for {driver}, {most}{in_all}{also}.",
        f"For {driver} it was the {nth} win of the season, {most}{in_all}{also}.",
    )


def _compared(driver: str, past: WinnerHistory) -> str:
    """``one more than Greg Biffle's record of 1999``, where one driver holds it; else that it is the most."""
    holders = past.before.holders if past.before is not None else ()
    if len(holders) == 1:
        holder, year = holders[0]
        record = f"{driver}'s own record of {year}" if who(holder) == driver else f"{who(holder)}'s record of {year}"
        if past.ties_record:
            return f"matching {record}"
        return f"{spelled(past.wins - (past.before.wins if past.before else 0))} more than {record}"
    return "matching the most of any season" if past.ties_record else "the most anyone has had in a season"
