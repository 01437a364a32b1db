"""Points as NASCAR tells them: as they run (``live_points.json``) and the table (``points-feed.json``)."""

from __future__ import annotations

from bot.feeds.schemas.values import Count, Feed, Flag, Id, Points, Text, Truck, without_markers


class LivePoints(Feed):
    """A driver's points as they run. The document names no race and lists all who have points, in the race or not."""

    driver_id: Id
    first_name: Text = None
    last_name: Text = None
    car_number: Truck = None
    points: Points = None
    points_position: Count = None
    points_earned_this_race: Points = None
    stage_1_points: Points = None
    stage_2_points: Points = None
    stage_1_winner: Flag = None
    stage_2_winner: Flag = None
    wins: Count = None
    is_points_eligible: Flag = None
    is_fastest_lap_point: Flag = None
    is_rookie: Flag = None

    @property
    def name(self) -> str:
        """The driver's name; its markers stand in the last name, and may be several."""
        return without_markers(f"{self.first_name or ''} {self.last_name or ''}")[0]


class StandingsRow(Feed):
    """A driver's place in the table, which lists with no points those who score elsewhere."""

    position: Count = None
    driver_name: Text = None
    driver_id: Id
    points: Points = None
    wins: Count = None
    starts: Count = None

    @property
    def name(self) -> str:
        return without_markers(self.driver_name or "")[0]
