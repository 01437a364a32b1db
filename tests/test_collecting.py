"""What collecting the tests may cost: every worker of a run collects them all."""

from __future__ import annotations

import pytest

from tests.conftest import LONGEST, READ_EARLY


def test_no_season_is_read_while_tests_are_collected(pytestconfig: pytest.Config) -> None:
    assert not pytestconfig.stash[READ_EARLY], "compute it in the test, a fixture or through tests.rows.each_row"


def test_the_longest_tests_come_first(request: pytest.FixtureRequest) -> None:
    long = [item.nodeid.startswith(LONGEST) for item in request.session.items]
    assert long == sorted(long, reverse=True)


@pytest.mark.parametrize("place", LONGEST)
def test_what_counts_as_long_is_there(place: str, pytestconfig: pytest.Config) -> None:
    assert (pytestconfig.rootpath / place).exists()
