"""The commands: one thin file a topic. Nothing imports this package: the client loads every file in it."""
