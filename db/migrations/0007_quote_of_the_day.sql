-- The quote of the day is delivered by the outbox like every other notification: planned, claimed, sent with a nonce,
-- reconciled. A server then has two targets, each with a channel, a state and a reason of its own: one for its reminders,
-- one for its quotes. SQLite cannot drop a UNIQUE constraint, and dropping a table that others refer to would delete
-- their rows as well, so the three tables are made again with all that is in them.

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

-- Ids are never used twice, not even those of rows that were deleted: Discord recognizes a second attempt by them.
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
-- One thing is on its way to a target once at most, and a reminder of one moment is made once.
CREATE UNIQUE INDEX outbox_open ON outbox (target_id, kind, season, round, session, lead)
WHERE state IN ('pending', 'claimed');
CREATE UNIQUE INDEX outbox_once ON outbox (target_id, season, round, session, lead, event_at)
WHERE kind = 'reminder' AND state <> 'cancelled';
CREATE INDEX outbox_of_target ON outbox (target_id, kind, season, round, session, lead);
CREATE INDEX outbox_events ON outbox (season, round) WHERE kind = 'event';
CREATE INDEX outbox_due ON outbox (due_at, until, retry_at, tried_at, state) WHERE state = 'pending';
CREATE INDEX outbox_claimed ON outbox (claimed_by) WHERE state = 'claimed';
-- For removing what is long past, and for the last sign of a run that was sending.
CREATE INDEX outbox_past ON outbox (event_at);
CREATE INDEX outbox_claims ON outbox (claimed_at);
CREATE INDEX schedule_changes_past ON schedule_changes (noticed_at);

-- Which quote was drawn for a server's day; it makes another one more likely on the days after.
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

-- The servers' settings. Until now, the hour was nine for everybody.
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

-- Also for servers that switched it off within the last day: switched on again, they must not get a second one today.
INSERT INTO reminder_targets (guild_id, purpose, leads, sessions, extras, is_on, since)
SELECT guild_id, 'quotes', '[]', '[]', '{"quote_hour": 9}', 0, max(changed_at) FROM quote_days
 WHERE day >= (SELECT date(max(day), '-1 day') FROM quote_days)
   AND guild_id NOT IN (SELECT guild_id FROM reminder_targets WHERE purpose = 'quotes')
 GROUP BY guild_id;

-- Each server's last day that was begun, so that it is not sent a second time. It counts as dealt with, whatever became
-- of it: until now, a day was never tried twice. A day is a year and the number of the day in it.
INSERT INTO outbox (target_id, kind, season, round, session, lead, event_at, due_at, until, detail, state, sent_at,
    channel_id, reason)
SELECT t.id, 'quote', CAST(strftime('%Y', d.day) AS INTEGER), CAST(strftime('%j', d.day) AS INTEGER), '09:00', 0,
       d.day || 'T17:00:00Z', d.day || 'T13:00:00Z', date(d.day, '+1 day') || 'T05:00:00Z', '{}',
       CASE d.state WHEN 'sent' THEN 'sent' ELSE 'failed' END, CASE d.state WHEN 'sent' THEN d.changed_at END,
       d.channel_id, CASE d.state WHEN 'sent' THEN NULL ELSE coalesce(t.off_reason, 'it did not get through') END
  FROM quote_days d JOIN reminder_targets t ON t.guild_id = d.guild_id AND t.purpose = 'quotes'
 WHERE d.day = (SELECT max(day) FROM quote_days l WHERE l.guild_id = d.guild_id);
DROP TABLE quote_days;
