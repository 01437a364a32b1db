"""The reading of the recaps' prose itself: a text with any one number wrong does not pass it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from bot.recaps import recap
from bot.recaps.context import RecapContext
from db.recaps.models import SectionKind
from tests.bot.recaps.sample_recaps import COUNT, NTH, UNCLEAN, bundled, number, said, text
from tests.bot.recaps.test_lines import NEXT, ROOKIES
from tests.bot.recaps.test_numbers import MOVE, NUTSHELL, Readings, read
from tests.bot.recaps.test_standings import RUNDOWN

ALL = {
    SectionKind.NUTSHELL: NUTSHELL,
    SectionKind.MOVE: MOVE,
    SectionKind.PLAYOFFS: RUNDOWN,
    SectionKind.ROOKIES: ROOKIES,
    SectionKind.NEXT: NEXT,
}


def off_by_some(words: str) -> Iterator[str]:
    """The words with one of their numbers wrong, each in turn."""
    for match in re.finditer(rf"\d+\.\d+|{NTH}|{COUNT}", words):
        finished = match.group()
        if re.fullmatch(r"\d+\.\d+", finished):
            wrong = f"{float(finished) + 1:.3f}"
        elif re.fullmatch(NTH, finished):
            wrong = f"{number(finished) + 30}th"
        else:
            wrong = str(number(finished) + 30)
        yield words[: match.start()] + wrong + words[match.end() :]


@pytest.mark.parametrize(("kind", "readings"), ALL.items())
def test_a_wrong_number_would_be_found(kind: SectionKind, readings: Readings) -> None:
    found = 0
    for facts, made in bundled()[::5]:
        right = said(made, kind)
        for wrong in off_by_some(right):
            # A place that nobody finished in, or a seed that nobody has, is not even there to be compared.
            with pytest.raises((AssertionError, LookupError)):
                read(wrong, facts, readings)
            found += 1
    assert found > 20


@pytest.mark.parametrize(("kind", "readings"), ALL.items())
def test_a_number_nowhere_expected_would_be_found(kind: SectionKind, readings: Readings) -> None:
    facts, made = bundled()[-3]
    with pytest.raises(AssertionError):
        read(f"{said(made, kind)} There were 12 wrecks.", facts, readings)


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_every_way_to_say_it_is_right(turn: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """All races again with the templates turned on, so that each has had every race once; there are four at most."""
    monkeypatch.setattr(RecapContext, "position", turn)
    for facts, before in bundled():
        made = recap(facts)
        for kind, readings in ALL.items():
            read(said(made, kind), facts, readings)
            assert UNCLEAN.search(text(made.section(kind))) is None
        assert made.section(SectionKind.TOP) == before.section(SectionKind.TOP)
