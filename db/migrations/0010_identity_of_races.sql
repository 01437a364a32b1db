-- A race is a row of its own, whatever its place on the schedule: what used to name a season and a round names the row.

-- When a race left the schedule. Its row stays, with all that was stored of it, and comes back with the race. A race that is
-- off the schedule has a round that no other race needs, which means nothing.
ALTER TABLE races ADD COLUMN dropped_at TEXT CHECK (dropped_at GLOB '????-??-??T??:??:??Z');

-- Where a fact comes from, if not from the program, and since when. fact is a field of a document, such as date or
-- broadcasts; "results" of a race are its finishing order and its adjustments together.
CREATE TABLE fact_origins (
    subject TEXT NOT NULL CHECK (subject IN ('race', 'season', 'driver', 'track')),
    subject_id INTEGER NOT NULL,
    fact TEXT NOT NULL CHECK (fact <> ''),
    origin TEXT NOT NULL CHECK (origin IN ('operator', 'official feed', 'unofficial feed')),
    changed_at TEXT NOT NULL CHECK (changed_at GLOB '????-??-??T??:??:??Z'),
    PRIMARY KEY (subject, subject_id, fact)
) STRICT, WITHOUT ROWID;

-- An earlier version of a quote, as JSON: the race's row is in "race" from now on.
UPDATE quote_history SET before = json_remove(json_set(before, '$.race', (
    SELECT id FROM races
     WHERE season = json_extract(before, '$.season') AND round = json_extract(before, '$.round')
)), '$.season', '$.round') WHERE before IS NOT NULL;

-- The race that a draft's text names by its season and round, as in "2025.23".
ALTER TABLE quote_drafts ADD COLUMN race_id INTEGER;

UPDATE quote_drafts SET race_id = (
    SELECT id FROM races WHERE season = CAST(substr(json_extract(typed, '$.when'), 1, 4) AS INTEGER)
       AND round = CAST(substr(json_extract(typed, '$.when'), 6, 2) AS INTEGER)
) WHERE json_extract(typed, '$.when') GLOB '[12][0-9][0-9][0-9].[0-9]*';

-- Times of coverage and of sessions that belonged to an earlier start of a race. A document that still has them, such as a
-- schedule of which only the date was edited, does not bring them back.
CREATE TABLE former_times (
    race_id INTEGER NOT NULL REFERENCES races (id) ON DELETE CASCADE,
    moment TEXT NOT NULL CHECK (moment GLOB '????-??-??T??:??:??Z'),
    PRIMARY KEY (race_id, moment)
) STRICT, WITHOUT ROWID;
