"""Messages that show a race as it runs and keep themselves current."""
