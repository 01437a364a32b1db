-- What a newer program brings is taken in season by season, in many short transactions, while the bot answers.

-- A season that is not whole yet: nobody sees it.
ALTER TABLE seasons ADD COLUMN arriving INTEGER NOT NULL DEFAULT 0 CHECK (arriving IN (0, 1));

-- Which state of a bundled season was taken in last: the digest of all files that it is made of.
CREATE TABLE bundled_seasons (
    season INTEGER PRIMARY KEY CHECK (season BETWEEN 1995 AND 2100),
    digest TEXT NOT NULL CHECK (digest <> ''),
    taken_at TEXT NOT NULL CHECK (taken_at GLOB '????-??-??T??:??:??Z')
) STRICT;
