"""The draw of the quote of the day: among all that a server may see, and none it had lately if there are others."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

import pytest

from db.connection import Store
from db.guilds import forget_guild
from db.quotes import Reader, delete
from db.quotes import draws as module
from db.quotes.draws import KEPT, Pool, draw, draws_since, forget_draws, load_pool, save_draw
from tests.db.sample_texts import AWAY, HOME, LATER, MODERATOR, NOW, TODAY, draft, loose, save


@pytest.mark.parametrize("portion", [1, 2, 2_000])
async def test_a_pool_holds_what_a_server_may_see(bare: Store, monkeypatch: pytest.MonkeyPatch, portion: int) -> None:
    monkeypatch.setattr(module, "POOL", module.POOL.replace(str(module.PORTION), str(portion)))
    monkeypatch.setattr(module, "PORTION", portion)
    everybodys = await save(bare, draft("One"), loose("Two"), draft("Three"), guild=None)
    own = await save(bare, draft("Four"), guild=HOME)
    await save(bare, draft("Five"), guild=AWAY)
    reader = Reader(HOME, TODAY, now=NOW)
    common = await load_pool(bare, reader, 2025, own=False)
    mine = await load_pool(bare, reader, 2025, own=True)
    assert sorted([*common.current, *common.others]) == sorted(everybodys)
    assert [*mine.current, *mine.others] == own
    assert not (await load_pool(bare, Reader(HOME, TODAY - timedelta(9999)), 2025, own=True)).current


def test_one_of_this_season_is_as_likely_as_five_others() -> None:
    choose = random.Random(1)
    pools = (Pool([1], [2]), Pool([3], [4]))
    drawn = Counter(draw(pools, frozenset(), choose) for _ in range(12_000))
    assert {number: round(count / 1_000) for number, count in drawn.items()} == {1: 5, 2: 1, 3: 5, 4: 1}


@pytest.mark.parametrize("many", [3, 300])
def test_what_was_had_comes_again_only_if_there_is_no_other(many: int) -> None:
    choose, ids = random.Random(2), range(1, many + 1)
    pools = (Pool(ids[: many // 2], ids[many // 2 :]),)
    assert {draw(pools, frozenset(ids) - {many}, choose) for _ in range(50)} == {many}
    assert draw(pools, frozenset(ids), choose) in ids
    assert draw((Pool(), Pool()), frozenset(), choose) is None


async def test_a_day_has_one_draw_which_goes_with_its_quote(bare: Store) -> None:
    (one,) = await save(bare, draft("One"), guild=None)
    (two,) = await save(bare, draft("Two"), guild=HOME)
    await save_draw(bare, HOME, TODAY, one)
    await save_draw(bare, HOME, TODAY, two)
    await save_draw(bare, HOME, TODAY - timedelta(1), one)
    await save_draw(bare, AWAY, TODAY, one)
    assert await draws_since(bare, HOME, TODAY - timedelta(1)) == {TODAY: two, TODAY - timedelta(1): one}
    assert await draws_since(bare, HOME, TODAY) == {TODAY: two}
    await delete(bare, HOME, two, MODERATOR, LATER)
    assert await draws_since(bare, HOME, TODAY) == {}
    await forget_guild(bare, HOME)
    assert await draws_since(bare, HOME, TODAY - timedelta(9)) == {}
    assert await draws_since(bare, AWAY, TODAY) == {TODAY: one}


async def test_draws_long_past_are_removed(bare: Store) -> None:
    (number,) = await save(bare, draft())
    for past in (0, KEPT.days, KEPT.days + 1):
        await save_draw(bare, HOME, TODAY - timedelta(past), number)
    await forget_draws(bare, TODAY)
    assert set(await draws_since(bare, HOME, TODAY - timedelta(99))) == {TODAY, TODAY - KEPT}
