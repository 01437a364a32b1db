"""Every spoiled document ends as a sound new state or as one clear line; ``tests.feeds.mutating`` runs more of them."""

from __future__ import annotations

from pathlib import Path

from tests.feeds.mutating import run

FEW = 80
"""Mutations of every run; ten thousand are for a change to what is read."""


async def test_spoiled_documents_leave_a_sound_store(tmp_path: Path) -> None:
    outcomes = await run(FEW, 13, tmp_path)
    assert outcomes.total() == FEW
    # Were nothing refused, or nothing taken in, the mutations would not be what they are for.
    assert outcomes["refused with a line"] > FEW / 10
    assert outcomes["taken in"] > FEW / 20
