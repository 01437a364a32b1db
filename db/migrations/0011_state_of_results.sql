-- Results have a state, and a driver may have two entries in one race: one that did not qualify, and one that raced.

-- The state that a document gave a race's results; NULL where none did, and the rows themselves tell whether they stand.
ALTER TABLE races ADD COLUMN results_state TEXT CHECK (results_state IN ('partial', 'unofficial', 'official'));

-- What counted as a race's results goes on counting. Until now nobody had to say why an entry has no result, and from now
-- on a race waits for such entries.
UPDATE races SET results_state = 'official'
 WHERE results_at IS NOT NULL
   AND (SELECT count(*) > 1 AND count(*) = max(x.finish) FROM results x WHERE x.race_id = races.id)
   AND EXISTS (SELECT 1 FROM entries e LEFT JOIN results x ON x.entry_id = e.id
                WHERE e.race_id = races.id AND x.entry_id IS NULL AND e.note IS NULL);

-- Dropping a table that others point at deletes their rows, so these three are made anew together.
CREATE TABLE new_entries (
    id INTEGER PRIMARY KEY,
    race_id INTEGER NOT NULL REFERENCES races (id) ON DELETE CASCADE,
    driver_id INTEGER NOT NULL REFERENCES drivers (id),
    number TEXT NOT NULL CHECK (number <> '' AND number NOT GLOB '*[^0-9]*'),
    team_id INTEGER REFERENCES teams (id),
    make TEXT,
    owner TEXT,
    sponsor TEXT,
    crew_chief TEXT,
    rookie INTEGER NOT NULL DEFAULT 0 CHECK (rookie IN (0, 1)),
    eligible INTEGER NOT NULL DEFAULT 1 CHECK (eligible IN (0, 1)),
    note TEXT,
    -- A truck whose driver is replaced has two entries under its number.
    UNIQUE (race_id, number, driver_id),
    UNIQUE (id, race_id)
) STRICT;

CREATE TABLE new_results (
    entry_id INTEGER PRIMARY KEY,
    race_id INTEGER NOT NULL,
    finish INTEGER NOT NULL CHECK (finish BETWEEN 1 AND 60),
    start INTEGER CHECK (start BETWEEN 1 AND 60),
    laps INTEGER NOT NULL CHECK (laps >= 0),
    led INTEGER NOT NULL CHECK (led BETWEEN 0 AND laps),
    status TEXT NOT NULL CHECK (status <> ''),
    points INTEGER NOT NULL,
    fastest_lap INTEGER NOT NULL DEFAULT 0 CHECK (fastest_lap IN (0, 1)),
    disqualified INTEGER NOT NULL DEFAULT 0 CHECK (disqualified IN (0, 1)),
    UNIQUE (race_id, finish),
    FOREIGN KEY (entry_id, race_id) REFERENCES new_entries (id, race_id) ON DELETE CASCADE
) STRICT;

CREATE TABLE new_stage_results (
    entry_id INTEGER NOT NULL REFERENCES new_results (entry_id) ON DELETE CASCADE,
    stage INTEGER NOT NULL CHECK (stage BETWEEN 1 AND 2),
    finish INTEGER CHECK (finish BETWEEN 1 AND 60),
    points INTEGER CHECK (points BETWEEN 0 AND 100),
    PRIMARY KEY (entry_id, stage)
) STRICT, WITHOUT ROWID;

INSERT INTO new_entries (id, race_id, driver_id, number, team_id, make, owner, sponsor, crew_chief, rookie, eligible, note)
SELECT id, race_id, driver_id, number, team_id, make, owner, sponsor, crew_chief, rookie, eligible, note FROM entries;
INSERT INTO new_results (entry_id, race_id, finish, start, laps, led, status, points, fastest_lap, disqualified)
SELECT entry_id, race_id, finish, start, laps, led, status, points, fastest_lap, disqualified FROM results;
INSERT INTO new_stage_results (entry_id, stage, finish, points) SELECT entry_id, stage, finish, points FROM stage_results;

DROP TABLE stage_results;
DROP TABLE results;
DROP TABLE entries;
ALTER TABLE new_entries RENAME TO entries;
ALTER TABLE new_results RENAME TO results;
ALTER TABLE new_stage_results RENAME TO stage_results;

CREATE INDEX entries_by_driver ON entries (driver_id);
CREATE INDEX entries_by_race ON entries (race_id, driver_id);
