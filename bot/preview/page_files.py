"""Our own files of the page: the path and content type of each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).with_name("page")


@dataclass(frozen=True)
class PageFile:
    """One text file served beside simcord's own."""

    route: str
    path: Path
    content_type: str

    @property
    def plain_route(self) -> str:
        """The path at which simcord's own file is served when this file replaces it."""
        return self.route.replace("/", "/simcord-")


PAGE_FILES = (
    PageFile("/", FOLDER / "index.html", "text/html"),
    PageFile("/tailgate.css", FOLDER / "tailgate.css", "text/css"),
    PageFile("/tailgate.svg", FOLDER / "tailgate.svg", "image/svg+xml"),
    *(
        PageFile(f"/{name}.js", FOLDER / f"{name}.js", "application/javascript")
        for name in (
            "tailgate",
            "tailgate-catalog",
            "tailgate-composer",
            "tailgate-form",
            "tailgate-labels",
            "tailgate-menu",
            "tailgate-modal",
            "tailgate-notice",
            "tailgate-pictures",
            "tailgate-report",
            "tailgate-select",
            "tailgate-timeline",
            "tailgate-times",
            "tailgate-viewers",
        )
    ),
)

WRAPPED_FILES = (PageFile("/messages.js", FOLDER / "messages.js", "application/javascript"),)
"""Our files that replace files of simcord: they have the same exports, with something added."""
