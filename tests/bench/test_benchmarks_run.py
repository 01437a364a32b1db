"""The benchmarks run and print what they should; no test checks how fast anything is."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from db.connection import Store
from tests.bench import against, feeds, history, mentions, records
from tests.bench.against import LABELS, AgainstError, find_commit
from tests.bench.measures import ratio, table
from tests.bench.one_checkout import first_module_attribute

Quick = Callable[..., list[list[str]]]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Quick:
    """Starts a benchmark as ``python -m`` does, in this process; returns the cells of all table lines that it prints.

    What it imports is imported once, and the store with the bundled seasons is that of the tests.
    """

    def started(name: str, *arguments: str) -> list[list[str]]:
        monkeypatch.setattr(sys, "argv", [name, *arguments, "--quick"])
        try:
            runpy.run_path(str(Path(__file__).with_name(f"{name}.py")), run_name="__main__")
        except SystemExit as end:
            assert not end.code, capfd.readouterr()
        printed = capfd.readouterr()
        assert printed.err == ""
        return [
            [cell.strip() for cell in line.strip("| ").split("|")] for line in printed.out.splitlines() if "|" in line
        ]

    return started


def test_answers_are_measured_and_each_takes_one_request(quick: Quick) -> None:
    lines = {line[0]: line for line in quick("answers")}
    asked = {"/standings", "/driver heim", "/driver, another each time", "/results", "/next", "/schedule"}
    asked |= {"choices for three letters", "a page turned"}
    measured = {label: line for label, line in lines.items() if line[0].startswith("null bot:") or label in asked}
    assert asked < set(measured)
    assert len(measured) == len(asked) + 4
    assert {label: line[-1] for label, line in measured.items() if line[-1] != "1"} == {}
    assert {"null bot", "Tailgate, first start", "Tailgate, after that"} < set(lines)


def test_the_store_is_measured_beside_a_plain_reading(quick: Quick) -> None:
    lines = quick("store")
    assert sum(line[0].startswith("json.load of") for line in lines) == 2
    assert [line[0] for line in lines if "first start" in line[0]] == ["… first start of an empty store"]
    assert all(len(line) == 4 for line in lines)


def test_searches_are_measured_for_rare_and_common_words_late_pages_and_misses(quick: Quick) -> None:
    lines = quick("quotes")
    labels = [line[0] for line in lines]
    asked = ("a rare word", "the truck", "page 50", "a name and a word", "a beginning", "newest first", "at random")
    for part in (*asked, "/quote, none", "a name's typo"):
        assert any(part in label for label in labels), part
    assert all(len(line) == 4 for line in lines)


def test_a_fan_out_is_measured_and_reaches_every_channel(quick: Quick) -> None:
    printed = {line[0]: line[1] for line in quick("fanout")}
    assert printed["messages due and seen"] == "50"
    assert printed["lost, doubled"] == "0, 0"
    assert {"× the best", "answered with 429", "MiB at most"} < set(printed)


def test_reminders_are_measured_at_rest_and_while_many_ask(quick: Quick) -> None:
    printed = {line[0]: line[1:] for line in quick("crowd")}
    assert {"at rest", "5 in flight", "20 in flight"} < set(printed)
    assert {"5 in flight, nothing due", "20 in flight, nothing due"} < set(printed)
    for label in ("5 in flight", "20 in flight"):
        rows, times, by_processor, answers, *milliseconds, late = printed[label]
        assert min(map(float, (rows, times, by_processor, answers, *milliseconds))) > 0
        assert int(late) >= 0


def test_messages_that_are_dropped_are_measured_beside_those_that_are_read(quick: Quick) -> None:
    lines = {line[0]: line[1:] for line in quick("mentions")}
    assert {mentions.OFF, mentions.ON, mentions.JSON_ALONE, mentions.OWN_WAY} < set(lines)
    assert lines[mentions.OWN_WAY][1] == "1.00 (1.00–1.00)"


@pytest.fixture
def commit() -> str:
    """The commit that is checked out. A shallow clone has it; an unpacked archive has none."""
    try:
        return find_commit("HEAD")
    except AgainstError as error:
        pytest.skip(str(error))


def test_answers_are_measured_against_a_commit_in_the_same_run(quick: Quick, commit: str) -> None:
    lines = {line[0]: line[1:] for line in quick("against", commit)}
    assert set(LABELS.values()) < set(lines)
    for label in LABELS.values():
        before, now, times = lines[label]
        assert float(before) > 0
        assert float(now) > 0
        assert "–" in times


def test_a_commit_that_is_not_there_is_said_in_one_line(
    commit: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["against", f"{commit[:-4]}zzzz"])
    assert against.main() == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "no commit" in line


def test_what_was_renamed_is_found_by_its_newest_name() -> None:
    assert first_module_attribute(("db.nowhere:Store", "db.connection:Nothing", "db.connection:Store")) is Store
    with pytest.raises(LookupError, match=r"db\.nowhere:Store"):
        first_module_attribute(("db.nowhere:Store",))


@pytest.mark.parametrize(
    ("times", "base", "said"),
    [
        ([3.0] * 20, [2.0] * 20, "1.50 (1.50–1.50)"),
        ([1.0] * 10 + [3.0] * 10, [1.0] * 40, "2.00 (1.00–3.00)"),
        ([300.0], [1.0, 1.0], "300 (300–300)"),
    ],
)
def test_a_ratio_is_that_of_medians_and_tells_how_far_its_parts_lie_apart(
    times: list[float], base: list[float], said: str
) -> None:
    assert str(ratio(times, base)) == said


def test_a_table_is_markdown_and_aligned() -> None:
    assert table(("answer", "ms"), [("/next", "1.25")]).splitlines() == [
        "| answer |   ms |",
        "| ------ | ---: |",
        "| /next  | 1.25 |",
    ]


def test_records_are_measured_beside_the_standings(quick: Quick) -> None:
    assert [line[0] for line in quick("records") if line[0].startswith("/")] == [*records.ASKED]


def test_taking_in_the_feeds_is_measured_beside_an_import(quick: Quick) -> None:
    lines = {line[0]: line[1:] for line in quick("feeds")}
    for label in (feeds.SEASON, feeds.NOTHING_NEW, feeds.CORRECTED, feeds.WEEKEND):
        processor, times, by_clock, *held = lines[label]
        assert float(processor) > 0
        assert "–" in times
        assert "–" in by_clock
        assert all(float(each) >= 0 for each in held)
    assert float(lines[feeds.NOTHING_NEW][4]) == 0
    assert {"at rest", "while a season is refreshed"} < set(lines)


def test_what_every_season_costs_is_measured_against_a_commit(quick: Quick, commit: str) -> None:
    lines = {line[0]: line[1:] for line in quick("history", commit)}
    for label in (history.FIRST_IMPORT, history.DRIVER, history.CHOICES):
        before, now, times = lines[label]
        assert float(before) > 0
        assert float(now) > 0
        assert "–" in times


def test_boards_are_measured_from_a_document_on_and_beside_everything_else(quick: Quick) -> None:
    lines = {line[0]: line[1:] for line in quick("board")}
    milliseconds, _, times = lines["from a document to a board"]
    assert float(milliseconds) > 0
    assert "–" in times
    for label in ("at rest", "60 boards, answered at once", "60 boards, answered after 100 ms"):
        edits, *felt, waited = lines[label]
        assert (int(edits) > 0) is (label != "at rest")
        assert len(felt) == 4
        assert float(waited) >= 0
    assert int(lines["documents"][0]) > 0
    assert int(lines["edits of 60 boards"][0]) > 0
