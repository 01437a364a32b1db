-- A store as schema 22 left it, with a little in it; the statements of the ninth to twenty-second migrations are at its end.
PRAGMA application_id = 1413955924;
PRAGMA user_version = 22;
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
CREATE TABLE guild_settings (
    guild_id INTEGER NOT NULL,
    name TEXT NOT NULL CHECK (name <> ''),
    value TEXT NOT NULL CHECK (json_valid(value)),
    changed_by INTEGER,
    changed_at TEXT NOT NULL CHECK (changed_at GLOB '????-??-??T??:??:??Z'),
    PRIMARY KEY (guild_id, name)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE leads (
    race_id INTEGER NOT NULL REFERENCES races (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    driver_id INTEGER NOT NULL REFERENCES drivers (id),
    from_lap INTEGER NOT NULL CHECK (from_lap >= 1),
    to_lap INTEGER NOT NULL CHECK (to_lap >= from_lap),
    PRIMARY KEY (race_id, ordinal)
) STRICT, WITHOUT ROWID;
CREATE TABLE memory (
    name TEXT PRIMARY KEY CHECK (name <> ''),
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
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
CREATE TABLE quote_days (
    guild_id INTEGER NOT NULL,
    day TEXT NOT NULL CHECK (day GLOB '????-??-??'),
    quote_id INTEGER REFERENCES quotes (id) ON DELETE SET NULL,
    channel_id INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('claimed', 'sent', 'failed')),
    changed_at TEXT NOT NULL CHECK (changed_at GLOB '????-??-??T??:??:??Z'),
    PRIMARY KEY (guild_id, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE quote_drafts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL,
    guild_id INTEGER,
    quote_id INTEGER,
    typed TEXT NOT NULL CHECK (json_valid(typed)),
    saved_at TEXT NOT NULL CHECK (saved_at GLOB '????-??-??T??:??:??Z')
) STRICT;
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
CREATE TABLE "quotes" (
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
CREATE TABLE recaps (
    race_id INTEGER NOT NULL REFERENCES races (id) ON DELETE CASCADE,
    section TEXT NOT NULL CHECK (section <> ''),
    words TEXT NOT NULL CHECK (length(words) BETWEEN 1 AND 4000),
    picture TEXT CHECK (picture GLOB 'https://?*'),
    author TEXT NOT NULL CHECK (author <> ''),
    edited_at TEXT NOT NULL CHECK (edited_at GLOB '????-??-??T??:??:??Z'),
    PRIMARY KEY (race_id, section)
) STRICT;
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
INSERT INTO drivers VALUES (1, 'corey-heim', 'Corey Heim', NULL, NULL, NULL);
INSERT INTO tracks VALUES (1, 'talladega-superspeedway', 'Talladega Superspeedway', 'Talladega', NULL, NULL, 2.66, NULL);
INSERT INTO seasons VALUES (2025, 1, NULL, NULL);
INSERT INTO races VALUES (1, 2025, 23, NULL, 'Love''s RV Stop 225', 1, '2025-10-17', '2025-10-17T20:00:00Z', NULL, NULL, NULL, 'scheduled', NULL);
INSERT INTO entries VALUES (1, 1, 1, '11', NULL, NULL, NULL, NULL, NULL, 0, 1, NULL);
INSERT INTO guild_settings VALUES (42, 'channel', '7', NULL, '2025-10-01T00:00:00Z');
INSERT INTO leads VALUES (1, 1, 1, 1, 12);
INSERT INTO memory VALUES ('commands', 'x');
INSERT INTO quotes VALUES (1, NULL, 1, 'Corey Heim', 'driver, TRICON Garage', 'I can’t believe it — out of fuel.', 'i cant believe it out of fuel', 'after the race', 1, NULL, '2025-10-17', 'A paper', 'https://example.com/1', NULL, '2025-10-18T01:00:00Z');
INSERT INTO quotes VALUES (2, 42, NULL, 'A spotter', NULL, 'Four wide!', 'four wide', NULL, NULL, '2025-10-17', '2025-10-17', NULL, NULL, 7, '2025-10-18T02:00:00Z');
INSERT INTO quotes VALUES (4, 43, NULL, 'Somebody else', NULL, 'Four wide!', 'four wide', NULL, NULL, NULL, NULL, NULL, NULL, 9, '2025-10-18T04:00:00Z');
INSERT INTO quote_history VALUES (1, 1, NULL, 'added', NULL, 0, NULL, '2025-10-18T01:00:00Z');
INSERT INTO quote_history VALUES (2, 2, 42, 'added', NULL, 0, 7, '2025-10-18T02:00:00Z');
INSERT INTO quote_history VALUES (3, 4, 43, 'added', NULL, 0, 9, '2025-10-18T04:00:00Z');
INSERT INTO recap_history VALUES (1, 1, 'nutshell', 'Out of fuel, and still second.', NULL, 'An Editor', '2025-10-18T05:00:00Z', NULL, NULL, '2025-10-18T05:00:00Z');
INSERT INTO recaps VALUES (1, 'nutshell', 'Out of fuel, and still second.', NULL, 'An Editor', '2025-10-18T05:00:00Z');
INSERT INTO results VALUES (1, 1, 2, NULL, 90, 5, 'running', 35, 0, 0);
DELETE FROM sqlite_sequence WHERE name = 'quotes';
INSERT INTO sqlite_sequence VALUES ('quotes', 4);
CREATE INDEX entries_by_driver ON entries (driver_id);
CREATE INDEX imports_by_season ON imports (season);
CREATE INDEX quote_days_by_quote ON quote_days (quote_id);
CREATE INDEX quote_drafts_by_guild ON quote_drafts (guild_id);
CREATE INDEX quote_drafts_by_user ON quote_drafts (user_id);
CREATE INDEX quote_history_by_guild ON quote_history (guild_id);
CREATE INDEX quote_history_by_quote ON quote_history (quote_id);
CREATE INDEX quotes_by_day ON quotes (day, id, guild_id, race_id, driver_id, said_on);
CREATE INDEX quotes_by_driver ON quotes (driver_id);
CREATE INDEX quotes_by_guild ON quotes (guild_id);
CREATE INDEX quotes_by_race ON quotes (race_id);
CREATE INDEX quotes_by_speaker ON quotes (guild_id, driver_id, speaker, day, race_id, said_on);
CREATE UNIQUE INDEX quotes_once ON quotes (coalesce(guild_id, 0), folded);
CREATE INDEX recap_drafts_by_editor ON recap_drafts (race_id, editor);
CREATE INDEX recap_history_by_section ON recap_history (race_id, section);
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
CREATE TRIGGER driver_aliases_added AFTER INSERT ON driver_aliases BEGIN
    UPDATE quotes SET words = words WHERE driver_id = new.driver_id;
END;
CREATE TRIGGER driver_aliases_removed AFTER DELETE ON driver_aliases BEGIN
    UPDATE quotes SET words = words WHERE driver_id = old.driver_id;
END;
CREATE TRIGGER drivers_renamed AFTER UPDATE OF name ON drivers WHEN old.name <> new.name BEGIN
    UPDATE quotes SET words = words WHERE driver_id = new.id;
END;
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
CREATE TRIGGER race_aliases_added AFTER INSERT ON race_aliases BEGIN
    UPDATE quotes SET words = words WHERE race_id = new.race_id;
END;
CREATE TRIGGER race_aliases_removed AFTER DELETE ON race_aliases BEGIN
    UPDATE quotes SET words = words WHERE race_id = old.race_id;
END;
CREATE TRIGGER races_changed AFTER UPDATE OF season, name, track_id, date ON races
WHEN old.season <> new.season OR old.name <> new.name OR old.track_id <> new.track_id OR old.date <> new.date BEGIN
    UPDATE quotes SET words = words WHERE race_id = new.id;
END;
CREATE TRIGGER track_aliases_added AFTER INSERT ON track_aliases BEGIN
    UPDATE quotes SET words = words WHERE race_id IN (SELECT id FROM races WHERE track_id = new.track_id);
END;
CREATE TRIGGER track_aliases_removed AFTER DELETE ON track_aliases BEGIN
    UPDATE quotes SET words = words WHERE race_id IN (SELECT id FROM races WHERE track_id = old.track_id);
END;
CREATE TRIGGER tracks_renamed AFTER UPDATE OF name, short ON tracks
WHEN old.name <> new.name OR old.short <> new.short BEGIN
    UPDATE quotes SET words = words WHERE race_id IN (SELECT id FROM races WHERE track_id = new.id);
END;
CREATE TABLE reminder_targets (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id INTEGER UNIQUE,
    user_id INTEGER UNIQUE,
    channel_id INTEGER,
    role_id INTEGER,
    leads TEXT NOT NULL CHECK (json_valid(leads)),
    sessions TEXT NOT NULL CHECK (json_valid(sessions)),
    extras TEXT NOT NULL CHECK (json_valid(extras)),
    is_on INTEGER NOT NULL CHECK (is_on IN (0, 1)),
    off_reason TEXT CHECK (off_reason <> ''),
    since TEXT NOT NULL CHECK (since GLOB '????-??-??T??:??:??Z'),
    changed INTEGER NOT NULL DEFAULT 0 CHECK (changed >= 0),
    CHECK ((guild_id IS NULL) <> (user_id IS NULL))
) STRICT;
CREATE INDEX reminder_targets_changed ON reminder_targets (changed);
CREATE TABLE reminder_wishes (
    target_id INTEGER NOT NULL REFERENCES reminder_targets (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind <> ''),
    session TEXT NOT NULL CHECK (session <> ''),
    lead INTEGER NOT NULL CHECK (lead >= 0),
    delay INTEGER NOT NULL CHECK (delay >= 0),
    since TEXT NOT NULL CHECK (since GLOB '????-??-??T??:??:??Z'),
    PRIMARY KEY (target_id, kind, session, lead)
) STRICT, WITHOUT ROWID;
CREATE INDEX reminder_wishes_by_kind ON reminder_wishes (kind, session, lead);
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    target_id INTEGER NOT NULL REFERENCES reminder_targets (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind <> ''),
    season INTEGER NOT NULL,
    round INTEGER NOT NULL,
    session TEXT NOT NULL CHECK (session <> ''),
    lead INTEGER NOT NULL CHECK (lead >= 0),
    event_at TEXT NOT NULL CHECK (event_at GLOB '????-??-??T??:??:??Z'),
    due_at TEXT NOT NULL CHECK (due_at GLOB '????-??-??T??:??:??Z'),
    until TEXT NOT NULL CHECK (until GLOB '????-??-??T??:??:??Z'),
    detail TEXT NOT NULL CHECK (json_valid(detail)),
    state TEXT NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'claimed', 'sent', 'failed', 'expired', 'cancelled')),
    tried_at TEXT CHECK (tried_at GLOB '????-??-??T??:??:??Z'),
    doubt INTEGER NOT NULL DEFAULT 0 CHECK (doubt IN (0, 1)),
    claimed_by TEXT,
    claimed_at TEXT CHECK (claimed_at GLOB '????-??-??T??:??:??Z'),
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    retry_at TEXT CHECK (retry_at GLOB '????-??-??T??:??:??Z'),
    sent_at TEXT CHECK (sent_at GLOB '????-??-??T??:??:??Z'),
    channel_id INTEGER,
    message_id INTEGER,
    reason TEXT,
    CHECK (state <> 'claimed' OR (claimed_by IS NOT NULL AND claimed_at IS NOT NULL AND tried_at IS NOT NULL)),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX outbox_open ON outbox (target_id, kind, season, round, session, lead)
WHERE state IN ('pending', 'claimed');
CREATE UNIQUE INDEX outbox_once ON outbox (target_id, season, round, session, lead, event_at)
WHERE kind = 'reminder' AND state <> 'cancelled';
CREATE INDEX outbox_of_target ON outbox (target_id, kind, season, round, session, lead);
CREATE INDEX outbox_events ON outbox (season, round) WHERE kind = 'event';
CREATE INDEX outbox_due ON outbox (due_at, until, retry_at, tried_at, state) WHERE state = 'pending';
CREATE INDEX outbox_claimed ON outbox (claimed_by) WHERE state = 'claimed';
CREATE TABLE schedule_seen (
    season INTEGER NOT NULL,
    round INTEGER NOT NULL,
    seen TEXT NOT NULL CHECK (json_valid(seen)),
    PRIMARY KEY (season, round)
) STRICT, WITHOUT ROWID;
CREATE TABLE schedule_changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    season INTEGER NOT NULL,
    round INTEGER NOT NULL,
    before TEXT NOT NULL CHECK (json_valid(before)),
    after TEXT NOT NULL CHECK (json_valid(after)),
    noticed_at TEXT NOT NULL CHECK (noticed_at GLOB '????-??-??T??:??:??Z')
) STRICT;
CREATE INDEX schedule_changes_by_race ON schedule_changes (season, round, id);
INSERT INTO imports VALUES (1, '2025.json', 'a digest', 2025, 'a paper', '2025-10-17T23:00:00Z', '2025-10-18T00:00:00Z', 3, 0, 0);
INSERT INTO imports VALUES (2, '2025.json', 'a digest', 2025, NULL, NULL, '2025-10-19T00:00:00Z', 0, 0, 3);
INSERT INTO reminder_targets VALUES (1, 42, NULL, 7, NULL, '[30]', '["race"]', '[]', 1, NULL, '2025-10-01T00:00:00Z', 1);
INSERT INTO reminder_wishes VALUES (1, 'reminder', 'race', 30, 0, '2025-10-01T00:00:00Z');
INSERT INTO outbox VALUES (1, 1, 'reminder', 2025, 23, 'race', 30, '2025-10-17T20:00:00Z', '2025-10-17T19:30:00Z', '2025-10-17T20:00:00Z', '{}', 'sent', '2025-10-17T19:30:00Z', 0, 'a run', '2025-10-17T19:30:00Z', 1, NULL, '2025-10-17T19:30:01Z', 7, 8, NULL);
INSERT INTO schedule_seen VALUES (2025, 23, '{}');
CREATE TABLE facts (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL CHECK (version >= 1)
) STRICT;
INSERT INTO facts (id, version) VALUES (1, 1);
ALTER TABLE seasons ADD COLUMN version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1);
ALTER TABLE seasons ADD COLUMN refreshed_at TEXT CHECK (refreshed_at GLOB '????-??-??T??:??:??Z');
UPDATE seasons SET refreshed_at = (
    SELECT max(min(coalesce(i.retrieved_at, i.imported_at), i.imported_at)) FROM imports i
     WHERE i.season = seasons.year AND (i.retrieved_at IS NOT NULL OR i.created + i.updated > 0)
);
INSERT INTO guild_settings VALUES (42, 'quote-of-the-day', '{"channel": 8}', 7, '2025-10-02T00:00:00Z');
INSERT INTO guild_settings VALUES (43, 'quote-of-the-day', '{"channel": null, "off": "the channel is gone", "since": 1760648400}', NULL, '2025-10-16T21:00:00Z');
INSERT INTO guild_settings VALUES (44, 'quote-of-the-day', '{"channel": 10}', 9, '2025-10-03T00:00:00Z');
INSERT INTO quote_days VALUES (42, '2025-10-16', 1, 8, 'sent', '2025-10-16T13:00:30Z');
INSERT INTO quote_days VALUES (42, '2025-10-17', 2, 8, 'sent', '2025-10-17T13:00:30Z');
INSERT INTO quote_days VALUES (43, '2025-10-16', 4, 9, 'failed', '2025-10-16T13:00:31Z');
INSERT INTO quote_days VALUES (45, '2025-10-17', 1, 11, 'claimed', '2025-10-17T13:00:32Z');
INSERT INTO outbox SELECT 90, target_id, kind, season, round, session, 60, event_at, due_at, until, detail, state, tried_at, doubt, claimed_by, claimed_at, attempts, retry_at, sent_at, channel_id, message_id, reason FROM outbox;
DELETE FROM outbox WHERE id = 90;
CREATE TABLE new_targets (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id INTEGER,
    user_id INTEGER UNIQUE,
    purpose TEXT NOT NULL DEFAULT 'reminders' CHECK (purpose IN ('reminders', 'quotes')),
    channel_id INTEGER,
    role_id INTEGER,
    leads TEXT NOT NULL CHECK (json_valid(leads)),
    sessions TEXT NOT NULL CHECK (json_valid(sessions)),
    extras TEXT NOT NULL CHECK (json_valid(extras)),
    is_on INTEGER NOT NULL CHECK (is_on IN (0, 1)),
    off_reason TEXT CHECK (off_reason <> ''),
    since TEXT NOT NULL CHECK (since GLOB '????-??-??T??:??:??Z'),
    changed INTEGER NOT NULL DEFAULT 0 CHECK (changed >= 0),
    CHECK ((guild_id IS NULL) <> (user_id IS NULL)),
    CHECK (purpose = 'reminders' OR guild_id IS NOT NULL),
    UNIQUE (guild_id, purpose)
) STRICT;
CREATE TABLE new_wishes (
    target_id INTEGER NOT NULL REFERENCES new_targets (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind <> ''),
    session TEXT NOT NULL CHECK (session <> ''),
    lead INTEGER NOT NULL CHECK (lead >= 0),
    delay INTEGER NOT NULL CHECK (delay >= 0),
    since TEXT NOT NULL CHECK (since GLOB '????-??-??T??:??:??Z'),
    PRIMARY KEY (target_id, kind, session, lead)
) STRICT, WITHOUT ROWID;
CREATE TABLE new_outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    target_id INTEGER NOT NULL REFERENCES new_targets (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind <> ''),
    season INTEGER NOT NULL,
    round INTEGER NOT NULL,
    session TEXT NOT NULL CHECK (session <> ''),
    lead INTEGER NOT NULL CHECK (lead >= 0),
    event_at TEXT NOT NULL CHECK (event_at GLOB '????-??-??T??:??:??Z'),
    due_at TEXT NOT NULL CHECK (due_at GLOB '????-??-??T??:??:??Z'),
    until TEXT NOT NULL CHECK (until GLOB '????-??-??T??:??:??Z'),
    detail TEXT NOT NULL CHECK (json_valid(detail)),
    state TEXT NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'claimed', 'sent', 'failed', 'expired', 'cancelled')),
    tried_at TEXT CHECK (tried_at GLOB '????-??-??T??:??:??Z'),
    doubt INTEGER NOT NULL DEFAULT 0 CHECK (doubt IN (0, 1)),
    claimed_by TEXT,
    claimed_at TEXT CHECK (claimed_at GLOB '????-??-??T??:??:??Z'),
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    retry_at TEXT CHECK (retry_at GLOB '????-??-??T??:??:??Z'),
    sent_at TEXT CHECK (sent_at GLOB '????-??-??T??:??:??Z'),
    channel_id INTEGER,
    message_id INTEGER,
    reason TEXT,
    CHECK (state <> 'claimed' OR (claimed_by IS NOT NULL AND claimed_at IS NOT NULL AND tried_at IS NOT NULL)),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL))
) STRICT;
INSERT INTO new_targets (id, guild_id, user_id, channel_id, role_id, leads, sessions, extras, is_on, off_reason, since,
    changed)
SELECT id, guild_id, user_id, channel_id, role_id, leads, sessions, extras, is_on, off_reason, since, changed
  FROM reminder_targets;
INSERT INTO new_wishes (target_id, kind, session, lead, delay, since)
SELECT target_id, kind, session, lead, delay, since FROM reminder_wishes;
INSERT INTO new_outbox (id, target_id, kind, season, round, session, lead, event_at, due_at, until, detail, state,
    tried_at, doubt, claimed_by, claimed_at, attempts, retry_at, sent_at, channel_id, message_id, reason)
SELECT id, target_id, kind, season, round, session, lead, event_at, due_at, until, detail, state,
    tried_at, doubt, claimed_by, claimed_at, attempts, retry_at, sent_at, channel_id, message_id, reason FROM outbox;
DELETE FROM sqlite_sequence WHERE name IN ('new_targets', 'new_outbox');
INSERT INTO sqlite_sequence (name, seq) SELECT 'new_targets', seq FROM sqlite_sequence WHERE name = 'reminder_targets';
INSERT INTO sqlite_sequence (name, seq) SELECT 'new_outbox', seq FROM sqlite_sequence WHERE name = 'outbox';
DROP TABLE reminder_wishes;
DROP TABLE outbox;
DROP TABLE reminder_targets;
ALTER TABLE new_targets RENAME TO reminder_targets;
ALTER TABLE new_wishes RENAME TO reminder_wishes;
ALTER TABLE new_outbox RENAME TO outbox;
CREATE INDEX reminder_targets_changed ON reminder_targets (changed);
CREATE INDEX reminder_targets_off ON reminder_targets (since) WHERE user_id IS NOT NULL AND is_on = 0;
CREATE INDEX reminder_wishes_by_kind ON reminder_wishes (kind, session, lead);
CREATE UNIQUE INDEX outbox_open ON outbox (target_id, kind, season, round, session, lead)
WHERE state IN ('pending', 'claimed');
CREATE UNIQUE INDEX outbox_once ON outbox (target_id, season, round, session, lead, event_at)
WHERE kind = 'reminder' AND state <> 'cancelled';
CREATE INDEX outbox_of_target ON outbox (target_id, kind, season, round, session, lead);
CREATE INDEX outbox_events ON outbox (season, round) WHERE kind = 'event';
CREATE INDEX outbox_due ON outbox (due_at, until, retry_at, tried_at, state) WHERE state = 'pending';
CREATE INDEX outbox_claimed ON outbox (claimed_by) WHERE state = 'claimed';
CREATE INDEX outbox_past ON outbox (event_at);
CREATE INDEX outbox_claims ON outbox (claimed_at);
CREATE INDEX schedule_changes_past ON schedule_changes (noticed_at);
CREATE TABLE quote_draws (
    guild_id INTEGER NOT NULL,
    day TEXT NOT NULL CHECK (day GLOB '????-??-??'),
    quote_id INTEGER NOT NULL REFERENCES quotes (id) ON DELETE CASCADE,
    PRIMARY KEY (guild_id, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX quote_draws_by_quote ON quote_draws (quote_id);
CREATE INDEX quote_draws_by_day ON quote_draws (day);
INSERT INTO quote_draws (guild_id, day, quote_id)
SELECT guild_id, day, quote_id FROM quote_days WHERE quote_id IS NOT NULL;
INSERT INTO reminder_targets (guild_id, purpose, channel_id, leads, sessions, extras, is_on, off_reason, since)
SELECT guild_id, 'quotes', json_extract(value, '$.channel'), '[]', '[]', '{"quote_hour": 9}',
       json_extract(value, '$.channel') IS NOT NULL, nullif(json_extract(value, '$.off'), ''),
       coalesce(strftime('%Y-%m-%dT%H:%M:%SZ', json_extract(value, '$.since'), 'unixepoch'), changed_at)
  FROM guild_settings
 WHERE name = 'quote-of-the-day' AND json_type(value) = 'object'
   AND coalesce(json_type(value, '$.channel'), 'null') IN ('integer', 'null');
DELETE FROM guild_settings WHERE name = 'quote-of-the-day';
INSERT INTO reminder_wishes (target_id, kind, session, lead, delay, since)
SELECT id, 'quote', '09:00', 0, 0, since FROM reminder_targets WHERE purpose = 'quotes' AND is_on = 1;
INSERT INTO reminder_targets (guild_id, purpose, leads, sessions, extras, is_on, since)
SELECT guild_id, 'quotes', '[]', '[]', '{"quote_hour": 9}', 0, max(changed_at) FROM quote_days
 WHERE day >= (SELECT date(max(day), '-1 day') FROM quote_days)
   AND guild_id NOT IN (SELECT guild_id FROM reminder_targets WHERE purpose = 'quotes')
 GROUP BY guild_id;
INSERT INTO outbox (target_id, kind, season, round, session, lead, event_at, due_at, until, detail, state, sent_at,
    channel_id, reason)
SELECT t.id, 'quote', CAST(strftime('%Y', d.day) AS INTEGER), CAST(strftime('%j', d.day) AS INTEGER), '09:00', 0,
       d.day || 'T17:00:00Z', d.day || 'T13:00:00Z', date(d.day, '+1 day') || 'T05:00:00Z', '{}',
       CASE d.state WHEN 'sent' THEN 'sent' ELSE 'failed' END, CASE d.state WHEN 'sent' THEN d.changed_at END,
       d.channel_id, CASE d.state WHEN 'sent' THEN NULL ELSE coalesce(t.off_reason, 'it did not get through') END
  FROM quote_days d JOIN reminder_targets t ON t.guild_id = d.guild_id AND t.purpose = 'quotes'
 WHERE d.day = (SELECT max(day) FROM quote_days l WHERE l.guild_id = d.guild_id);
DROP TABLE quote_days;
CREATE INDEX quote_drafts_by_age ON quote_drafts (saved_at);
CREATE INDEX recap_drafts_by_age ON recap_drafts (typed_at);
CREATE INDEX recap_history_undone ON recap_history (undoes) WHERE undoes IS NOT NULL;
CREATE INDEX outbox_past_quotes ON outbox (event_at) WHERE kind = 'quote';
INSERT INTO quote_history VALUES (4, 1, NULL, 'edited', '{"speaker": "Corey Heim", "words": "Out of fuel — é", "driver": "corey-heim", "role": null, "context": null, "season": 2025, "round": 23, "said_on": "2025-10-17", "source": null, "link": null}', 0, 5, '2025-10-18T06:00:00Z');
INSERT INTO quote_history VALUES (5, 9, 42, 'deleted', '{"speaker": "A spotter", "words": "Gone", "driver": null, "role": null, "context": null, "season": null, "round": null, "said_on": null, "source": null, "link": null}', 0, 5, '2025-10-18T07:00:00Z');
INSERT INTO quote_drafts VALUES (1, 5, NULL, 1, '{"words": "Out of fuel!", "who": "", "about": "", "when": "2025.23 2025-10-17", "link": ""}', '2025-10-18T06:00:00Z');
INSERT INTO quote_drafts VALUES (2, 5, NULL, 1, '{"words": "Out!", "who": "", "about": "", "when": "Talladega", "link": ""}', '2025-10-18T06:00:00Z');
CREATE TABLE new_outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    target_id INTEGER NOT NULL REFERENCES reminder_targets (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind <> ''),
    season INTEGER NOT NULL,
    round INTEGER NOT NULL,
    session TEXT NOT NULL CHECK (session <> ''),
    lead INTEGER NOT NULL CHECK (lead >= 0),
    event_at TEXT NOT NULL CHECK (event_at GLOB '????-??-??T??:??:??Z'),
    due_at TEXT NOT NULL CHECK (due_at GLOB '????-??-??T??:??:??Z'),
    until TEXT NOT NULL CHECK (until GLOB '????-??-??T??:??:??Z'),
    detail TEXT NOT NULL CHECK (json_valid(detail)),
    state TEXT NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'claimed', 'sent', 'failed', 'expired', 'cancelled')),
    tried_at TEXT CHECK (tried_at GLOB '????-??-??T??:??:??Z'),
    last_tried_at TEXT CHECK (last_tried_at GLOB '????-??-??T??:??:??Z'),
    tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
    doubt INTEGER NOT NULL DEFAULT 0 CHECK (doubt IN (0, 1)),
    claimed_by TEXT,
    claimed_at TEXT CHECK (claimed_at GLOB '????-??-??T??:??:??Z'),
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    retry_at TEXT CHECK (retry_at GLOB '????-??-??T??:??:??Z'),
    sent_at TEXT CHECK (sent_at GLOB '????-??-??T??:??:??Z'),
    look_again_at TEXT CHECK (look_again_at GLOB '????-??-??T??:??:??Z'),
    channel_id INTEGER,
    message_id INTEGER,
    reason TEXT,
    CHECK (state <> 'claimed' OR (claimed_by IS NOT NULL AND claimed_at IS NOT NULL)),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    CHECK ((tried_at IS NULL) = (tries = 0)),
    CHECK (look_again_at IS NULL OR state = 'sent')
) STRICT;
INSERT INTO new_outbox (id, target_id, kind, season, round, session, lead, event_at, due_at, until, detail, state,
    tried_at, last_tried_at, tries, doubt, claimed_by, claimed_at, attempts, retry_at, sent_at, channel_id, message_id,
    reason)
SELECT id, target_id, kind, season, round, session, lead, event_at, due_at, until, detail, state,
    tried_at, tried_at, tried_at IS NOT NULL, doubt, claimed_by, claimed_at, attempts, retry_at, sent_at, channel_id,
    message_id, reason FROM outbox;
DELETE FROM sqlite_sequence WHERE name = 'new_outbox';
INSERT INTO sqlite_sequence (name, seq) SELECT 'new_outbox', seq FROM sqlite_sequence WHERE name = 'outbox';
DROP TABLE outbox;
ALTER TABLE new_outbox RENAME TO outbox;
CREATE UNIQUE INDEX outbox_open ON outbox (target_id, kind, season, round, session, lead)
WHERE state IN ('pending', 'claimed');
CREATE UNIQUE INDEX outbox_once ON outbox (target_id, season, round, session, lead, event_at)
WHERE kind = 'reminder' AND state <> 'cancelled';
CREATE INDEX outbox_of_target ON outbox (target_id, kind, season, round, session, lead);
CREATE INDEX outbox_events ON outbox (season, round) WHERE kind = 'event';
CREATE INDEX outbox_due ON outbox (due_at, until, retry_at, tried_at, state) WHERE state = 'pending';
CREATE INDEX outbox_claimed ON outbox (claimed_by) WHERE state = 'claimed';
CREATE INDEX outbox_past ON outbox (event_at);
CREATE INDEX outbox_claims ON outbox (claimed_at);
CREATE INDEX outbox_past_quotes ON outbox (event_at) WHERE kind = 'quote';
CREATE INDEX outbox_to_look_at ON outbox (look_again_at) WHERE look_again_at IS NOT NULL;
ALTER TABLE races ADD COLUMN dropped_at TEXT CHECK (dropped_at GLOB '????-??-??T??:??:??Z');
CREATE TABLE fact_origins (
    subject TEXT NOT NULL CHECK (subject IN ('race', 'season', 'driver', 'track')),
    subject_id INTEGER NOT NULL,
    fact TEXT NOT NULL CHECK (fact <> ''),
    origin TEXT NOT NULL CHECK (origin IN ('operator', 'official feed', 'unofficial feed')),
    changed_at TEXT NOT NULL CHECK (changed_at GLOB '????-??-??T??:??:??Z'),
    PRIMARY KEY (subject, subject_id, fact)
) STRICT, WITHOUT ROWID;
UPDATE quote_history SET before = json_remove(json_set(before, '$.race', (
    SELECT id FROM races
     WHERE season = json_extract(before, '$.season') AND round = json_extract(before, '$.round')
)), '$.season', '$.round') WHERE before IS NOT NULL;
ALTER TABLE quote_drafts ADD COLUMN race_id INTEGER;
UPDATE quote_drafts SET race_id = (
    SELECT id FROM races WHERE season = CAST(substr(json_extract(typed, '$.when'), 1, 4) AS INTEGER)
       AND round = CAST(substr(json_extract(typed, '$.when'), 6, 2) AS INTEGER)
) WHERE json_extract(typed, '$.when') GLOB '[12][0-9][0-9][0-9].[0-9]*';
CREATE TABLE former_times (
    race_id INTEGER NOT NULL REFERENCES races (id) ON DELETE CASCADE,
    moment TEXT NOT NULL CHECK (moment GLOB '????-??-??T??:??:??Z'),
    PRIMARY KEY (race_id, moment)
) STRICT, WITHOUT ROWID;
ALTER TABLE races ADD COLUMN results_state TEXT CHECK (results_state IN ('partial', 'unofficial', 'official'));
UPDATE races SET results_state = 'official'
 WHERE results_at IS NOT NULL
   AND (SELECT count(*) > 1 AND count(*) = max(x.finish) FROM results x WHERE x.race_id = races.id)
   AND EXISTS (SELECT 1 FROM entries e LEFT JOIN results x ON x.entry_id = e.id
                WHERE e.race_id = races.id AND x.entry_id IS NULL AND e.note IS NULL);
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
PRAGMA foreign_keys = OFF;
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
ALTER TABLE reminder_targets ADD COLUMN trouble_since TEXT CHECK (trouble_since GLOB '????-??-??T??:??:??Z');
ALTER TABLE reminder_targets ADD COLUMN trouble_reason TEXT CHECK (trouble_reason <> '');
ALTER TABLE reminder_targets ADD COLUMN refusals INTEGER NOT NULL DEFAULT 0 CHECK (refusals >= 0);
ALTER TABLE reminder_targets ADD COLUMN try_again_at TEXT CHECK (try_again_at GLOB '????-??-??T??:??:??Z');
CREATE TABLE results_seen (
    race_id INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    facts TEXT NOT NULL CHECK (json_valid(facts)),
    noticed_at TEXT NOT NULL CHECK (noticed_at GLOB '????-??-??T??:??:??Z'),
    PRIMARY KEY (race_id, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX results_seen_past ON results_seen (noticed_at);
CREATE TABLE new_outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    target_id INTEGER NOT NULL REFERENCES reminder_targets (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind <> ''),
    subject INTEGER NOT NULL,
    season INTEGER NOT NULL,
    round INTEGER NOT NULL,
    old_round INTEGER,
    session TEXT NOT NULL CHECK (session <> ''),
    lead INTEGER NOT NULL CHECK (lead >= 0),
    event_at TEXT NOT NULL CHECK (event_at GLOB '????-??-??T??:??:??Z'),
    due_at TEXT NOT NULL CHECK (due_at GLOB '????-??-??T??:??:??Z'),
    until TEXT NOT NULL CHECK (until GLOB '????-??-??T??:??:??Z'),
    detail TEXT NOT NULL CHECK (json_valid(detail)),
    state TEXT NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'claimed', 'sent', 'failed', 'expired', 'cancelled')),
    tried_at TEXT CHECK (tried_at GLOB '????-??-??T??:??:??Z'),
    last_tried_at TEXT CHECK (last_tried_at GLOB '????-??-??T??:??:??Z'),
    tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
    doubt INTEGER NOT NULL DEFAULT 0 CHECK (doubt IN (0, 1)),
    claimed_by TEXT,
    claimed_at TEXT CHECK (claimed_at GLOB '????-??-??T??:??:??Z'),
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    retry_at TEXT CHECK (retry_at GLOB '????-??-??T??:??:??Z'),
    sent_at TEXT CHECK (sent_at GLOB '????-??-??T??:??:??Z'),
    look_again_at TEXT CHECK (look_again_at GLOB '????-??-??T??:??:??Z'),
    channel_id INTEGER,
    message_id INTEGER,
    reason TEXT,
    CHECK (state <> 'claimed' OR (claimed_by IS NOT NULL AND claimed_at IS NOT NULL)),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    CHECK ((tried_at IS NULL) = (tries = 0)),
    CHECK (look_again_at IS NULL OR state = 'sent')
) STRICT;
INSERT INTO new_outbox (id, target_id, kind, subject, season, round, old_round, session, lead, event_at, due_at, until,
    detail, state, tried_at, last_tried_at, tries, doubt, claimed_by, claimed_at, attempts, retry_at, sent_at,
    look_again_at, channel_id, message_id, reason)
SELECT id, target_id, kind, CASE WHEN kind IN ('quote', 'trouble') THEN season * 1000 + round ELSE coalesce((
        SELECT r.id FROM races r WHERE r.season = outbox.season AND r.round = outbox.round
    ), season * 1000 + round) END, season, round, round, session, lead, event_at, due_at, until,
    detail, state, tried_at, last_tried_at, tries, doubt, claimed_by, claimed_at, attempts, retry_at, sent_at,
    look_again_at, channel_id, message_id, reason FROM outbox;
DELETE FROM sqlite_sequence WHERE name = 'new_outbox';
INSERT INTO sqlite_sequence (name, seq) SELECT 'new_outbox', seq FROM sqlite_sequence WHERE name = 'outbox';
DROP TABLE outbox;
ALTER TABLE new_outbox RENAME TO outbox;
CREATE UNIQUE INDEX outbox_open ON outbox (target_id, kind, subject, session, lead)
WHERE state IN ('pending', 'claimed');
CREATE UNIQUE INDEX outbox_once ON outbox (target_id, subject, session, lead, event_at)
WHERE kind = 'reminder' AND state <> 'cancelled';
CREATE INDEX outbox_of_target ON outbox (target_id, kind, subject, session, lead);
CREATE INDEX outbox_events ON outbox (subject) WHERE kind = 'event';
CREATE INDEX outbox_due ON outbox (due_at, until, retry_at, tried_at, state) WHERE state = 'pending';
CREATE INDEX outbox_claimed ON outbox (claimed_by) WHERE state = 'claimed';
CREATE INDEX outbox_past ON outbox (event_at);
CREATE INDEX outbox_claims ON outbox (claimed_at);
CREATE INDEX outbox_past_quotes ON outbox (event_at) WHERE kind = 'quote';
CREATE INDEX outbox_to_look_at ON outbox (look_again_at) WHERE look_again_at IS NOT NULL;
CREATE TABLE new_schedule_seen (
    race_id INTEGER PRIMARY KEY,
    seen TEXT NOT NULL CHECK (json_valid(seen))
) STRICT;
INSERT INTO new_schedule_seen (race_id, seen)
SELECT r.id, s.seen FROM schedule_seen s JOIN races r ON r.season = s.season AND r.round = s.round;
DROP TABLE schedule_seen;
ALTER TABLE new_schedule_seen RENAME TO schedule_seen;
CREATE TABLE new_schedule_changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    race_id INTEGER NOT NULL,
    before TEXT NOT NULL CHECK (json_valid(before)),
    after TEXT NOT NULL CHECK (json_valid(after)),
    noticed_at TEXT NOT NULL CHECK (noticed_at GLOB '????-??-??T??:??:??Z')
) STRICT;
INSERT INTO new_schedule_changes (id, race_id, before, after, noticed_at)
SELECT c.id, r.id, c.before, c.after, c.noticed_at
  FROM schedule_changes c JOIN races r ON r.season = c.season AND r.round = c.round;
DELETE FROM sqlite_sequence WHERE name = 'new_schedule_changes';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'new_schedule_changes', seq FROM sqlite_sequence WHERE name = 'schedule_changes';
DROP TABLE schedule_changes;
ALTER TABLE new_schedule_changes RENAME TO schedule_changes;
CREATE INDEX schedule_changes_by_race ON schedule_changes (race_id, id);
CREATE INDEX schedule_changes_past ON schedule_changes (noticed_at);
CREATE TABLE readings (
    race_id INTEGER NOT NULL REFERENCES races (id) ON DELETE CASCADE,
    part TEXT NOT NULL CHECK (part IN ('schedule', 'results')),
    read_at TEXT NOT NULL CHECK (read_at GLOB '????-??-??T??:??:??Z'),
    PRIMARY KEY (race_id, part)
) STRICT, WITHOUT ROWID;
INSERT INTO readings (race_id, part, read_at) SELECT id, 'results', results_at FROM races WHERE results_at IS NOT NULL;
CREATE TABLE caution_periods (
    race_id INTEGER NOT NULL REFERENCES races (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    from_lap INTEGER NOT NULL CHECK (from_lap >= 1),
    to_lap INTEGER NOT NULL CHECK (to_lap >= from_lap),
    reason TEXT CHECK (reason <> ''),
    free_pass TEXT CHECK (free_pass <> '' AND free_pass NOT GLOB '*[^0-9]*'),
    PRIMARY KEY (race_id, ordinal)
) STRICT, WITHOUT ROWID;
CREATE TABLE track_names (
    track_id INTEGER NOT NULL REFERENCES tracks (id) ON DELETE CASCADE,
    first_season INTEGER NOT NULL CHECK (first_season BETWEEN 1995 AND 2100),
    last_season INTEGER NOT NULL CHECK (last_season BETWEEN first_season AND 2100),
    name TEXT NOT NULL CHECK (name <> ''),
    PRIMARY KEY (track_id, first_season)
) STRICT, WITHOUT ROWID;
CREATE TABLE track_layouts (
    track_id INTEGER NOT NULL REFERENCES tracks (id) ON DELETE CASCADE,
    first_season INTEGER NOT NULL CHECK (first_season BETWEEN 1995 AND 2100),
    last_season INTEGER NOT NULL CHECK (last_season BETWEEN first_season AND 2100),
    length REAL CHECK (length > 0),
    shape TEXT CHECK (shape IN ('oval', 'road course', 'street course', 'dirt oval')),
    surface TEXT CHECK (surface IN ('paved', 'dirt')),
    PRIMARY KEY (track_id, first_season)
) STRICT, WITHOUT ROWID;
CREATE TABLE racing_reference_ids (
    driver_id INTEGER NOT NULL REFERENCES drivers (id) ON DELETE CASCADE,
    reference_id TEXT NOT NULL UNIQUE CHECK (reference_id <> ''),
    ordinal INTEGER NOT NULL,
    PRIMARY KEY (driver_id, reference_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE driver_sources (
    driver_id INTEGER NOT NULL REFERENCES drivers (id) ON DELETE CASCADE,
    fact TEXT NOT NULL CHECK (fact <> ''),
    source TEXT NOT NULL CHECK (source <> ''),
    ordinal INTEGER NOT NULL,
    PRIMARY KEY (driver_id, fact)
) STRICT, WITHOUT ROWID;
ALTER TABLE seasons ADD COLUMN arriving INTEGER NOT NULL DEFAULT 0 CHECK (arriving IN (0, 1));
CREATE TABLE bundled_seasons (
    season INTEGER PRIMARY KEY CHECK (season BETWEEN 1995 AND 2100),
    digest TEXT NOT NULL CHECK (digest <> ''),
    taken_at TEXT NOT NULL CHECK (taken_at GLOB '????-??-??T??:??:??Z')
) STRICT;
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
CREATE TABLE feed_races (
    race_id INTEGER PRIMARY KEY REFERENCES races (id) ON DELETE CASCADE,
    official_at TEXT NOT NULL CHECK (official_at GLOB '????-??-??T??:??:??Z')
) STRICT;
CREATE TABLE feed_findings (
    path TEXT NOT NULL CHECK (path <> ''),
    line TEXT NOT NULL CHECK (line <> ''),
    since TEXT NOT NULL CHECK (since GLOB '????-??-??T??:??:??Z'),
    PRIMARY KEY (path, line)
) STRICT, WITHOUT ROWID;
CREATE TABLE feed_pause (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    until TEXT NOT NULL CHECK (until GLOB '????-??-??T??:??:??Z'),
    level INTEGER NOT NULL CHECK (level >= 1)
) STRICT;
CREATE TABLE new_outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    target_id INTEGER NOT NULL REFERENCES reminder_targets (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind <> ''),
    subject INTEGER NOT NULL,
    season INTEGER NOT NULL,
    round INTEGER NOT NULL,
    old_round INTEGER,
    session TEXT NOT NULL CHECK (session <> ''),
    lead INTEGER NOT NULL CHECK (lead >= 0),
    event_at TEXT NOT NULL CHECK (event_at GLOB '????-??-??T??:??:??Z'),
    due_at TEXT NOT NULL CHECK (due_at GLOB '????-??-??T??:??:??Z'),
    until TEXT NOT NULL CHECK (until GLOB '????-??-??T??:??:??Z'),
    detail TEXT NOT NULL CHECK (json_valid(detail)),
    state TEXT NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'claimed', 'sent', 'failed', 'expired', 'cancelled')),
    tried_at TEXT CHECK (tried_at GLOB '????-??-??T??:??:??Z'),
    last_tried_at TEXT CHECK (last_tried_at GLOB '????-??-??T??:??:??Z'),
    tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
    doubt INTEGER NOT NULL DEFAULT 0 CHECK (doubt IN (0, 1)),
    claimed_by TEXT,
    claimed_at TEXT CHECK (claimed_at GLOB '????-??-??T??:??:??Z'),
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    retry_at TEXT CHECK (retry_at GLOB '????-??-??T??:??:??Z'),
    sent_at TEXT CHECK (sent_at GLOB '????-??-??T??:??:??Z'),
    look_again_at TEXT CHECK (look_again_at GLOB '????-??-??T??:??:??Z'),
    unanswered_at TEXT CHECK (unanswered_at GLOB '????-??-??T??:??:??Z'),
    channel_id INTEGER,
    message_id INTEGER,
    reason TEXT,
    CHECK (state <> 'claimed' OR (claimed_by IS NOT NULL AND claimed_at IS NOT NULL)),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    CHECK ((tried_at IS NULL) = (tries = 0)),
    CHECK (look_again_at IS NULL OR (tries > 1 AND kind <> 'event'))
) STRICT;
INSERT INTO new_outbox (id, target_id, kind, subject, season, round, old_round, session, lead, event_at, due_at, until,
    detail, state, tried_at, last_tried_at, tries, doubt, claimed_by, claimed_at, attempts, retry_at, sent_at,
    look_again_at, channel_id, message_id, reason)
SELECT id, target_id, kind, subject, season, round, old_round, session, lead, event_at, due_at, until,
    detail, state, tried_at, last_tried_at, tries, doubt, claimed_by, claimed_at, attempts, retry_at, sent_at,
    CASE WHEN kind = 'event' OR tries < 2 THEN NULL
         WHEN state IN ('pending', 'claimed') THEN strftime('%Y-%m-%dT%H:%M:%SZ', last_tried_at, '+2 minutes')
         ELSE look_again_at END, channel_id, message_id, reason FROM outbox;
DELETE FROM sqlite_sequence WHERE name = 'new_outbox';
INSERT INTO sqlite_sequence (name, seq) SELECT 'new_outbox', seq FROM sqlite_sequence WHERE name = 'outbox';
DROP TABLE outbox;
ALTER TABLE new_outbox RENAME TO outbox;
CREATE UNIQUE INDEX outbox_open ON outbox (target_id, kind, subject, session, lead)
WHERE state IN ('pending', 'claimed');
CREATE UNIQUE INDEX outbox_once ON outbox (target_id, subject, session, lead, event_at)
WHERE kind = 'reminder' AND state <> 'cancelled';
CREATE INDEX outbox_of_target ON outbox (target_id, kind, subject, session, lead);
CREATE INDEX outbox_events ON outbox (subject) WHERE kind = 'event';
CREATE INDEX outbox_due ON outbox (due_at, until, retry_at, tried_at, state) WHERE state = 'pending';
CREATE INDEX outbox_claimed ON outbox (claimed_by) WHERE state = 'claimed';
CREATE INDEX outbox_past ON outbox (event_at);
CREATE INDEX outbox_claims ON outbox (claimed_at);
CREATE INDEX outbox_past_quotes ON outbox (event_at) WHERE kind = 'quote';
CREATE INDEX outbox_to_look_at ON outbox (look_again_at) WHERE look_again_at IS NOT NULL;
CREATE TABLE timed_races (
    race_id INTEGER PRIMARY KEY REFERENCES races (id) ON DELETE CASCADE,
    has_stops INTEGER NOT NULL CHECK (has_stops IN (0, 1))
) STRICT;
CREATE TABLE truck_laps (
    race_id INTEGER NOT NULL REFERENCES timed_races (race_id) ON DELETE CASCADE,
    number TEXT NOT NULL CHECK (number <> '' AND number NOT GLOB '*[^0-9]*'),
    driver_id INTEGER NOT NULL REFERENCES drivers (id),
    laps BLOB NOT NULL,
    PRIMARY KEY (race_id, number, driver_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX truck_laps_by_driver ON truck_laps (driver_id);
CREATE TABLE pit_stops (
    race_id INTEGER NOT NULL REFERENCES timed_races (race_id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    number TEXT NOT NULL CHECK (number <> '' AND number NOT GLOB '*[^0-9]*'),
    lap INTEGER NOT NULL CHECK (lap >= 1),
    flag TEXT NOT NULL CHECK (flag IN ('green', 'yellow', 'red')),
    came_in_at INTEGER CHECK (came_in_at > 0),
    road_time INTEGER CHECK (road_time > 0),
    stopped_time INTEGER CHECK (stopped_time > 0),
    tires TEXT CHECK (tires IN ('four', 'right', 'left', 'one')),
    place_in INTEGER CHECK (place_in BETWEEN 1 AND 60),
    place_out INTEGER CHECK (place_out BETWEEN 1 AND 60),
    PRIMARY KEY (race_id, ordinal)
) STRICT, WITHOUT ROWID;
CREATE TABLE bundled_laps (
    season INTEGER PRIMARY KEY CHECK (season BETWEEN 1995 AND 2100),
    digest TEXT NOT NULL CHECK (digest <> ''),
    taken_at TEXT NOT NULL CHECK (taken_at GLOB '????-??-??T??:??:??Z')
) STRICT;
ALTER TABLE entries ADD COLUMN start INTEGER CHECK (start BETWEEN 1 AND 60);
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
CREATE TABLE live_version (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL CHECK (version >= 0)
) STRICT;
INSERT INTO live_version (id, version) VALUES (1, 0);
CREATE TABLE live_history (
    race_id INTEGER NOT NULL REFERENCES races (id) ON DELETE CASCADE,
    came_at TEXT NOT NULL CHECK (came_at GLOB '????-??-??T??:??:??Z'),
    state BLOB NOT NULL,
    PRIMARY KEY (race_id, came_at)
) STRICT;
ALTER TABLE live_version ADD COLUMN log INTEGER NOT NULL DEFAULT 0 CHECK (log >= 0);
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
UPDATE reminder_wishes SET delay = delay * 60;
UPDATE reminder_targets SET extras = json_remove(
    json_set(extras, '$.delay', 60 * coalesce(json_extract(extras, '$.results_delay'), 0)), '$.results_delay');
COMMIT;
