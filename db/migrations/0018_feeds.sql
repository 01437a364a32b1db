-- What was asked of NASCAR's feeds, and when. None of it is a fact of racing: no version grows with it.

-- A document by its path below the feeds' address. asked_at is when it was last asked for, answered_at when it last came,
-- was confirmed or was said not to be there. etag, last_modified and digest are of the content taken in last; digest is
-- null where nothing ever was, or where the document is not there any more.
CREATE TABLE feed_documents (
    path TEXT PRIMARY KEY CHECK (path <> ''),
    season INTEGER CHECK (season BETWEEN 1995 AND 2100),
    asked_at TEXT NOT NULL CHECK (asked_at GLOB '????-??-??T??:??:??Z'),
    answered_at TEXT CHECK (answered_at GLOB '????-??-??T??:??:??Z'),
    etag TEXT CHECK (etag <> ''),
    last_modified TEXT CHECK (last_modified <> ''),
    digest TEXT CHECK (digest <> ''),
    failing_since TEXT CHECK (failing_since GLOB '????-??-??T??:??:??Z'),
    problem TEXT CHECK (problem <> ''),
    CHECK ((failing_since IS NULL) = (problem IS NULL))
) STRICT, WITHOUT ROWID;

-- Since when the feed's results of a race are official here: penalties are looked for in the week after.
CREATE TABLE feed_races (
    race_id INTEGER PRIMARY KEY REFERENCES races (id) ON DELETE CASCADE,
    official_at TEXT NOT NULL CHECK (official_at GLOB '????-??-??T??:??:??Z')
) STRICT;

-- What a document said that was not taken in, or contradicts what is held: one line each, by the document.
CREATE TABLE feed_findings (
    path TEXT NOT NULL CHECK (path <> ''),
    line TEXT NOT NULL CHECK (line <> ''),
    since TEXT NOT NULL CHECK (since GLOB '????-??-??T??:??:??Z'),
    PRIMARY KEY (path, line)
) STRICT, WITHOUT ROWID;

-- Until when nothing is asked, since NASCAR's server refused too much; level counts such pauses in a row.
CREATE TABLE feed_pause (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    until TEXT NOT NULL CHECK (until GLOB '????-??-??T??:??:??Z'),
    level INTEGER NOT NULL CHECK (level >= 1)
) STRICT;
