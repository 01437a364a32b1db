-- A store as schema 3 left it, with a little in it.
PRAGMA application_id = 1413955924;
PRAGMA user_version = 3;
BEGIN TRANSACTION;
CREATE TABLE adjustments (
    id INTEGER PRIMARY KEY,
    race_id INTEGER NOT NULL REFERENCES races (id) ON DELETE CASCADE,
    driver_id INTEGER NOT NULL REFERENCES drivers (id),
    points INTEGER NOT NULL DEFAULT 0,
    playoff_points INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL CHECK (reason <> ''),
    source TEXT NOT NULL CHECK (source <> ''),
    UNIQUE (race_id, driver_id, reason)
) STRICT;
CREATE TABLE broadcasts (
    race_id INTEGER NOT NULL REFERENCES races (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('tv', 'radio', 'stream')),
    network TEXT NOT NULL CHECK (network <> ''),
    coverage_at TEXT CHECK (coverage_at GLOB '????-??-??T??:??:??Z'),
    approximate INTEGER NOT NULL DEFAULT 0 CHECK (approximate IN (0, 1)),
    source TEXT,
    PRIMARY KEY (race_id, ordinal)
) STRICT, WITHOUT ROWID;
CREATE TABLE driver_aliases (
    driver_id INTEGER NOT NULL REFERENCES drivers (id) ON DELETE CASCADE,
    alias TEXT NOT NULL CHECK (alias <> ''),
    ordinal INTEGER NOT NULL,
    PRIMARY KEY (driver_id, alias)
) STRICT, WITHOUT ROWID;
CREATE TABLE drivers (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE CHECK (key <> ''),
    name TEXT NOT NULL UNIQUE CHECK (name <> ''),
    nascar_id INTEGER UNIQUE CHECK (nascar_id > 0),
    born TEXT CHECK (born GLOB '????-??-??'),
    hometown TEXT
) STRICT;
INSERT INTO "drivers" VALUES(1,'corey-heim','Corey Heim',NULL,NULL,NULL);
CREATE TABLE entries (
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
    UNIQUE (race_id, driver_id),
    UNIQUE (id, race_id)
) STRICT;
INSERT INTO "entries" VALUES(1,1,1,'11',NULL,NULL,NULL,NULL,NULL,0,1,NULL);
CREATE TABLE guild_settings (
    guild_id INTEGER NOT NULL,
    name TEXT NOT NULL CHECK (name <> ''),
    value TEXT NOT NULL CHECK (json_valid(value)),
    changed_by INTEGER,
    changed_at TEXT NOT NULL CHECK (changed_at GLOB '????-??-??T??:??:??Z'),
    PRIMARY KEY (guild_id, name)
) STRICT, WITHOUT ROWID;
INSERT INTO "guild_settings" VALUES(42,'channel','7',NULL,'2025-10-01T00:00:00Z');
CREATE TABLE imports (
    id INTEGER PRIMARY KEY,
    file TEXT NOT NULL,
    digest TEXT NOT NULL,
    season INTEGER,
    source TEXT,
    retrieved_at TEXT CHECK (retrieved_at GLOB '????-??-??T??:??:??Z'),
    imported_at TEXT NOT NULL CHECK (imported_at GLOB '????-??-??T??:??:??Z'),
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    unchanged INTEGER NOT NULL
) STRICT;
CREATE TABLE memory (
    name TEXT PRIMARY KEY CHECK (name <> ''),
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "memory" VALUES('commands','x');
CREATE TABLE outcomes (
    race_id INTEGER PRIMARY KEY REFERENCES races (id) ON DELETE CASCADE,
    laps INTEGER CHECK (laps >= 0),
    pole_id INTEGER REFERENCES drivers (id),
    pole_mph REAL CHECK (pole_mph > 0),
    fastest_lap_id INTEGER REFERENCES drivers (id),
    fastest_lap_seconds REAL CHECK (fastest_lap_seconds > 0),
    fastest_lap_mph REAL CHECK (fastest_lap_mph > 0),
    rookie_id INTEGER REFERENCES drivers (id),
    cautions INTEGER CHECK (cautions >= 0),
    caution_laps INTEGER CHECK (caution_laps >= 0),
    lead_changes INTEGER CHECK (lead_changes >= 0),
    margin REAL CHECK (margin >= 0),
    under_caution INTEGER NOT NULL DEFAULT 0 CHECK (under_caution IN (0, 1)),
    average_mph REAL CHECK (average_mph > 0),
    seconds REAL CHECK (seconds > 0)
) STRICT;
CREATE TABLE playoff_fields (
    season INTEGER NOT NULL REFERENCES seasons (year),
    seed INTEGER NOT NULL CHECK (seed >= 1),
    driver_id INTEGER NOT NULL REFERENCES drivers (id),
    how TEXT,
    note TEXT,
    PRIMARY KEY (season, seed),
    UNIQUE (season, driver_id)
) STRICT;
CREATE TABLE quotes (
    id INTEGER PRIMARY KEY,
    guild_id INTEGER,
    driver_id INTEGER REFERENCES drivers (id),
    speaker TEXT NOT NULL CHECK (speaker <> ''),
    role TEXT,
    words TEXT NOT NULL CHECK (length(words) BETWEEN 1 AND 2000),
    context TEXT,
    race_id INTEGER REFERENCES races (id) ON DELETE SET NULL,
    said_on TEXT CHECK (said_on GLOB '????-??-??'),
    source TEXT,
    link TEXT CHECK (link GLOB 'http://?*' OR link GLOB 'https://?*'),
    added_by INTEGER,
    added_at TEXT NOT NULL CHECK (added_at GLOB '????-??-??T??:??:??Z')
) STRICT;
INSERT INTO "quotes" VALUES(1,NULL,1,'Corey Heim','driver, TRICON Garage','I can’t believe it — out of fuel.','after the race',1,NULL,'A paper','https://example.com/1',NULL,'2025-10-18T01:00:00Z');
INSERT INTO "quotes" VALUES(2,42,NULL,'A spotter',NULL,'Four wide!',NULL,NULL,'2025-10-17',NULL,NULL,7,'2025-10-18T02:00:00Z');
INSERT INTO "quotes" VALUES(3,42,NULL,'A spotter',NULL,'four   wide',NULL,NULL,NULL,NULL,NULL,8,'2025-10-18T03:00:00Z');
INSERT INTO "quotes" VALUES(4,43,NULL,'Somebody else',NULL,'Four wide!',NULL,NULL,NULL,NULL,NULL,9,'2025-10-18T04:00:00Z');
CREATE TABLE race_aliases (
    race_id INTEGER NOT NULL REFERENCES races (id) ON DELETE CASCADE,
    alias TEXT NOT NULL CHECK (alias <> ''),
    ordinal INTEGER NOT NULL,
    PRIMARY KEY (race_id, alias)
) STRICT, WITHOUT ROWID;
CREATE TABLE race_sources (
    race_id INTEGER NOT NULL REFERENCES races (id) ON DELETE CASCADE,
    fact TEXT NOT NULL CHECK (fact <> ''),
    source TEXT NOT NULL CHECK (source <> ''),
    ordinal INTEGER NOT NULL,
    PRIMARY KEY (race_id, fact)
) STRICT, WITHOUT ROWID;
CREATE TABLE races (
    id INTEGER PRIMARY KEY,
    season INTEGER NOT NULL REFERENCES seasons (year),
    round INTEGER NOT NULL CHECK (round BETWEEN 1 AND 60),
    nascar_id INTEGER UNIQUE CHECK (nascar_id > 0),
    name TEXT NOT NULL CHECK (name <> ''),
    track_id INTEGER NOT NULL REFERENCES tracks (id),
    date TEXT NOT NULL CHECK (date GLOB '????-??-??'),
    start_at TEXT CHECK (start_at GLOB '????-??-??T??:??:??Z'),
    green_flag_at TEXT CHECK (green_flag_at GLOB '????-??-??T??:??:??Z'),
    scheduled_laps INTEGER CHECK (scheduled_laps >= 0),
    phase TEXT,
    status TEXT NOT NULL DEFAULT 'scheduled' CHECK (status IN ('scheduled', 'postponed', 'cancelled')),
    results_at TEXT CHECK (results_at GLOB '????-??-??T??:??:??Z'),
    UNIQUE (season, round)
) STRICT;
INSERT INTO "races" VALUES(1,2025,23,NULL,'Love''s RV Stop 225',1,'2025-10-17','2025-10-17T20:00:00Z',NULL,NULL,NULL,'scheduled',NULL);
CREATE TABLE recaps (
    race_id INTEGER NOT NULL REFERENCES races (id) ON DELETE CASCADE,
    section TEXT NOT NULL CHECK (section <> ''),
    words TEXT NOT NULL CHECK (length(words) BETWEEN 1 AND 4000),
    picture TEXT CHECK (picture GLOB 'https://?*'),
    author TEXT NOT NULL CHECK (author <> ''),
    edited_at TEXT NOT NULL CHECK (edited_at GLOB '????-??-??T??:??:??Z'),
    PRIMARY KEY (race_id, section)
) STRICT;
INSERT INTO "recaps" VALUES(1,'nutshell','Out of fuel, and still second.',NULL,'An Editor','2025-10-18T05:00:00Z');
CREATE TABLE results (
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
    FOREIGN KEY (entry_id, race_id) REFERENCES entries (id, race_id) ON DELETE CASCADE
) STRICT;
INSERT INTO "results" VALUES(1,1,2,NULL,90,5,'running',35,0,0);
CREATE TABLE rookies (
    season INTEGER NOT NULL REFERENCES seasons (year),
    driver_id INTEGER NOT NULL REFERENCES drivers (id),
    ordinal INTEGER NOT NULL,
    PRIMARY KEY (season, driver_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE seasons (
    year INTEGER PRIMARY KEY CHECK (year BETWEEN 1995 AND 2100),
    champion_id INTEGER REFERENCES drivers (id),
    source TEXT,
    retrieved_at TEXT CHECK (retrieved_at GLOB '????-??-??T??:??:??Z')
) STRICT;
INSERT INTO "seasons" VALUES(2025,1,NULL,NULL);
CREATE TABLE sessions (
    race_id INTEGER NOT NULL REFERENCES races (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('practice', 'qualifying', 'race')),
    start_at TEXT NOT NULL CHECK (start_at GLOB '????-??-??T??:??:??Z'),
    PRIMARY KEY (race_id, ordinal)
) STRICT, WITHOUT ROWID;
CREATE TABLE stage_results (
    entry_id INTEGER NOT NULL REFERENCES results (entry_id) ON DELETE CASCADE,
    stage INTEGER NOT NULL CHECK (stage BETWEEN 1 AND 2),
    finish INTEGER CHECK (finish BETWEEN 1 AND 60),
    points INTEGER CHECK (points BETWEEN 0 AND 100),
    PRIMARY KEY (entry_id, stage)
) STRICT, WITHOUT ROWID;
CREATE TABLE stage_winners (
    race_id INTEGER NOT NULL REFERENCES races (id) ON DELETE CASCADE,
    stage INTEGER NOT NULL CHECK (stage BETWEEN 1 AND 3),
    driver_id INTEGER REFERENCES drivers (id),
    PRIMARY KEY (race_id, stage)
) STRICT, WITHOUT ROWID;
CREATE TABLE stages (
    race_id INTEGER NOT NULL REFERENCES races (id) ON DELETE CASCADE,
    stage INTEGER NOT NULL CHECK (stage BETWEEN 1 AND 5),
    laps INTEGER NOT NULL CHECK (laps >= 0),
    PRIMARY KEY (race_id, stage)
) STRICT, WITHOUT ROWID;
CREATE TABLE teams (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE CHECK (name <> '')
) STRICT;
CREATE TABLE track_aliases (
    track_id INTEGER NOT NULL REFERENCES tracks (id) ON DELETE CASCADE,
    alias TEXT NOT NULL CHECK (alias <> ''),
    ordinal INTEGER NOT NULL,
    PRIMARY KEY (track_id, alias)
) STRICT, WITHOUT ROWID;
CREATE TABLE tracks (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE CHECK (key <> ''),
    name TEXT NOT NULL UNIQUE CHECK (name <> ''),
    short TEXT NOT NULL CHECK (short <> ''),
    city TEXT,
    state TEXT,
    length REAL CHECK (length > 0),
    shape TEXT CHECK (shape IN ('oval', 'road course', 'street course', 'dirt oval'))
) STRICT;
INSERT INTO "tracks" VALUES(1,'talladega-superspeedway','Talladega Superspeedway','Talladega',NULL,NULL,2.66,NULL);
CREATE INDEX entries_by_driver ON entries (driver_id);
CREATE INDEX imports_by_season ON imports (season);
CREATE INDEX quotes_by_driver ON quotes (driver_id);
CREATE INDEX quotes_by_race ON quotes (race_id);
CREATE INDEX quotes_by_guild ON quotes (guild_id);
COMMIT;
