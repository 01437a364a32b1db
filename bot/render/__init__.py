"""From facts to Discord messages: one file a topic, shared building blocks."""
