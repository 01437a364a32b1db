-- Live state: a race as it runs on the track. None of it is a result, no answer of the past depends on it, and it is emptied
-- once the race's results are official.

-- The last good state of a race's session. state is all of it, in the form of db/live/rows.py; the columns beside it are
-- what is asked for without reading that. true_at is when the state was true, came_at when it came, heard_at when the feed last
-- answered, be it with nothing new.
CREATE TABLE live_states (
    race_id INTEGER PRIMARY KEY REFERENCES races (id) ON DELETE CASCADE,
    session TEXT NOT NULL CHECK (session IN ('practice', 'qualifying', 'race')),
    lap INTEGER NOT NULL CHECK (lap >= 0),
    laps INTEGER CHECK (laps > 0),
    flag TEXT NOT NULL CHECK (flag IN ('none', 'green', 'yellow', 'red', 'checkered', 'hot', 'cold')),
    true_at TEXT NOT NULL CHECK (true_at GLOB '????-??-??T??:??:??Z'),
    came_at TEXT NOT NULL CHECK (came_at GLOB '????-??-??T??:??:??Z'),
    heard_at TEXT NOT NULL CHECK (heard_at GLOB '????-??-??T??:??:??Z'),
    checkered_at TEXT CHECK (checkered_at GLOB '????-??-??T??:??:??Z'),
    ended_at TEXT CHECK (ended_at GLOB '????-??-??T??:??:??Z'),
    state TEXT NOT NULL CHECK (json_valid(state))
) STRICT;

-- What was seen to happen in a race: its flags, lead changes and ends of stages, each by its place among those of its kind, so
-- that it stays itself when its lap or reason is corrected. what is the flag, or a truck's number.
CREATE TABLE live_events (
    race_id INTEGER NOT NULL REFERENCES races (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('flag', 'lead', 'stage')),
    ordinal INTEGER NOT NULL CHECK (ordinal >= 1),
    lap INTEGER NOT NULL CHECK (lap >= 0),
    what TEXT NOT NULL,
    reason TEXT CHECK (reason <> ''),
    seen_at TEXT NOT NULL CHECK (seen_at GLOB '????-??-??T??:??:??Z'),
    PRIMARY KEY (race_id, kind, ordinal)
) STRICT, WITHOUT ROWID;

-- The version of all live states: it grows with every change of one, and the versions of seasons do not.
CREATE TABLE live_version (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL CHECK (version >= 0)
) STRICT;

INSERT INTO live_version (id, version) VALUES (1, 0);
