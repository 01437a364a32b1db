-- Every lap of every truck, of the races of which it is held, and what was done on pit road. Nothing of it belongs to a season's
-- facts: it is read for one race when somebody asks, and no version grows with it.

-- A race of which every lap is held. has_stops says whether pit road is on record as well.
CREATE TABLE timed_races (
    race_id INTEGER PRIMARY KEY REFERENCES races (id) ON DELETE CASCADE,
    has_stops INTEGER NOT NULL CHECK (has_stops IN (0, 1))
) STRICT;

-- The laps of a truck as db/laps/packing.py packs them. An entry is made anew whenever its results change; its race, number and
-- driver stay.
CREATE TABLE truck_laps (
    race_id INTEGER NOT NULL REFERENCES timed_races (race_id) ON DELETE CASCADE,
    number TEXT NOT NULL CHECK (number <> '' AND number NOT GLOB '*[^0-9]*'),
    driver_id INTEGER NOT NULL REFERENCES drivers (id),
    laps BLOB NOT NULL,
    PRIMARY KEY (race_id, number, driver_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX truck_laps_by_driver ON truck_laps (driver_id);

-- Visits to pit road, in the order in which the trucks came in. lap is how many the truck had completed by then, flag the one
-- shown as it came in. Times are milliseconds: came_in_at on the race's clock, road_time from one end of pit road to the other,
-- stopped_time in the pit box. place_in and place_out are running positions.
CREATE TABLE pit_stops (
    race_id INTEGER NOT NULL REFERENCES timed_races (race_id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    number TEXT NOT NULL CHECK (number <> '' AND number NOT GLOB '*[^0-9]*'),
    lap INTEGER NOT NULL CHECK (lap >= 1),
    flag TEXT NOT NULL CHECK (flag IN ('green', 'yellow', 'red')),
    came_in_at INTEGER CHECK (came_in_at > 0),
    road_time INTEGER CHECK (road_time > 0),
    stopped_time INTEGER CHECK (stopped_time > 0),
    tires TEXT CHECK (tires IN ('four', 'right', 'left', 'one')),
    place_in INTEGER CHECK (place_in BETWEEN 1 AND 60),
    place_out INTEGER CHECK (place_out BETWEEN 1 AND 60),
    PRIMARY KEY (race_id, ordinal)
) STRICT, WITHOUT ROWID;

-- Which state of a season's bundled laps was taken in whole.
CREATE TABLE bundled_laps (
    season INTEGER PRIMARY KEY CHECK (season BETWEEN 1995 AND 2100),
    digest TEXT NOT NULL CHECK (digest <> ''),
    taken_at TEXT NOT NULL CHECK (taken_at GLOB '????-??-??T??:??:??Z')
) STRICT;

-- The place from which a truck is to start a race that was not run yet; that of a truck that raced is part of its result.
ALTER TABLE entries ADD COLUMN start INTEGER CHECK (start BETWEEN 1 AND 60);
