"""The commands: one thin file a topic. Nobody imports this package; the client loads it by name."""
