-- What was sent more than once is looked at again whatever becomes of its row, and be it canceled: look_again_at is set when
-- the second request leaves. unanswered_at is when the last change of a message was under way that has had no answer: until
-- it is made again, nobody knows what the message says.

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
