"""Mentions: what a fan writes to the bot in chat, what they ask by it, and the answer."""
