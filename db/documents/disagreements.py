"""Where a feed says otherwise than what is held, which stays or is corrected: only facts that a fan sees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from db.documents.file_format import OutcomeRow, RaceRow, ResultRow

MOST = 4
"""Differences named in a line; of more only their number is told."""
OF_A_RESULT = ("finish", "start", "laps", "led", "points", "disqualified")
OF_AN_OUTCOME = ("laps", "pole", "stage_winners", "cautions", "caution_laps", "lead_changes", "seconds")
"""The rest, such as how a sponsor is spelled, differs between any two sources."""


def race_differences(held: RaceRow, given: RaceRow, facts: Iterable[str]) -> Iterator[str]:
    """What of a race a feed says otherwise, of these facts; what one of the two does not know is no difference."""
    for fact in facts:
        if fact == "outcome":
            yield from _outcome_differences(held.outcome, given.outcome)
        elif fact in {"date", "start", "track", "results_state"}:
            yield from _difference(fact, getattr(held, fact), getattr(given, fact))


def _outcome_differences(held: OutcomeRow | None, given: OutcomeRow | None) -> Iterator[str]:
    for fact in OF_AN_OUTCOME if held is not None and given is not None else ():
        yield from _difference(fact, getattr(held, fact), getattr(given, fact))


def result_differences(
    held: Sequence[ResultRow], given: Sequence[ResultRow], penalties: Mapping[str, int]
) -> Iterator[str]:
    """What of the results of one race a feed says otherwise.

    Args:
        held: the rows that stay; drivers are called as documents call them.
        given: the feed's.
        penalties: the points taken from drivers, which are in the points held and never in a feed's.
    """
    stored = {
        (row.driver, row.number): row.model_copy(update={"points": row.points - penalties.get(row.driver, 0)})
        for row in held
    }
    for row in given:
        before = stored.get((row.driver, row.number))
        if before is None:
            if row.finish is not None:
                yield f"{row.driver} in truck {row.number} is not held"
            continue
        for fact in OF_A_RESULT if row.finish is not None else ():
            for each in _difference(fact, getattr(before, fact), getattr(row, fact)):
                yield f"{row.driver} {each}"


def corrections(before: Sequence[ResultRow], after: Sequence[ResultRow]) -> Iterator[str]:
    """What was corrected of results that stood, one part for each driver; those who are disqualified now come first."""
    stood = {row.driver: row for row in before if row.finish is not None}
    for row in sorted(after, key=lambda row: not row.disqualified):
        old = stood.get(row.driver)
        if row.finish is None:
            continue
        if old is None:
            yield f"{row.driver} is in the results now"
            continue
        parts = ["disqualified"] if row.disqualified and not old.disqualified else []
        parts += [
            f"{fact} {getattr(old, fact)} → {getattr(row, fact)}"
            for fact in OF_A_RESULT
            if fact != "disqualified" and getattr(old, fact) != getattr(row, fact)
        ]
        if parts:
            yield f"{row.driver} {', '.join(parts)}"


def _difference(fact: str, held: object, given: object) -> Iterator[str]:
    if held != given and None not in (held, given) and [] not in (held, given):
        yield f"{fact.replace('_', ' ')} {given} (held: {held})"


def told(differences: Iterable[str]) -> str:
    """The differences in a line; empty where there are none."""
    parts = list(differences)
    more = [f"and {len(parts) - MOST} more"] if len(parts) > MOST else []
    return "; ".join([*parts[:MOST], *more])
