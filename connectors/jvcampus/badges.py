"""Badge classes that a Moodle site serves as JSON: look-ups for courses that link to them, or listings."""

from __future__ import annotations

from config.messages import CodedError, Issue
from connectors.contract import Ask, Extract, Found, Payload, StructureBroken
from connectors.jvcampus.answers import json_of
from connectors.jvcampus.boxes import badge_key
from connectors.jvcampus.options import Setting
from crosswalks.openbadges.parse import badge_class


def badge_ask(setting: Setting, number: str) -> Ask:
    """Return the request for one badge class."""
    return Ask("badge", f"{setting.site.root}badges/badge_json.php?id={number}", about=(("badge", number),))


def parse_badge(payload: Payload, *, as_listing: bool) -> Extract:
    """Return one badge class, as a listing of its own or for courses to look up.

    An object that is no badge class is told and skipped. Raises `StructureBroken` as `json_of` does, and with
    `page_empty` for an answer that says nothing: courses would lose what their badge said.
    """
    extract = Extract()
    record = json_of(payload)
    if not record:
        raise StructureBroken.of("page_empty", url=payload.url)
    try:
        badge = badge_class(record)
    except (ValueError, TypeError, AttributeError, CodedError) as error:
        extract.issues.append(Issue("row_invalid", {"detail": str(error)[:200]}, place=payload.url))
        return extract
    if as_listing:
        extract.rows = 1
        extract.found = [Found(badge, {"at": ""})]
    else:
        extract.lookups[badge_key(payload.about.get("badge", ""))] = badge
    return extract
