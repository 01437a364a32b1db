"""What was asked of NASCAR's feeds and when; nothing here is a fact of racing."""
