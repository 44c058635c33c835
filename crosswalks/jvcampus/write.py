"""Descriptor → Moodle course: what a site's administrators create or update a course from, with its custom fields.

The site decides the Box and the number; a course without a number is a proposal. Texts keep their languages by
`multilang` marks. No level, credit or kind of hours is turned into another one.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from crosswalks.descriptor.model import Descriptor
from crosswalks.jvcampus.fields import LANGUAGES, Fields, marked_text
from crosswalks.jvcampus.marks import plain_markup
from crosswalks.jvcampus.model import CourseProposal, MoodleCourse
from crosswalks.jvcampus.statements import OTHERWISE, write_fields
from crosswalks.ledger import Crossing
from crosswalks.outgoing import Outgoing

_HTML = 1
_LONGEST_IDNUMBER = 100
_JAPAN = timezone(timedelta(hours=9))
_OWN_KEY = re.compile(r"course ([1-9]\d{0,17})")
_OWN_PAGE = re.compile(r"/course/(?:info|view)\.php\?id=(\d{1,18})$")
_OTHERWISE = {
    **OTHERWISE,
    "id": "no_place_for_this_value",
    "source_record.source_id": "of_another_register",
    "identifiers.scheme": "of_another_register",
    "identifiers.value": "of_another_register",
    "offer.starts": "one_value_only",
    "offer.ends": "one_value_only",
}


def write(descriptor: Descriptor) -> Crossing[CourseProposal]:
    """Carry one descriptor to a course, or to a proposal of one when the site has not numbered it."""
    out = Outgoing(descriptor, "jvcampus", Path(__file__).parent)
    one, fields = out.descriptor, Fields(out)
    values: dict[str, Any] = {"id": _number(out)}
    values["fullname"] = marked_text(out, "title", one.title, "fullname", lines=False)
    values.update(_names(out))
    if one.description:
        values["summary"] = marked_text(out, "description", one.description, "summary")
        values["summaryformat"] = _HTML
        out.ledger.defaulted("summaryformat", "texts_are_html")
    values.update(_dates(out))
    _page(out, fields, values)
    write_fields(out, fields)
    values["customfields"] = fields.all()
    kind = MoodleCourse if values["id"] is not None else CourseProposal
    course = kind(**{name: value for name, value in values.items() if value is not None})
    _check(out, course)
    return Crossing(course, out.close(_OTHERWISE), tuple(out.issues))


def _number(out: Outgoing) -> int | None:
    match = _OWN_KEY.fullmatch(out.descriptor.source_record.source_id)
    if match is None:
        return None
    out.ledger.derived("source_record.source_id", "id", "natural_key")
    return int(match.group(1))


def _names(out: Outgoing) -> dict[str, str]:
    """Return short name and number of the administrators; our identifier stands in for a number that is not stated."""
    found: dict[str, str] = {}
    for index, identifier in enumerate(out.descriptor.identifiers):
        name = identifier.scheme.removeprefix("moodle-")
        if identifier.scheme not in {"moodle-shortname", "moodle-idnumber"} or name in found:
            continue
        found[name] = _plain(out, f"identifiers.{index}.value", identifier.value, name)
        out.ledger.derived(f"identifiers.{index}.scheme", name, "name_of_the_site")
    if "idnumber" not in found and len(out.descriptor.id) <= _LONGEST_IDNUMBER:
        found["idnumber"] = _plain(out, "id", out.descriptor.id, "idnumber")
    return found


def _plain(out: Outgoing, source: str, value: str, target: str) -> str:
    text = plain_markup(value, lines=False)
    if text == value:
        out.ledger.mapped(source, target)
    else:
        out.ledger.normalised(source, target, "as_a_moodle_text", value=value)
    return text


def _dates(out: Outgoing) -> dict[str, int]:
    """Return start and end of the first intake in Unix seconds; a day begins, and a bare time is, in Japan."""
    found: dict[str, int] = {}
    for offer in out.descriptor.offer[:1]:
        for name, target in (("starts", "startdate"), ("ends", "enddate")):
            stated = getattr(offer, name)
            if stated is None:
                continue
            seconds = unix_seconds(stated)
            if seconds is None:
                out.ledger.dropped(f"offer.0.{name}", "no_place_for_this_value", value=stated)
            else:
                found[target] = seconds
                out.ledger.normalised(f"offer.0.{name}", target, "unix_seconds_in_japan", value=stated)
    return found


def unix_seconds(moment: str) -> int | None:
    """Return a moment in Unix seconds; None for what no calendar has, and before 1970, where 0 would say none."""
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    seconds = int((at if at.tzinfo else at.replace(tzinfo=_JAPAN)).timestamp())
    return seconds if seconds > 0 else None


def _page(out: Outgoing, fields: Fields, values: dict[str, Any]) -> None:
    """Write the page: the course's own where it is the site's, else as an official page in a field of its own."""
    page = out.descriptor.landing_page
    if page is None:
        return
    own = _OWN_PAGE.search(page)
    if own and int(own.group(1)) == values["id"]:
        out.ledger.mapped("landing_page", "url")
        values["url"] = page
    else:
        fields.plain("official_page", "landing_page", page)


def _check(out: Outgoing, course: CourseProposal) -> None:
    """Add what the people of the site would ask for before they create the course."""
    if course.id is None:
        if course.shortname is None:
            out.found("moodle_shortname_missing", "identifiers")
        out.found("moodle_category_missing", "source_record")
    if not any(tag.partition("-")[0].lower() in LANGUAGES for tag in out.descriptor.title):
        out.found("listing_languages", "title", languages="ja, en", fields="fullname")
    if course.summary is None:
        out.missing([("moodle_summary_missing", "description")])
    if course.customfields:
        names = ", ".join(field.shortname for field in course.customfields)
        out.found("moodle_custom_fields_needed", "customfields", names=names)
