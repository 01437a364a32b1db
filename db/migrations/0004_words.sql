-- Who led when; words with their history; quotes that are found by their words and kept once; the quote of the day.

-- Who led from which lap to which, both counted, in order of the laps.
CREATE TABLE leads (
    race_id INTEGER NOT NULL REFERENCES races (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    driver_id INTEGER NOT NULL REFERENCES drivers (id),
    from_lap INTEGER NOT NULL CHECK (from_lap >= 1),
    to_lap INTEGER NOT NULL CHECK (to_lap >= from_lap),
    PRIMARY KEY (race_id, ordinal)
) STRICT, WITHOUT ROWID;

-- How a section of a recap read from a moment on; no words where it was taken back. A step that takes another back names
-- it in undoes, so that taking back again goes further back; nothing is ever removed.
CREATE TABLE recap_history (
    id INTEGER PRIMARY KEY,
    race_id INTEGER NOT NULL REFERENCES races (id) ON DELETE CASCADE,
    section TEXT NOT NULL CHECK (section <> ''),
    words TEXT CHECK (length(words) BETWEEN 1 AND 4000),
    picture TEXT CHECK (picture GLOB 'https://?*'),
    author TEXT CHECK (author <> ''),
    edited_at TEXT CHECK (edited_at GLOB '????-??-??T??:??:??Z'),
    editor INTEGER,
    undoes INTEGER REFERENCES recap_history (id),
    changed_at TEXT NOT NULL CHECK (changed_at GLOB '????-??-??T??:??:??Z'),
    CHECK ((words IS NULL) = (author IS NULL) AND (words IS NULL) = (edited_at IS NULL))
) STRICT;

CREATE INDEX recap_history_by_section ON recap_history (race_id, section);

INSERT INTO recap_history (race_id, section, words, picture, author, edited_at, changed_at)
SELECT race_id, section, words, picture, author, edited_at, edited_at FROM recaps;

-- What an editor has typed and not saved yet, as he typed it, seen by him alone; several where he sent more than one form.
-- base is the last step of the section's history that he had before him when he began, 0 before the first. A number is
-- never given again, since a button may still ask for it.
CREATE TABLE recap_drafts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    race_id INTEGER NOT NULL REFERENCES races (id) ON DELETE CASCADE,
    section TEXT NOT NULL CHECK (section <> ''),
    editor INTEGER NOT NULL,
    words TEXT NOT NULL,
    picture TEXT NOT NULL,
    base INTEGER NOT NULL CHECK (base >= 0),
    typed_at TEXT NOT NULL CHECK (typed_at GLOB '????-??-??T??:??:??Z')
) STRICT;

CREATE INDEX recap_drafts_by_editor ON recap_drafts (race_id, editor);

-- Quotes once more: the number of one that is gone is never given again (a button may still ask for it), folded holds
-- the words as they are compared, and day is the day they count as said on: their own, else the race's.
CREATE TABLE new_quotes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id INTEGER CHECK (guild_id > 0),
    driver_id INTEGER REFERENCES drivers (id),
    speaker TEXT NOT NULL CHECK (speaker <> ''),
    role TEXT,
    words TEXT NOT NULL CHECK (length(words) BETWEEN 1 AND 2000),
    folded TEXT NOT NULL CHECK (folded <> ''),
    context TEXT,
    race_id INTEGER REFERENCES races (id) ON DELETE SET NULL,
    said_on TEXT CHECK (said_on GLOB '????-??-??'),
    day TEXT CHECK (day GLOB '????-??-??'),
    source TEXT,
    link TEXT CHECK (link GLOB 'http://?*' OR link GLOB 'https://?*'),
    added_by INTEGER,
    added_at TEXT NOT NULL CHECK (added_at GLOB '????-??-??T??:??:??Z')
) STRICT;

-- The same words twice in one place are one quote; fold_words is this program's, lent to the migration.
INSERT INTO new_quotes
SELECT q.id, q.guild_id, q.driver_id, q.speaker, q.role, q.words, fold_words(q.words), q.context, q.race_id, q.said_on,
       coalesce(q.said_on, r.date), q.source, q.link, q.added_by, q.added_at
  FROM quotes q LEFT JOIN races r ON r.id = q.race_id
 WHERE q.id IN (SELECT min(id) FROM quotes GROUP BY guild_id, fold_words(words));
DROP TABLE quotes;
ALTER TABLE new_quotes RENAME TO quotes;

CREATE UNIQUE INDEX quotes_once ON quotes (coalesce(guild_id, 0), folded);
CREATE INDEX quotes_by_driver ON quotes (driver_id);
CREATE INDEX quotes_by_race ON quotes (race_id);
CREATE INDEX quotes_by_guild ON quotes (guild_id);
-- These two hold all that it takes to turn to a late page, and to count each speaker's quotes: no quote has to be looked up.
CREATE INDEX quotes_by_day ON quotes (day, id, guild_id, race_id, driver_id, said_on);
CREATE INDEX quotes_by_speaker ON quotes (guild_id, driver_id, speaker, day, race_id, said_on);

-- What was done to a quote, by whom, and how it read until then (a draft as JSON). Outlives the quote. bundled marks what
-- came with the program, which gives way to whatever anybody did.
CREATE TABLE quote_history (
    id INTEGER PRIMARY KEY,
    quote_id INTEGER NOT NULL,
    guild_id INTEGER,
    action TEXT NOT NULL CHECK (action IN ('added', 'edited', 'deleted')),
    before TEXT CHECK (before IS NULL OR json_valid(before)),
    bundled INTEGER NOT NULL DEFAULT 0 CHECK (bundled IN (0, 1)),
    changed_by INTEGER,
    changed_at TEXT NOT NULL CHECK (changed_at GLOB '????-??-??T??:??:??Z'),
    CHECK ((before IS NULL) = (action = 'added'))
) STRICT;

CREATE INDEX quote_history_by_quote ON quote_history (quote_id);
CREATE INDEX quote_history_by_guild ON quote_history (guild_id);

INSERT INTO quote_history (quote_id, guild_id, action, changed_by, changed_at)
SELECT id, guild_id, 'added', added_by, added_at FROM quotes ORDER BY id;

-- The quote of a server's day. A row is claimed before anything is sent, so that no day is sent twice.
CREATE TABLE quote_days (
    guild_id INTEGER NOT NULL,
    day TEXT NOT NULL CHECK (day GLOB '????-??-??'),
    quote_id INTEGER REFERENCES quotes (id) ON DELETE SET NULL,
    channel_id INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('claimed', 'sent', 'failed')),
    changed_at TEXT NOT NULL CHECK (changed_at GLOB '????-??-??T??:??:??Z'),
    PRIMARY KEY (guild_id, day)
) STRICT, WITHOUT ROWID;

CREATE INDEX quote_days_by_quote ON quote_days (quote_id);

-- What somebody has typed into a form for a quote and could not save yet, as he typed it (JSON, by the form's fields);
-- quote_id is the quote that he was mending, guild_id NULL the operator's. Seen by him alone.
CREATE TABLE quote_drafts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL,
    guild_id INTEGER,
    quote_id INTEGER,
    typed TEXT NOT NULL CHECK (json_valid(typed)),
    saved_at TEXT NOT NULL CHECK (saved_at GLOB '????-??-??T??:??:??Z')
) STRICT;

CREATE INDEX quote_drafts_by_user ON quote_drafts (user_id);
CREATE INDEX quote_drafts_by_guild ON quote_drafts (guild_id);

-- What a quote is found by. marks are words nobody can type, a character for private use before each: g and the server
-- (g0 the operator's), d and the driver, r and the race, s and the season, y and m with the year and the month of its
-- day. With them the index alone tells what a reader may see and how many there are, which over tens of thousands of
-- quotes is several times faster than looking each one up.
CREATE VIEW quote_texts AS
SELECT q.id, q.words,
       q.speaker || coalesce(' ' || d.name || ' ' || d.key, '')
           || coalesce(' ' || (SELECT group_concat(alias, ' ') FROM driver_aliases WHERE driver_id = d.id), '') AS who,
       coalesce(r.season || ' ' || r.name || ' ' || t.name || ' ' || t.short, '')
           || coalesce(' ' || (SELECT group_concat(alias, ' ') FROM race_aliases WHERE race_id = r.id), '')
           || coalesce(' ' || (SELECT group_concat(alias, ' ') FROM track_aliases WHERE track_id = t.id), '') AS race,
       trim(coalesce(q.context, '') || ' ' || coalesce(q.role, '')) AS context,
       char(0xE000) || 'g' || coalesce(q.guild_id, 0)
           || coalesce(' ' || char(0xE000) || 'd' || q.driver_id, '')
           || coalesce(' ' || char(0xE000) || 'r' || q.race_id, '')
           || coalesce(' ' || char(0xE000) || 's' || coalesce(r.season, substr(q.said_on, 1, 4)), '')
           || coalesce(strftime(' ' || char(0xE000) || 'y%Y ' || char(0xE000) || 'm%Y%m',
                                coalesce(q.said_on, r.date)), '') AS marks
  FROM quotes q
  LEFT JOIN drivers d ON d.id = q.driver_id
  LEFT JOIN races r ON r.id = q.race_id
  LEFT JOIN tracks t ON t.id = r.track_id;

CREATE VIRTUAL TABLE quotes_text USING fts5(
    words, who, race, context, marks, tokenize = 'porter unicode61 remove_diacritics 2', prefix = '1 2 3'
);

INSERT INTO quotes_text (rowid, words, who, race, context, marks)
SELECT id, words, who, race, context, marks FROM quote_texts;

-- Triggers keep the index, since what it holds is changed from many sides: a quote by hand or by a document, the name of
-- a driver, a race or a track by any import. Nobody who writes has to think of it.
CREATE TRIGGER quotes_added AFTER INSERT ON quotes BEGIN
    UPDATE quotes SET day = coalesce(new.said_on, (SELECT date FROM races WHERE id = new.race_id)) WHERE id = new.id;
    INSERT INTO quotes_text (rowid, words, who, race, context, marks)
    SELECT id, words, who, race, context, marks FROM quote_texts WHERE id = new.id;
END;

CREATE TRIGGER quotes_changed
AFTER UPDATE OF guild_id, driver_id, speaker, role, words, context, race_id, said_on ON quotes BEGIN
    UPDATE quotes SET day = coalesce(new.said_on, (SELECT date FROM races WHERE id = new.race_id)) WHERE id = new.id;
    DELETE FROM quotes_text WHERE rowid = old.id;
    INSERT INTO quotes_text (rowid, words, who, race, context, marks)
    SELECT id, words, who, race, context, marks FROM quote_texts WHERE id = new.id;
END;

CREATE TRIGGER quotes_removed AFTER DELETE ON quotes BEGIN
    DELETE FROM quotes_text WHERE rowid = old.id;
END;

-- Setting a column to itself is enough for quotes_changed.
CREATE TRIGGER drivers_renamed AFTER UPDATE OF name ON drivers WHEN old.name <> new.name BEGIN
    UPDATE quotes SET words = words WHERE driver_id = new.id;
END;

CREATE TRIGGER driver_aliases_added AFTER INSERT ON driver_aliases BEGIN
    UPDATE quotes SET words = words WHERE driver_id = new.driver_id;
END;

CREATE TRIGGER driver_aliases_removed AFTER DELETE ON driver_aliases BEGIN
    UPDATE quotes SET words = words WHERE driver_id = old.driver_id;
END;

CREATE TRIGGER races_changed AFTER UPDATE OF season, name, track_id, date ON races
WHEN old.season <> new.season OR old.name <> new.name OR old.track_id <> new.track_id OR old.date <> new.date BEGIN
    UPDATE quotes SET words = words WHERE race_id = new.id;
END;

CREATE TRIGGER race_aliases_added AFTER INSERT ON race_aliases BEGIN
    UPDATE quotes SET words = words WHERE race_id = new.race_id;
END;

CREATE TRIGGER race_aliases_removed AFTER DELETE ON race_aliases BEGIN
    UPDATE quotes SET words = words WHERE race_id = old.race_id;
END;

CREATE TRIGGER tracks_renamed AFTER UPDATE OF name, short ON tracks
WHEN old.name <> new.name OR old.short <> new.short BEGIN
    UPDATE quotes SET words = words WHERE race_id IN (SELECT id FROM races WHERE track_id = new.id);
END;

CREATE TRIGGER track_aliases_added AFTER INSERT ON track_aliases BEGIN
    UPDATE quotes SET words = words WHERE race_id IN (SELECT id FROM races WHERE track_id = new.track_id);
END;

CREATE TRIGGER track_aliases_removed AFTER DELETE ON track_aliases BEGIN
    UPDATE quotes SET words = words WHERE race_id IN (SELECT id FROM races WHERE track_id = old.track_id);
END;
