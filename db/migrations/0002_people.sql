-- What people bring: quotes, an editor's recaps, and how each server wants its bot.

-- guild_id NULL marks the operator's curated quotes, seen everywhere; a server's own stay in that server.
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

CREATE INDEX quotes_by_driver ON quotes (driver_id);
CREATE INDEX quotes_by_race ON quotes (race_id);
CREATE INDEX quotes_by_guild ON quotes (guild_id);

-- An editor's words for one section of a race's recap; they stand in place of the made ones.
CREATE TABLE recaps (
    race_id INTEGER NOT NULL REFERENCES races (id) ON DELETE CASCADE,
    section TEXT NOT NULL CHECK (section <> ''),
    words TEXT NOT NULL CHECK (length(words) BETWEEN 1 AND 4000),
    picture TEXT CHECK (picture GLOB 'https://?*'),
    author TEXT NOT NULL CHECK (author <> ''),
    edited_at TEXT NOT NULL CHECK (edited_at GLOB '????-??-??T??:??:??Z'),
    PRIMARY KEY (race_id, section)
) STRICT;

-- One value a setting and server, as JSON text, so that a later setting needs no new column.
CREATE TABLE guild_settings (
    guild_id INTEGER NOT NULL,
    name TEXT NOT NULL CHECK (name <> ''),
    value TEXT NOT NULL CHECK (json_valid(value)),
    changed_by INTEGER,
    changed_at TEXT NOT NULL CHECK (changed_at GLOB '????-??-??T??:??:??Z'),
    PRIMARY KEY (guild_id, name)
) STRICT, WITHOUT ROWID;
