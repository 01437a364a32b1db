import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render.tables import WIDTH, Column, cut, fit, fit_name, initialled, plain, table, width

NAMES = st.text(max_size=60)


def rows_of(text: str) -> list[str]:
    return text.removeprefix("```\n").removesuffix("\n```").split("\n")


def test_numbers_stand_flush_right_and_names_flush_left() -> None:
    made = table([Column("Pos", right=True), Column("Driver")], [("1", "Corey Heim"), ("12", "Ty Majeski")])
    assert rows_of(made) == ["Pos Driver", "  1 Corey Heim", " 12 Ty Majeski"]


def test_a_table_without_headings_has_no_line_for_them() -> None:
    assert rows_of(table([Column(""), Column("", right=True)], [("Wins", "3")])) == ["Wins 3"]


def test_no_heading_breaks_a_table() -> None:
    made = table([Column("a```\nb"), Column("Pts", right=True)], [("x", "1")])
    assert rows_of(made) == ["a’’’ b Pts", "x        1"]


@pytest.mark.parametrize(("room", "kept"), [(11, "Corey Heim*"), (9, "C. Heim*"), (6, "C. H…*"), (1, "…")])
def test_a_mark_after_a_name_stays(room: int, kept: str) -> None:
    assert fit_name("Corey Heim*", room) == kept


def test_a_name_that_does_not_fit_gives_way_to_an_initial() -> None:
    columns = [Column("Driver", gives_way=True), Column("x" * 24)]
    assert rows_of(table(columns, [("Giovanni Ruggiero", "y")]))[1].startswith("G. Ruggiero ")


def test_the_widest_of_the_columns_that_give_way_gives_first() -> None:
    columns = [Column("Track", gives_way=True), Column("Out", gives_way=True)]
    line = rows_of(table(columns, [("Lucas Oil Indianapolis Raceway Park", "transmission")]))[1]
    assert line.endswith(" transmission")
    assert width(line) <= WIDTH


def test_columns_that_cannot_give_way_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="too wide"):
        table([Column("x" * 50)], [("y",)])


@given(st.lists(st.tuples(NAMES, NAMES, st.integers(-9999, 9999)), max_size=20))
def test_no_text_breaks_a_table(rows: list[tuple[str, str, int]]) -> None:
    columns = [Column("A", gives_way=True), Column("B", gives_way=True), Column("Pts", right=True)]
    made = table(columns, [(a, b, str(points)) for a, b, points in rows])
    body = rows_of(made)
    assert made.count("```") == 2
    assert len(body) == len(rows) + 1
    assert all(width(line) <= WIDTH for line in body)


@given(st.text(), st.integers(0, 30))
def test_what_is_fitted_fits(text: str, room: int) -> None:
    assert width(fit(plain(text), room)) <= room
    assert width(fit_name(plain(text), room)) <= room


@given(st.text("aé日\u0301 ", max_size=20), st.integers(1, 15))
def test_no_more_is_cut_than_has_to_be(text: str, room: int) -> None:
    longest = next(text[:end] for end in range(len(text), -1, -1) if width(text[:end]) < room)
    assert fit(text, room) == (text if width(text) <= room else f"{longest.rstrip()}…")


@pytest.mark.parametrize(
    ("name", "short"),
    [("Corey Heim", "C. Heim"), ("Andres Perez de Lara", "A. Perez de Lara"), ("Cher", "Cher"), ("", "")],
)
def test_initials(name: str, short: str) -> None:
    assert initialled(name) == short


def test_wide_characters_take_two_columns() -> None:
    assert (width("日本"), width("e\u0301"), width("Heim")) == (4, 1, 4)


def test_a_rule_is_drawn_across_the_table_above_its_row() -> None:
    columns = (Column("", right=True), Column("Driver", gives_way=True), Column("Pts", right=True))
    rows = [("1", "Corey Heim", "3122"), ("2", "Ty Majeski", "3048"), ("3", "Layne Riggs", "3049")]
    lines = table(columns, rows, {2: "cut line"}).splitlines()
    assert lines[4] == "── cut line ──────"
    assert len(lines[4]) == len(lines[3])
    assert [line[:1] for line in lines[2:-1]] == ["1", "2", "─", "3"]


def test_a_rule_longer_than_the_table_keeps_its_word() -> None:
    lines = table((Column("", right=True),), [("1",), ("2",)], {0: "outside the playoffs"}).splitlines()
    assert lines[1] == "── outside the playoffs ──"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Talladega", "Talladega"),
        ("Talladega Superspeedway", "Talladega…"),
        ("Two\nlines `x`", "Two lines…"),
        ("\U0001f3c1" * 12, "\U0001f3c1" * 9 + "…"),
    ],
)
def test_a_label_is_cut_by_characters(text: str, shown: str) -> None:
    assert cut(text, 10) == shown
