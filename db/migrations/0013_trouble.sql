-- A place that takes nothing from the bot, for want of a permission or because direct messages are closed, is tried again
-- for two weeks before it is switched off: since when, why, how often it refused, and when it is tried next.
ALTER TABLE reminder_targets ADD COLUMN trouble_since TEXT CHECK (trouble_since GLOB '????-??-??T??:??:??Z');
ALTER TABLE reminder_targets ADD COLUMN trouble_reason TEXT CHECK (trouble_reason <> '');
ALTER TABLE reminder_targets ADD COLUMN refusals INTEGER NOT NULL DEFAULT 0 CHECK (refusals >= 0);
ALTER TABLE reminder_targets ADD COLUMN try_again_at TEXT CHECK (try_again_at GLOB '????-??-??T??:??:??Z');

-- Each state of a race's results that was posted or may have been, by the version that rows of the outbox hold: from two of
-- them follows what was corrected.
CREATE TABLE results_seen (
    race_id INTEGER NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    facts TEXT NOT NULL CHECK (json_valid(facts)),
    noticed_at TEXT NOT NULL CHECK (noticed_at GLOB '????-??-??T??:??:??Z'),
    PRIMARY KEY (race_id, version)
) STRICT, WITHOUT ROWID;

CREATE INDEX results_seen_past ON results_seen (noticed_at);
