-- Race day: what stood when, for who sees the race later; the boards; and delays in seconds.

-- Every live state of a race by when it came, each in the form of db/live/rows.py, compressed. Who watches a race minutes or
-- hours after it ran is shown the state of that long ago. It is emptied once nobody can be that far behind any more.
CREATE TABLE live_history (
    race_id INTEGER NOT NULL REFERENCES races (id) ON DELETE CASCADE,
    came_at TEXT NOT NULL CHECK (came_at GLOB '????-??-??T??:??:??Z'),
    state BLOB NOT NULL,
    PRIMARY KEY (race_id, came_at)
) STRICT;

-- The version of what has happened in races under way: it grows when their log changes, and not with every lap.
ALTER TABLE live_version ADD COLUMN log INTEGER NOT NULL DEFAULT 0 CHECK (log >= 0);

-- A message that shows a race as it runs, one in a channel for each race, and is rewritten until the result stands in it.
-- shown_at is the moment that it tells of, edited_at when it was last changed.
CREATE TABLE live_boards (
    channel_id INTEGER NOT NULL,
    race_id INTEGER NOT NULL REFERENCES races (id) ON DELETE CASCADE,
    guild_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    opened_at TEXT NOT NULL CHECK (opened_at GLOB '????-??-??T??:??:??Z'),
    shown_at TEXT CHECK (shown_at GLOB '????-??-??T??:??:??Z'),
    edited_at TEXT CHECK (edited_at GLOB '????-??-??T??:??:??Z'),
    frozen INTEGER NOT NULL DEFAULT 0 CHECK (frozen IN (0, 1)),
    PRIMARY KEY (channel_id, race_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX live_boards_open ON live_boards (race_id) WHERE NOT frozen;

-- One delay for all that tells of a race, in seconds; it was one of results, in minutes.
UPDATE reminder_wishes SET delay = delay * 60;
UPDATE reminder_targets SET extras = json_remove(
    json_set(extras, '$.delay', 60 * coalesce(json_extract(extras, '$.results_delay'), 0)), '$.results_delay');
