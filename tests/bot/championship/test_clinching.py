"""What each competitor needs, held against every outcome there can be of small fields, and against what came to be."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.championship.clinching import NEAR, SEARCHED, Need, Verdict, needs
from bot.championship.formats import Format, PlayoffRound, format_of
from bot.championship.phase import Phase
from bot.championship.postseason import Standings, compute_standings
from bot.championship.scores import driver_scores
from bot.championship.standings import CLASSIC, FULL_SEASON, driver_standings, what_if_formats
from tests.examples import examples
from tests.seasons import any_season, bundled_season, full_season, make_scores

MANY, FEW = 250, 100
WHO = "abcdefgh"
FINALE = PlayoffRound("Finale", races=1, drivers=1, base=100, carries=False, finish_only=True)


def tiny(
    *, spots: int, locks: bool, stage: tuple[int, ...] = (), lap: int = 0, rounds: tuple[PlayoffRound, ...] = ()
) -> Format:
    """A format that pays 5, 3, 2 and 1; so many go on from the stretch before the finale."""
    return Format(
        "tiny",
        finish=(5, 3, 2, 1),
        stage=stage,
        fastest_lap=lap,
        field=len(WHO) if rounds else spots,
        winners_first=locks,
        rounds=(*rounds, replace(FINALE, drivers=spots)),
    )


@dataclass(frozen=True)
class Case:
    """A stretch with ``left`` races to go. Whoever is in the race and has no total is no playoff driver."""

    rules: Format
    totals: Mapping[str, int]
    winners: frozenset[str]
    field: int
    left: int

    @property
    def spots(self) -> int:
        return self.rules.rounds[-1].drivers

    @property
    def standings(self) -> Standings:
        order = sorted(self.totals, key=lambda who: (who not in self.winners, -self.totals[who]))
        before = Phase("before", 1, 1, 1, len(order), tuple(order), {}, frozenset())
        now = Phase("now", 2, 4, 3 - self.left, self.spots, tuple(order), dict(self.totals), self.winners)
        rules = replace(self.rules, rounds=(PlayoffRound("now", 3, len(order), 0), *self.rules.rounds))
        return Standings(rules, (), (before, now))

    def needs(self) -> dict[str, Need]:
        return {need.who: need for need in needs(self.standings)}

    def ahead(self, gains: Sequence[int], won: frozenset[str], who: str) -> tuple[int, int]:
        """How many are ahead of the driver in the end, and how many are ahead or level."""
        end = {other: points + gains[WHO.index(other)] for other, points in self.totals.items()}
        won = (won | self.winners) & set(self.totals) if self.rules.winners_first else frozenset()
        if who in won:
            return (0, 0) if len(won) <= self.spots else (0, len(won))
        others = [other for other in end if other != who]
        return tuple(sum(o in won or end[o] - end[who] >= least for o in others) for least in (1, 0))  # type: ignore[return-value]

    def surely(self, gains: Sequence[int], won: frozenset[str], who: str) -> bool:
        return self.ahead(gains, won, who)[1] < self.spots

    def possibly(self, gains: Sequence[int], won: frozenset[str], who: str) -> bool:
        return self.ahead(gains, won, who)[0] < self.spots


@cache
def outcomes(rules: Format, field: int) -> frozenset[tuple[tuple[int, ...], str]]:
    """Every way in which a race can pay a field of so many, and who won it; any one of them may stay away."""
    return frozenset(_outcomes(rules, field))


def _outcomes(rules: Format, field: int) -> Iterator[tuple[tuple[int, ...], str]]:
    everybody = range(field)
    for away in (None, *everybody):
        starters = [who for who in everybody if who != away]
        extras = {
            tuple(
                sum(rules.stage[stage.index(who)] for stage in stages if who in stage)
                + rules.fastest_lap * (who == lap)
                for who in everybody
            )
            for stages in product(permutations(starters, min(len(rules.stage), len(starters))), repeat=2)
            for lap in starters
        }
        for order in permutations(starters):
            for extra in extras:
                paid = [rules.finish_points(order.index(who) + 1) if who in order else 0 for who in everybody]
                yield tuple(a + b for a, b in zip(paid, extra, strict=True)), WHO[order[0]]


def test_outcomes_are_all_there_are() -> None:
    assert len(outcomes(tiny(spots=1, locks=False), 3)) == 6 + 3 * 2
    two = outcomes(tiny(spots=1, locks=False, stage=(2,), lap=1), 2)
    assert ((5, 3 + 2 + 2 + 1), "a") in two
    assert ((5 + 2 + 2 + 1, 0), "a") in two
    assert all(gains[0] + gains[1] in {8 + 5, 5 + 5} for gains, _ in two)


@st.composite
def cases(draw: st.DrawFn, *, left: int, field: st.SearchStrategy[int]) -> Case:
    racing = draw(field)
    inside = draw(st.integers(2, racing))
    stage, lap = (
        draw(st.sampled_from([((), 0), ((), 1), ((2, 1), 0), ((2, 1), 1), ((4,), 0)])) if left == 1 else ((), 0)
    )
    if racing == 5 and len(stage) == 2:
        stage, lap = (2,), 1  # all ways to share more are too many
    rules = tiny(spots=draw(st.integers(1, min(3, inside))), locks=draw(st.booleans()), stage=stage, lap=lap)
    totals = {who: draw(st.integers(0, 9 * left)) for who in WHO[:inside]}
    won = draw(st.sets(st.sampled_from(sorted(totals)), max_size=3 - left)) if rules.winners_first else ()
    return Case(rules, totals, frozenset(won), racing, left)


ONE_LEFT = cases(left=1, field=st.sampled_from([3, 4, 4, 5]))
TWO_LEFT = cases(left=2, field=st.sampled_from([3, 4]))


@examples(MANY)
@given(ONE_LEFT)
def test_with_one_race_left_no_outcome_belies_a_verdict(case: Case) -> None:
    held = case.needs()
    assert set(held) == set(case.totals)
    for gains, winner in outcomes(case.rules, case.field):
        won = frozenset(winner)
        for who, need in held.items():
            if need.verdict is Verdict.OUT:
                assert not case.possibly(gains, won, who), need
                continue
            if case.surely(gains, won, who):
                continue
            assert need.verdict is Verdict.OPEN
            assert need.points is None or gains[WHO.index(who)] < need.points
            assert not (need.win and winner == who)


@examples(MANY)
@given(ONE_LEFT)
def test_with_one_race_left_nobody_is_told_to_score_more_than_he_has_to(case: Case) -> None:
    for who, need in case.needs().items():
        if need.verdict is not Verdict.OPEN or who in case.winners:
            continue
        lost = [
            gains[WHO.index(who)]
            for gains, winner in outcomes(case.rules, case.field)
            if not case.surely(gains, frozenset(winner), who)
        ]
        scored = {
            gains[WHO.index(who)]
            for gains, winner in outcomes(case.rules, case.field)
            if not (case.rules.winners_first and winner == who)
        }
        assert lost, "the driver was certain"
        short = [points for points in scored if need.points is None or points < need.points]
        assert max(short) in lost


@examples(FEW)
@given(TWO_LEFT)
def test_with_two_races_left_no_outcome_belies_a_verdict(case: Case) -> None:
    held = case.needs()
    each = outcomes(case.rules, case.field)
    for (first, one), (second, two) in product(each, repeat=2):
        gains = tuple(a + b for a, b in zip(first, second, strict=True))
        won = frozenset((one, two))
        for who, need in held.items():
            if need.verdict is Verdict.OUT:
                assert not case.possibly(gains, won, who), need
            elif not case.surely(gains, won, who):
                assert need.verdict is Verdict.OPEN
                assert need.points is None or first[WHO.index(who)] < need.points
                assert not (need.win and one == who)


SEASONS = st.tuples(
    st.lists(st.permutations(WHO[:5]), min_size=1, max_size=3),  # races run
    st.integers(1, 2),  # races left
    st.integers(1, 3),  # spots
    st.booleans(),  # whether wins lock in
    st.sampled_from(["", "a", "ab"]),  # those who score elsewhere
)


@examples(FEW)
@given(SEASONS, st.booleans())
def test_what_is_said_holds_in_every_picture_that_can_follow(
    drawn: tuple[list[list[str]], int, int, bool, str], regular: bool
) -> None:
    orders, left, spots, locks, outsiders = drawn
    rounds = () if regular else (PlayoffRound("Round", races=len(orders) - 1 + left, drivers=len(WHO), base=0),)
    rules = tiny(spots=spots, locks=locks, rounds=rounds)
    races = len(orders) + left + 1

    def after(more: tuple[tuple[str, ...], ...]) -> Standings:
        return compute_standings(make_scores([*orders, *more], rules, outsiders=outsiders), rules, races)

    before = after(())
    held = needs(before)
    assert len(held) == 5 - len(outsiders)
    at = len(before.phases) - 1
    starters = WHO[:5] if left == 1 else WHO[:4]
    for more in product(permutations(starters), repeat=left):
        phase = after(more).phases[at]
        assert phase.over
        for need in held:
            if need.who in phase.advanced:
                assert need.verdict is not Verdict.OUT, (need, more)
                continue
            place = more[0].index(need.who) + 1 if need.who in more[0] else None
            assert need.verdict is not Verdict.CERTAIN, (need, more)
            assert not (need.win and place == 1), (need, more)
            assert need.points is None or place is None or rules.finish_points(place) < need.points, (need, more)


# --- cases by hand


def case_of(totals: dict[str, int], *, spots: int, locks: bool = True, left: int = 1, winners: str = "") -> Case:
    return Case(tiny(spots=spots, locks=locks), totals, frozenset(winners), len(totals), left)


def test_a_winner_is_certain_while_winners_cannot_outnumber_the_spots() -> None:
    totals = dict.fromkeys("abcd", 10)
    assert case_of(totals, spots=2, winners="a").needs()["a"] == Need("a", Verdict.CERTAIN)
    assert case_of(totals, spots=2, winners="ab").needs()["a"] == Need("a", Verdict.OPEN)


def test_a_win_locks_nobody_in_where_too_many_may_win() -> None:
    need = case_of(dict.fromkeys("abcd", 10), spots=2, winners="ab").needs()["c"]
    assert need == Need("c", Verdict.OPEN, win=False, points=None)


def test_whom_a_win_cannot_save_is_not_called_out_while_it_might() -> None:
    assert case_of({"a": 99, "b": 98, "c": 0}, spots=2).needs()["c"] == Need("c", Verdict.OPEN, win=True)


def test_where_points_alone_count_one_can_be_out() -> None:
    held = case_of({"a": 9, "b": 8, "c": 2}, spots=2, locks=False).needs()
    assert held["a"].verdict is Verdict.CERTAIN
    assert held["c"].verdict is Verdict.OUT
    assert case_of({"a": 9, "b": 7, "c": 2}, spots=2, locks=False).needs()["c"].verdict is Verdict.OPEN


def test_a_level_rival_counts_against_being_certain() -> None:
    assert case_of({"a": 6, "b": 0}, spots=1, locks=False).needs()["a"].verdict is Verdict.CERTAIN
    assert case_of({"a": 5, "b": 0}, spots=1, locks=False).needs()["a"] == Need("a", Verdict.OPEN, points=1)


def test_two_rivals_cannot_both_have_second_place() -> None:
    # d may win; b and c would both need the 3 points of second place to draw level with a, who has to score nothing.
    assert case_of({"a": 10, "b": 7, "c": 7, "d": 0}, spots=3).needs()["a"].verdict is Verdict.CERTAIN
    assert case_of({"a": 10, "b": 7, "c": 8, "d": 0}, spots=3).needs()["a"].verdict is Verdict.OPEN


def test_the_last_places_pay_as_many_as_come() -> None:
    # Five rivals and a win that takes a spot: four draw level with 3, 2, 1 and 1, for fifth place pays 1 as well.
    totals = {"a": 10, "b": 7, "c": 8, "d": 9, "e": 9, "f": 0}
    assert case_of(totals, spots=5).needs()["a"].verdict is Verdict.OPEN


def test_with_more_rivals_than_are_searched_sums_alone_are_compared() -> None:
    rivals = WHO[1 : SEARCHED + 2]
    # b to f want 2, 2, 2, 2 and 0: together that is no more than they could take, though not in these portions.
    wanted = dict(zip(rivals, (8, 8, 8, 8, 10), strict=True))
    assert case_of({"a": 10, **wanted}, spots=len(rivals), locks=False).needs()["a"].verdict is not Verdict.OUT
    assert case_of({"a": 30, **wanted}, spots=len(rivals), locks=False).needs()["a"].verdict is Verdict.CERTAIN


def test_too_few_rivals_put_nobody_out() -> None:
    held = case_of({"a": 0, "b": 0}, spots=2).needs()
    assert {need.verdict for need in held.values()} == {Verdict.CERTAIN}


def test_before_the_playoffs_somebody_new_may_come_and_win() -> None:
    rules = tiny(spots=2, locks=True)
    now = compute_standings(make_scores(["ab"], rules), rules, 3)
    assert {need.who: need.verdict for need in needs(now)} == {"a": Verdict.CERTAIN, "b": Verdict.OPEN}


def test_in_the_finale_and_after_it_there_is_nothing_to_reckon() -> None:
    season = bundled_season(2025)
    assert needs(driver_standings(season.through(24)).standings) == ()
    assert needs(driver_standings(season).standings) == ()


def test_after_the_last_race_of_the_whole_season_there_is_nothing_to_reckon() -> None:
    rules = what_if_formats(2025)[FULL_SEASON]
    assert needs(driver_standings(bundled_season(2025), rules).standings) == ()


LEADING = Format("leading", finish=(5, 3, 2, 1), stage=(), lap_led=1, most_led=1)


@pytest.mark.parametrize(
    ("orders", "verdict"),
    [
        # Ten ahead with two races of at most 7 points to go is not enough, 15 ahead is.
        (["ab", "ab", "ab", "ab", "ab"], Verdict.OPEN),
        (["ab", "ab", "ab", "ab", "ab", "ab", "ab", "ab"], Verdict.CERTAIN),
    ],
)
def test_points_for_leading_count_among_what_a_rival_can_still_score(orders: list[str], verdict: Verdict) -> None:
    now = compute_standings(make_scores(orders, LEADING), LEADING, len(orders) + 2)
    assert needs(now)[0].verdict is verdict


def test_what_makes_a_title_certain_takes_the_rivals_points_for_leading_into_account() -> None:
    # Six ahead with one race to go: b can score 5 + 2 and would be ahead by one, or level if a scores one.
    now = compute_standings(make_scores(["ab"] * 3, LEADING), LEADING, 4)
    (need, *_) = needs(now)
    assert (need.who, need.verdict, need.points) == ("a", Verdict.OPEN, 2)


RANKED = replace(tiny(spots=2, locks=True), winners_within=2)


def test_a_win_makes_nothing_certain_while_the_rank_that_it_needs_can_be_lost() -> None:
    now = compute_standings(make_scores(["ab"], RANKED), RANKED, 3)
    assert {need.who: need.verdict for need in needs(now)}["a"] is Verdict.OPEN


def test_of_a_long_table_the_best_are_reckoned() -> None:
    view = driver_standings(full_season(2025, 25, run=10))
    assert [need.who for need in needs(view.standings)] == list(view.standings.current.entered[:NEAR])


# --- the seasons that come with the program


def named(year: int, after: int, rules: Format | None = None) -> dict[str, Need]:
    return {need.who: need for need in needs(driver_standings(bundled_season(year).through(after), rules).standings)}


def test_after_bristol_2024_three_have_clinched_as_reported() -> None:
    # Speed Sport, September 2024: Eckes, Heim and Sanchez are in the Round of 8; the rest go to Kansas undecided.
    held = named(2024, 18)
    certain = {who for who, need in held.items() if need.verdict is Verdict.CERTAIN}
    assert certain == {"christian-eckes", "corey-heim", "nick-sanchez"}
    assert len(held) == 10
    assert all(need.win and need.verdict is Verdict.OPEN for who, need in held.items() if who not in certain)


def test_before_martinsville_2025_heim_is_in_and_the_rest_can_win_their_way_in() -> None:
    held = named(2025, 23)
    assert held["corey-heim"] == Need("corey-heim", Verdict.CERTAIN)
    assert all(need.win for who, need in held.items() if who != "corey-heim")
    assert [who for who, need in held.items() if need.points] == ["rajah-caruth", "tyler-ankrum", "kaden-honeycutt"]
    assert held["rajah-caruth"].points == 47
    assert held["ty-majeski"].points is None


def test_over_a_whole_season_heim_would_have_clinched_2025_at_charlotte() -> None:
    rules = what_if_formats(2025)[FULL_SEASON]
    # 233 ahead with four races of 61 points to go takes 12 points, so that not even 244 draw level; then 259 ahead.
    assert named(2025, 21, rules)["corey-heim"] == Need("corey-heim", Verdict.OPEN, points=12)
    held = named(2025, 22, rules)
    assert held["corey-heim"].verdict is Verdict.CERTAIN
    assert {need.verdict for who, need in held.items() if who != "corey-heim"} == {Verdict.OUT}


OF_HISTORY = [(2008, None), (2016, None), (2019, None), (2024, CLASSIC)]
"""Points for leading, and the rank that a win needed in 2016 and 2019."""


@pytest.mark.parametrize(
    ("year", "which"),
    [*itertools.product([2023, 2024, 2025, 2026], [None, FULL_SEASON, "playoffs", "chase"]), *OF_HISTORY],
)
def test_what_came_to_be_belies_nothing_that_was_said(year: int, which: str | None) -> None:
    season = any_season(year)
    rules = what_if_formats(year)[which] if which else format_of(year)
    scored = driver_scores(season, rules).by
    # The stated field of 2025 lacks a winner who was hurt; what was computed for them was right all the same.
    season = replace(season, playoff_field=())
    end = driver_standings(season, rules).standings
    said = 0
    stands = [driver_standings(season.through(race.round), rules).standings for race in season.run]
    needed = [needs(each) for each in stands]
    for number, race in enumerate(season.run[:-1]):
        now, after = stands[number : number + 2]
        at = len(now.phases) - 1
        final = end.phases[at]
        through = final.advanced if final.spots > 1 else final.entered[:1]
        for need in needed[number]:
            if final.over and need.verdict is not Verdict.OPEN:
                said += 1
                assert (need.who in through) == (need.verdict is Verdict.CERTAIN), (race.round, need)
            score = scored[need.who].get(race.round + 1)
            if need.points is not None and score is not None and score.points >= need.points:
                next_said = {each.who: each.verdict for each in needed[number + 1]}
                phase = after.phases[at]
                safe = need.who in (phase.advanced or phase.entered[:1]) if phase.over else None
                assert safe or next_said[need.who] is Verdict.CERTAIN, (race.round, need)
    assert said or not end.current.over
