"""A race that was run, played again: in chat for one person, and in the local page by the clock of the bot."""
