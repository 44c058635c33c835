"""A course as Moodle's web service gives it → listing: an answer just fetched, or a file at hand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urljoin, urlsplit

import orjson
from pydantic import ValidationError

from config.messages import CodedError, Issue
from crosswalks.files import json_objects
from crosswalks.jvcampus.markup import links_in
from crosswalks.jvcampus.model import Box, CourseProposal, CustomField, MoodleCourse
from crosswalks.jvcampus.values import Meaning, left_out_keys, names_people
from crosswalks.openbadges.model import Reason
from crosswalks.text import matching_key

_COPIED = ("shortname", "idnumber", "summary", "format", "lang")
_READ = frozenset({
    *_COPIED, "id", "fullname", "displayname", "categoryid", "categoryname", "summaryformat", "startdate",
    "enddate",
    "visible", "customfields", "tags", "enrollmentmethods", "url",
})  # fmt: skip
_FRONT_PAGE = "site"
"""The format of the course that Moodle keeps for the front page of a site."""
_BADGE = re.compile(r"/badges/(?:badgeclass|badge_json|overview)\.php\?(?:[^\"'<>\s#]{0,100}?&(?:amp;)?)?id=(\d{1,12})")


@dataclass(frozen=True, slots=True)
class Site:
    """What is known of a Moodle site: its root address (ending in a slash), its language and time zone as the
    deployment states them, and what its custom fields mean by the matching key of their names.
    """

    root: str = ""
    language: str | None = None
    time_zone: str | None = None
    meanings: Mapping[str, Meaning] = field(default_factory=dict)


def course_of(record: Mapping[str, Any], site: Site) -> MoodleCourse:
    """Read one course record. Raises `ValueError` (pydantic's included) for one without number or name."""
    return MoodleCourse(**_values(record, site))


def proposed_course_of(record: Mapping[str, Any], site: Site) -> CourseProposal:
    """Read a course record that may have no number yet. Raises `ValueError` for one without name."""
    return CourseProposal(**_values(record, site))


def _values(record: Mapping[str, Any], site: Site) -> dict[str, Any]:
    others: dict[str, str] = {}
    left: dict[Reason, list[str]] = {}
    for key, value in record.items():
        if key in _READ or value is None or value == "":
            continue
        if reason := left_out_keys().get(key):
            if value or reason == "personal_data":
                left.setdefault(reason, []).append(key)
        else:
            others[key] = _shown(value)
    fullname, display = record.get("fullname"), record.get("displayname")
    if display in {fullname, f"{record.get('shortname')} {fullname}", ""}:
        if display:
            left.setdefault("technical_field", []).append("displayname")
        display = None
    summary = record.get("summary") or None
    return dict(
        fullname=fullname or display or "",
        displayname=display if fullname else None,
        **{name: record.get(name) or None for name in _COPIED if name != "lang"},
        lang=record.get("lang"),
        id=record.get("id"),
        category=_box(record),
        summaryformat=record.get("summaryformat") if summary else None,
        startdate=record.get("startdate"),
        enddate=record.get("enddate"),
        visible=record.get("visible"),
        customfields=tuple(_custom_fields(record.get("customfields"), site, left)),
        tags=tuple(_tags(record.get("tags"))),
        enrollmentmethods=tuple(sorted(set(record.get("enrollmentmethods") or ()))),
        url=course_page(site, record.get("id")) or record.get("url"),
        badge_links=badge_links(summary, site),
        site_language=site.language,
        time_zone=site.time_zone,
        left_out={reason: ", ".join(sorted(set(names))) for reason, names in sorted(left.items())},
        others=others,
    )


def course_page(site: Site, number: int | None) -> str | None:
    """Return the public page of a course: the shape is Moodle's own, the site the one that was asked."""
    return f"{site.root}course/info.php?id={number}" if site.root and number else None


def badge_links(summary: str | None, site: Site) -> tuple[str, ...]:
    """Return the badge classes of the same site that a text links to. Issued badges lead to people."""
    if not summary or "/badges/" not in summary or not site.root:
        return ()
    host = urlsplit(site.root).netloc
    numbers = []
    for link in links_in(summary):
        address = urljoin(f"{site.root}course/", link)
        found = _BADGE.search(address)
        if found and urlsplit(address).netloc == host:
            numbers.append(found.group(1))
    return tuple(f"{site.root}badges/badgeclass.php?id={number}" for number in dict.fromkeys(numbers))


def with_meaning(found: CustomField, site: Site) -> CustomField:
    """Return a custom field with what the deployment says it means."""
    names = (found.shortname, (found.name or "").rstrip(":： "))
    meaning = next((site.meanings[key] for name in names if (key := matching_key(name)) in site.meanings), None)
    return found if meaning is None else found.model_copy(update=meaning._asdict())


def load_json(data: bytes, name: str) -> Iterator[CourseProposal]:
    """Yield the courses of a file: our own listings, or a web service's answer.

    The site's front page and hidden courses are passed over, as in a harvest. Raises `CodedError` with
    `file_not_schema`, also for an answer that refuses, and at the end with what was passed over.
    """
    passed_over: Counter[str] = Counter()
    for number, record in json_objects(data, name, "jvcampus"):
        if "exception" in record or "errorcode" in record:
            said = ": ".join(str(record[key]) for key in ("errorcode", "message") if record.get(key))
            raise CodedError.of("file_not_schema", file=name, schema="jvcampus", detail=f"the site refused, {said}")
        courses = record.get("courses")
        for item in courses if isinstance(courses, list) else [record]:
            course = loaded(item, name, number)
            if course.format == _FRONT_PAGE:
                passed_over["passed_over_front_page"] += 1
            elif course.visible is False:
                passed_over["passed_over_hidden"] += 1
            else:
                yield course
    if passed_over:
        raise CodedError(*(Issue(code, {"count": count}) for code, count in sorted(passed_over.items())))


def loaded(item: object, name: str, number: int) -> CourseProposal:
    """Return one course of a file, which is a proposal where it has no number. Raises `CodedError`."""
    proposed = isinstance(item, Mapping) and item.get("id") is None
    try:
        return (CourseProposal if proposed else MoodleCourse).model_validate(item)
    except ValidationError:
        pass
    try:
        return (proposed_course_of if proposed else course_of)(cast("dict[str, Any]", item), Site())
    except (ValueError, TypeError, AttributeError) as error:
        detail = f"record {number}: {str(error).splitlines()[0]}"
        raise CodedError.of("file_not_schema", file=name, schema="jvcampus", detail=detail) from None


def _box(record: Mapping[str, Any]) -> Box | None:
    number, name = record.get("categoryid"), record.get("categoryname") or None
    return Box(id=number, name=name) if number or name else None


def _custom_fields(
    value: list[dict[str, Any]] | None, site: Site, left: dict[Reason, list[str]]
) -> Iterator[CustomField]:
    for item in value or ():
        if names_people(item.get("shortname")) or names_people(item.get("name")):
            left.setdefault("personal_data", []).append(f"customfields.{item.get('shortname')}")
            continue
        if item.get("valueraw") is not None:
            left.setdefault("technical_field", []).append("customfields.valueraw")
        shown = item.get("value")
        found = CustomField(
            shortname=item.get("shortname") or item.get("name") or "",
            name=item.get("name") or None,
            type=item.get("type") or None,
            value=None if shown is None else str(shown),
        )
        yield with_meaning(found, site)


def _tags(value: list[object] | None) -> Iterator[str]:
    for item in value or ():
        if text := item.get("rawname") or item.get("name") if isinstance(item, Mapping) else str(item):
            yield text


def _shown(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
