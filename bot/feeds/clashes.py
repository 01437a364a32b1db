"""What cannot be taken in because it does not fit together; the text is one line for the operator."""

from __future__ import annotations


class ClashError(Exception):
    """Two things that should be one are two, or the other way round; nothing is guessed."""


class RefusedError(Exception):
    """A document contradicts itself, or has lost what an earlier one had; the last good state stays."""
