"""Laps survive being packed, whatever is known of them, and nothing else is taken for laps."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.laps.models import Lap
from db.laps.packing import LONGEST, pack, unpack

LAPS = st.lists(
    st.builds(
        Lap,
        st.none() | st.integers(1, LONGEST),
        st.none() | st.integers(1, 60),
    ),
    max_size=300,
)


@given(LAPS)
def test_laps_come_back_as_they_were(laps: list[Lap]) -> None:
    assert unpack(pack(laps)) == tuple(laps)


@pytest.mark.parametrize("lap", [Lap(LONGEST + 1, 1), Lap(-1, 1), Lap(1000, 256)])
def test_what_does_not_fit_is_refused(lap: Lap) -> None:
    with pytest.raises(ValueError, match=r"milliseconds|bytes must be"):
        pack([lap])


@pytest.mark.parametrize("packed", [b"", b"no laps", zlib.compress(b"\x01\x02\x03")])
def test_other_bytes_are_no_laps(packed: bytes) -> None:
    with pytest.raises(ValueError, match="no packed laps"):
        unpack(packed)


def test_a_race_of_a_truck_takes_a_few_hundred_bytes() -> None:
    laps = [Lap(None, 12), *(Lap(30_000 + lap * 37 % 900, 12 + lap % 5) for lap in range(1, 201))]
    assert len(pack(laps)) < 600
