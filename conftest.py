"""Comes before all other files of the tests, so that what these import is compiled once and kept."""

from __future__ import annotations

from tests.bytecode import keep_bytecode

keep_bytecode()
