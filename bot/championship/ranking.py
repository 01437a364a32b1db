"""Who has the most of what a season counts, and who has the best averages, with ties as ties."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.championship.computed_season import ComputedSeason
from bot.championship.driver_record import Totals, season_totals


@dataclass(frozen=True, slots=True)
class Figure:
    """Something that drivers are ranked by.

    Attributes:
        value: a driver's figure; None where it is not on record.
        average: it is an average of places, of which the lowest is the best; a count otherwise.
    """

    value: Callable[[Totals], float | None]
    average: bool = False


FIGURES: dict[str, Figure] = {
    "wins": Figure(lambda t: t.wins),
    "top-fives": Figure(lambda t: t.top_fives),
    "top-tens": Figure(lambda t: t.top_tens),
    "poles": Figure(lambda t: t.poles),
    "stage-wins": Figure(lambda t: t.stage_wins),
    "laps-led": Figure(lambda t: t.laps_led),
    "average-finish": Figure(lambda t: t.average_finish, average=True),
    "average-start": Figure(lambda t: t.average_start, average=True),
    "dnfs": Figure(lambda t: t.dnfs),
    "starts": Figure(lambda t: t.starts),
}
"""What a season's drivers can be ranked by, by the word for it."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A driver's place in a ranking; drivers with the same figure share one, and ``tied`` says so."""

    position: int
    tied: bool
    driver: str
    figure: float
    totals: Totals


def starts_needed(computed: ComputedSeason) -> int:
    """How many starts an average needs to be ranked, half of the races run: one good race is no average."""
    return -(-len(computed.season.run) // 2)


def ranking(computed: ComputedSeason, by: str) -> tuple[Ranked, ...]:
    """The season's drivers by a figure, best first; of those who share a place, the one who won more is named first.

    Every driver who started a race counts, those too who score points in another series. Who has none of what is
    counted, and whose average is of too few starts, is not ranked.

    Args:
        computed: the season as it stands.
        by: a word of ``FIGURES``.
    """
    figure = FIGURES[by]
    least = starts_needed(computed) if figure.average else 1
    found = {
        key: (value, totals)
        for key, totals in computed.once(season_totals).items()
        if totals.starts >= least and (value := figure.value(totals))
    }
    sign = 1 if figure.average else -1

    def order(key: str) -> tuple[float, int, int, float, str]:
        value, t = found[key]
        return (sign * value, -t.wins, -t.top_fives, t.average_finish or 0, computed.season.name_of(key).casefold())

    figures = [value for value, _ in found.values()]
    return tuple(
        Ranked(
            1 + sum(sign * other < sign * found[key][0] for other in figures),
            figures.count(found[key][0]) > 1,
            key,
            *found[key],
        )
        for key in sorted(found, key=order)
    )
