PRAGMA foreign_keys = OFF;

-- Two people, or two tracks, may bear one name; keys and NASCAR's ids alone are unique. SQLite can only drop a UNIQUE by
-- making the table anew, and with it its triggers; what refers to the tables does so by name and stays as it is.

PRAGMA legacy_alter_table = ON;

CREATE TABLE new_tracks (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE CHECK (key <> ''),
    name TEXT NOT NULL CHECK (name <> ''),
    short TEXT NOT NULL CHECK (short <> ''),
    city TEXT,
    state TEXT,
    length REAL CHECK (length > 0),
    shape TEXT CHECK (shape IN ('oval', 'road course', 'street course', 'dirt oval'))
) STRICT;

INSERT INTO new_tracks (id, key, name, short, city, state, length, shape)
SELECT id, key, name, short, city, state, length, shape FROM tracks;
DROP TABLE tracks;
ALTER TABLE new_tracks RENAME TO tracks;

CREATE TABLE new_drivers (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE CHECK (key <> ''),
    name TEXT NOT NULL CHECK (name <> ''),
    nascar_id INTEGER UNIQUE CHECK (nascar_id > 0),
    born TEXT CHECK (born GLOB '????-??-??'),
    hometown TEXT
) STRICT;

INSERT INTO new_drivers (id, key, name, nascar_id, born, hometown)
SELECT id, key, name, nascar_id, born, hometown FROM drivers;
DROP TABLE drivers;
ALTER TABLE new_drivers RENAME TO drivers;

PRAGMA legacy_alter_table = OFF;

CREATE TRIGGER drivers_renamed AFTER UPDATE OF name ON drivers WHEN old.name <> new.name BEGIN
    UPDATE quotes SET words = words WHERE driver_id = new.id;
END;

CREATE TRIGGER tracks_renamed AFTER UPDATE OF name, short ON tracks
WHEN old.name <> new.name OR old.short <> new.short BEGIN
    UPDATE quotes SET words = words WHERE race_id IN (SELECT id FROM races WHERE track_id = new.id);
END;
