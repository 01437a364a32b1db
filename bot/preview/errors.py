"""What can keep the page from opening, each as one line for the person at the terminal."""

from __future__ import annotations

INSTALL_COMMAND = "pip install -c constraints.txt -e '.[try]'"
"""To be run inside the clone; installs simcord in the one version whose private names the adapter knows."""


class PreviewError(Exception):
    """The page cannot be served; the message is one line that says why and what helps."""


class PreviewMissingError(PreviewError):
    """simcord, or what its page needs, is not installed."""

    def __init__(self) -> None:
        super().__init__(f"The local page needs an extra that is not installed. In the clone, run: {INSTALL_COMMAND}")


class PortTakenError(PreviewError):
    """The port asked for is in use."""

    def __init__(self, port: int) -> None:
        super().__init__(f"Port {port} is taken by another program. Choose another one, or leave --port out.")


class TimeOutOfReachError(PreviewError):
    """The clock shows a time outside the range of Discord's ids."""

    def __init__(self, first: int, last: int) -> None:
        super().__init__(f"The page cannot go back before {first}, when Discord began, nor beyond {last}.")
