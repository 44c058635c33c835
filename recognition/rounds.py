"""What a working process does for decisions once something has changed."""

from __future__ import annotations

from config.messages import Issue
from harvester.workplace import Workplace
from recognition.deciding import reopen_changed


def reopen(place: Workplace) -> list[Issue]:
    """Re-open decisions whose record, mapping or level row has changed, and tell which."""
    return [
        Issue("decision_open_again", {"number": view.opened.id, "title": view.opened.title})
        for view in reopen_changed(place)
    ]
