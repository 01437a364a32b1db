"""From an interaction to its reply: the router, the command tree, autocomplete."""
