-- What goes with a race, or tells its outcome, is never begun early: so what is due is asked for by its kind as well, once a second.
DROP INDEX outbox_due;
CREATE INDEX outbox_due ON outbox (due_at, until, retry_at, tried_at, state, kind) WHERE state = 'pending';
