-- Reminders: who wants what, an outbox of what is due to whom, and what the planner saw of the schedule.

-- A server's channel, or one person; channel_id is a person's direct messages once they are known. changed: the edition of
-- all settings (in memory) that came of its last change, by which a planner knows what it has not planned with yet.
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

-- What each target that is on wants, one row a kind of message; since is when that one was asked for.
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

-- What is due to whom. A row is claimed, and that is committed, before anything of it is sent; its number is never used
-- twice, since Discord knows a second attempt by it. tried_at: from when on it may have arrived without our knowing;
-- doubt: it was tried before it was last claimed. detail is what the message needs to know beside that.
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

-- One thing is on its way to a target once at most, and a reminder of one moment is made once.
CREATE UNIQUE INDEX outbox_open ON outbox (target_id, kind, season, round, session, lead)
WHERE state IN ('pending', 'claimed');
CREATE UNIQUE INDEX outbox_once ON outbox (target_id, season, round, session, lead, event_at)
WHERE kind = 'reminder' AND state <> 'cancelled';
CREATE INDEX outbox_of_target ON outbox (target_id, kind, season, round, session, lead);
CREATE INDEX outbox_events ON outbox (season, round) WHERE kind = 'event';
CREATE INDEX outbox_due ON outbox (due_at, until, retry_at, tried_at, state) WHERE state = 'pending';
CREATE INDEX outbox_claimed ON outbox (claimed_by) WHERE state = 'claimed';

-- Each race as the planner last saw it, as JSON, and every change it noticed from that.
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
