"""Tailgate: a Discord bot for fans of the NASCAR Craftsman Truck Series."""

from importlib.metadata import version

__version__ = version("tailgate")
