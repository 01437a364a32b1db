-- Three statements read whole tables while they kept every other writer waiting: removing drafts that have expired, of
-- quotes and of recaps, and finding the last change of a recap's section that has not been undone yet.
CREATE INDEX quote_drafts_by_age ON quote_drafts (saved_at);
CREATE INDEX recap_drafts_by_age ON recap_drafts (typed_at);
CREATE INDEX recap_history_undone ON recap_history (undoes) WHERE undoes IS NOT NULL;
-- Quotes of the day are kept for a week and are most of the outbox where thousands of servers have one.
CREATE INDEX outbox_past_quotes ON outbox (event_at) WHERE kind = 'quote';
