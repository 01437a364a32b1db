"""What is sent unasked, one file a kind: how it is planned and how it is written."""
