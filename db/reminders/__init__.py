"""The reminders in the store: who wants what, what is planned, and the outbox that delivers it."""
