"""Which pages have been looked at: every template that the portal rendered while somebody looked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jinja2 import Environment

import portal

FRAMES = frozenset({"base.html", "inside.html", "committee.html"})
"""What pages are made from; no page by themselves."""


def page_templates() -> set[str]:
    """The templates that are a page of their own: those that stand in one of the frames."""
    folders = Path(portal.__file__).parent.glob("*/templates/*.html")
    return {one.name for one in folders if "{% extends" in one.read_text(encoding="utf-8")} - FRAMES


@contextmanager
def templates_seen() -> Iterator[set[str]]:
    """Give a set that grows by the name of each template asked for by name, until the end."""
    seen: set[str] = set()
    plain = Environment.get_template

    def noting(self: Environment, name: str, *rest: object) -> object:
        seen.add(name)
        return plain(self, name, *rest)  # type: ignore[arg-type]  # as it was called

    Environment.get_template = noting  # type: ignore[method-assign, assignment]  # for as long as somebody looks
    try:
        yield seen
    finally:
        Environment.get_template = plain  # type: ignore[method-assign]
