-- When the facts of a race were read that are stored now: its place, times and facts on the schedule, and its results. A
-- document that was retrieved before that does not replace them. A race without a row here was imported before this was kept.
CREATE TABLE readings (
    race_id INTEGER NOT NULL REFERENCES races (id) ON DELETE CASCADE,
    part TEXT NOT NULL CHECK (part IN ('schedule', 'results')),
    read_at TEXT NOT NULL CHECK (read_at GLOB '????-??-??T??:??:??Z'),
    PRIMARY KEY (race_id, part)
) STRICT, WITHOUT ROWID;

-- Results that stand were known at that moment at the latest.
INSERT INTO readings (race_id, part, read_at) SELECT id, 'results', results_at FROM races WHERE results_at IS NOT NULL;
