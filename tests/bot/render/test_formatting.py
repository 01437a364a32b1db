from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render.formatting import (
    average,
    count,
    day,
    eastern,
    escape,
    joined,
    network,
    ordinal,
    race_name,
    spelled,
    surnames,
    weekday,
)
from db.models import Broadcast, BroadcastKind
from tests.seasons import make_driver, make_race


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (13, "13th"),
        (22, "22nd"),
        (101, "101st"),
    ],
)
def test_ordinals(number: int, said: str) -> None:
    assert ordinal(number) == said


def test_counts_agree_with_their_noun() -> None:
    assert (count(1, "win"), count(0, "win"), count(1424, "lap")) == ("1 win", "0 wins", "1,424 laps")


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (datetime(2025, 10, 17, 20, tzinfo=UTC), "4 p.m."),
        (datetime(2025, 2, 15, 0, 30, tzinfo=UTC), "7:30 p.m."),
        (datetime(2025, 6, 7, 16, tzinfo=UTC), "12 p.m."),
        (datetime(2026, 5, 24, 14, 5, tzinfo=UTC), "10:05 a.m."),
    ],
)
def test_times_are_spelled_out_in_eastern(moment: datetime, said: str) -> None:
    assert eastern(moment) == said


def test_dates() -> None:
    assert (day(date(2025, 10, 3)), weekday(date(2025, 10, 17))) == ("Oct 3", "Friday, Oct 17")


def test_no_average_is_a_dash() -> None:
    assert (average(None), average(4.26)) == ("–", "4.3")


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ("FS1", "FOX Sports 1 (FS1)"),
        ("Fox Sports 1", "FOX Sports 1 (FS1)"),
        ("NRN", "NASCAR Racing Network"),
        ("The CW", "The CW"),
    ],
)
def test_networks_go_by_the_name_a_fan_looks_for(stored: str, said: str) -> None:
    assert network(Broadcast(BroadcastKind.TV, stored)) == said


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("DQS Solutions & Staffing 250 powered by Precision Vehicle Logistics", "DQS Solutions & Staffing 250"),
        ("UNOH 250 presented by Ohio Logistics", "UNOH 250"),
        ("Presented by nobody", "Presented by nobody"),
        ("EcoSave 250", "EcoSave 250"),
    ],
)
def test_who_presents_a_race_is_left_out(name: str, short: str) -> None:
    assert race_name(make_race(2025, 1, name=name)) == short


def test_two_of_one_surname_go_by_their_whole_names() -> None:
    a, b, c = make_driver("Taylor Gray"), make_driver("Tanner Gray"), make_driver("Corey Heim")
    assert surnames(a, b) == ("Taylor Gray", "Tanner Gray")
    assert surnames(a, c) == ("Gray", "Heim")


@pytest.mark.parametrize(
    "text", ["*bold*", "<@123456789012345678>", "@everyone", "# big", "`code`", "<t:1:R>", "||x||"]
)
def test_text_from_people_is_harmless(text: str) -> None:
    assert escape(text) != text


@given(st.text())
def test_escaped_text_stays_on_one_line(text: str) -> None:
    assert len(escape(text).splitlines()) <= 1


def test_small_numbers_are_words_and_large_ones_figures() -> None:
    assert [spelled(n) for n in (0, 1, 7, 10, 11, 1200)] == ["no", "one", "seven", "ten", "11", "1,200"]


def test_names_are_joined_as_people_do() -> None:
    assert [joined(names) for names in (["A"], ["A", "B"], ["A", "B", "C"])] == ["A", "A and B", "A, B and C"]
