"""The Discord client: connecting, permissions, and what Discord's error codes mean."""
