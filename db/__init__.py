"""The store: SQLite, its migrations, the bundled seasons and the nouns everything else speaks in."""
