"""Reminders: what falls due and when, and the outbox that delivers it once and on time."""
