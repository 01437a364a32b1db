-- What is known of races, tracks and people of all seasons beyond results: cautions lap by lap, what a track was called and
-- how it was laid out when, the driver ids of a second source, and where facts about a person were read.

-- Both laps inclusive. free_pass is the number of the truck that got a lap back.
CREATE TABLE caution_periods (
    race_id INTEGER NOT NULL REFERENCES races (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    from_lap INTEGER NOT NULL CHECK (from_lap >= 1),
    to_lap INTEGER NOT NULL CHECK (to_lap >= from_lap),
    reason TEXT CHECK (reason <> ''),
    free_pass TEXT CHECK (free_pass <> '' AND free_pass NOT GLOB '*[^0-9]*'),
    PRIMARY KEY (race_id, ordinal)
) STRICT, WITHOUT ROWID;

-- Names other than today's, by the seasons in which the track had them.
CREATE TABLE track_names (
    track_id INTEGER NOT NULL REFERENCES tracks (id) ON DELETE CASCADE,
    first_season INTEGER NOT NULL CHECK (first_season BETWEEN 1995 AND 2100),
    last_season INTEGER NOT NULL CHECK (last_season BETWEEN first_season AND 2100),
    name TEXT NOT NULL CHECK (name <> ''),
    PRIMARY KEY (track_id, first_season)
) STRICT, WITHOUT ROWID;

-- length is miles a lap.
CREATE TABLE track_layouts (
    track_id INTEGER NOT NULL REFERENCES tracks (id) ON DELETE CASCADE,
    first_season INTEGER NOT NULL CHECK (first_season BETWEEN 1995 AND 2100),
    last_season INTEGER NOT NULL CHECK (last_season BETWEEN first_season AND 2100),
    length REAL CHECK (length > 0),
    shape TEXT CHECK (shape IN ('oval', 'road course', 'street course', 'dirt oval')),
    surface TEXT CHECK (surface IN ('paved', 'dirt')),
    PRIMARY KEY (track_id, first_season)
) STRICT, WITHOUT ROWID;

-- One person may have several, and no two people share one.
CREATE TABLE racing_reference_ids (
    driver_id INTEGER NOT NULL REFERENCES drivers (id) ON DELETE CASCADE,
    reference_id TEXT NOT NULL UNIQUE CHECK (reference_id <> ''),
    ordinal INTEGER NOT NULL,
    PRIMARY KEY (driver_id, reference_id)
) STRICT, WITHOUT ROWID;

-- Where single facts about a driver were read, by the fact's name.
CREATE TABLE driver_sources (
    driver_id INTEGER NOT NULL REFERENCES drivers (id) ON DELETE CASCADE,
    fact TEXT NOT NULL CHECK (fact <> ''),
    source TEXT NOT NULL CHECK (source <> ''),
    ordinal INTEGER NOT NULL,
    PRIMARY KEY (driver_id, fact)
) STRICT, WITHOUT ROWID;
