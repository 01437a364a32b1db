-- Rows are about a race, whatever its place on the schedule: a race that is put in before another moves nothing.

-- subject is what a row is about: a race's id, or for a quote of the day the year and the day in it. season and round are as
-- they were when it was planned. old_round is the round by which an earlier release marked its message.
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

-- Ids are never used twice, not even those of rows that were deleted: Discord recognizes a second attempt by them.
DELETE FROM sqlite_sequence WHERE name = 'new_outbox';
INSERT INTO sqlite_sequence (name, seq) SELECT 'new_outbox', seq FROM sqlite_sequence WHERE name = 'outbox';

DROP TABLE outbox;
ALTER TABLE new_outbox RENAME TO outbox;

-- One thing is on its way to a target once at most, and a reminder of one moment is made once.
CREATE UNIQUE INDEX outbox_open ON outbox (target_id, kind, subject, session, lead)
WHERE state IN ('pending', 'claimed');
CREATE UNIQUE INDEX outbox_once ON outbox (target_id, subject, session, lead, event_at)
WHERE kind = 'reminder' AND state <> 'cancelled';
CREATE INDEX outbox_of_target ON outbox (target_id, kind, subject, session, lead);
CREATE INDEX outbox_events ON outbox (subject) WHERE kind = 'event';
CREATE INDEX outbox_due ON outbox (due_at, until, retry_at, tried_at, state) WHERE state = 'pending';
CREATE INDEX outbox_claimed ON outbox (claimed_by) WHERE state = 'claimed';
-- For removing what is long past, and for the last sign of a run that was sending.
CREATE INDEX outbox_past ON outbox (event_at);
CREATE INDEX outbox_claims ON outbox (claimed_at);
CREATE INDEX outbox_past_quotes ON outbox (event_at) WHERE kind = 'quote';
CREATE INDEX outbox_to_look_at ON outbox (look_again_at) WHERE look_again_at IS NOT NULL;

-- Each race as the planner last saw it, and what it noticed.
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
