"""Moodle's web service: what to ask, and what its answers say.

Errors come with status 200 as `{exception, errorcode, message}`. Everything is asked by POST, so that the
key never stands in an address.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from config.messages import Issue
from connectors.contract import Ask, Extract, Found, Payload, StructureBroken
from connectors.jvcampus import boxes
from connectors.jvcampus.answers import json_of
from connectors.jvcampus.options import SERVICE, Setting
from connectors.structure import of_records
from crosswalks.jvcampus.model import MoodleCourse
from crosswalks.jvcampus.moodle import course_of
from crosswalks.text import clean, plain

_REFUSALS = frozenset({
    "invalidtoken", "accessexception", "nopermissions", "requireloginerror", "servicenotavailable",
    "usernotfullysetup",
    "sitepolicynotagreed", "missingparam", "enablewsdescription", "restrictedcontextexception",
    "forcepasswordchangenotice",
})  # fmt: skip
_FRONT_PAGE = 1
_PLACES = {
    "category": "/categoryid", "customfields": "/customfields", "enddate": "/enddate",
    "enrollmentmethods": "/enrollmentmethods",
    "fullname": "/fullname", "id": "/id", "idnumber": "/idnumber", "lang": "/lang", "shortname": "/shortname",
    "startdate": "/startdate", "summary": "/summary",
}  # fmt: skip


@dataclass(slots=True)
class Answer:
    """What an answer holds: its records, where their list stands in it, and the count it states."""

    records: list[Any]
    at: str
    total: int | None
    warnings: list[Any]


def asked(setting: Setting, kind: str, function: str, about: dict[str, str], **parameters: str) -> Ask:
    """Return one call of a function. The key's file is named, never its content."""
    form = (("wsfunction", function), ("moodlewsrestformat", "json"), *parameters.items())
    secrets = (("wstoken", setting.options.token_file),) if setting.options.token_file else ()
    url = f"{setting.site.root}{SERVICE}"
    return Ask(kind, url, "POST", form, about=tuple(about.items()), secrets=secrets)


def category_list(setting: Setting) -> Ask:
    """Return the call for all categories."""
    return asked(setting, "service-categories", "core_course_get_categories", {})


def courses_of(setting: Setting, category: int) -> Ask:
    """Return the call for the courses of one category."""
    about = {"category": str(category)}
    parameters = {"field": "category", "value": str(category)}
    return asked(setting, "service-courses", "core_course_get_courses_by_field", about, **parameters)


def all_courses(setting: Setting) -> Ask:
    """Return the call for every course in one answer."""
    return asked(setting, "service-courses", "core_course_get_courses", {})


def search_page(setting: Setting, term: str, page: int) -> Ask:
    """Return the call for one page of a search; pages count from 0."""
    parameters = {
        "criterianame": "search", "criteriavalue": term, "page": str(page),
        "perpage": str(setting.options.per_page),
    }  # fmt: skip
    about = {"search": term, "page": str(page)}
    return asked(setting, "service-search", "core_course_search_courses", about, **parameters)


def answer_of(payload: Payload) -> Answer:
    """Return what an answer holds.

    Raises `StructureBroken` with `needs_access`, `service_error` or `structure_changed`, and as `json_of`
    does.
    """
    data = json_of(payload)
    if isinstance(data, dict) and ("exception" in data or "errorcode" in data):
        raise _refused(data, payload)
    if isinstance(data, list):
        return Answer(data, "", None, [])
    if isinstance(data, dict) and isinstance(data.get("courses"), list):
        total = data.get("total")
        warnings = data.get("warnings")
        return Answer(
            data["courses"], "/courses", total if isinstance(total, int) else None,
            warnings if isinstance(warnings, list) else [],
        )  # fmt: skip
    detail = "the answer is neither a list nor has one of courses"
    raise StructureBroken.of("structure_changed", detail=detail, url=payload.url)


def _refused(data: dict[str, Any], payload: Payload) -> StructureBroken:
    code = str(data.get("errorcode") or data.get("exception") or "")
    if code in _REFUSALS:
        return StructureBroken.of("needs_access", url=f"{payload.url}: {code}")
    detail = f"{code}: {clean(plain(str(data.get('message') or '')))[:200]}"
    return StructureBroken.of("service_error", detail=detail, url=payload.url)


def categories_of(payload: Payload, setting: Setting) -> list[boxes.BoxEntry]:
    """Return the visible categories of an answer. Raises `StructureBroken`, also when there is none at all: every
    Moodle site has one.
    """
    found = []
    records = answer_of(payload).records
    if not records:
        raise StructureBroken.of("structure_changed", detail="a site without categories", url=payload.url)
    for record in records:
        if not isinstance(record, dict) or not isinstance(record.get("id"), int) or not record.get("name"):
            raise StructureBroken.of("structure_changed", detail="a category without number or name", url=payload.url)
        if record.get("visible") == 0:
            continue
        steps = [int(step) for step in str(record.get("path") or "").split("/") if step.isdigit()]
        parents = tuple(step for step in steps if step != record["id"])
        if not steps and isinstance(record.get("parent"), int) and record["parent"] > 0:
            parents = (record["parent"],)
        found.append(boxes.entry(setting.options, record["id"], str(record["name"]), parents))
    return found


def parse_categories(payload: Payload, setting: Setting) -> Extract:
    """Return categories as look-ups."""
    entries = categories_of(payload, setting)
    lookups = {boxes.own_key(entry.id): entry for entry in entries}
    return Extract(lookups=dict(lookups), structure=of_records(answer_of(payload).records))


def parse_courses(payload: Payload, setting: Setting) -> Extract:
    """Return the courses of an answer; a search states how many there are."""
    answer = answer_of(payload)
    term = payload.about.get("search")
    extract = Extract(stated=answer.total, stated_for=f"search {term}" if term is not None else "")
    extract.structure = of_records(answer.records)
    if answer.warnings:
        detail = ", ".join(sorted({str(item.get("warningcode", item)) for item in answer.warnings}))[:200]
        extract.issues.append(Issue("service_warning", {"detail": detail, "url": payload.url}))
    extract.found = _courses(answer, payload, setting, extract)
    return extract


def _courses(answer: Answer, payload: Payload, setting: Setting, extract: Extract) -> Iterator[Found]:
    records = answer.records
    if records and not any(isinstance(record, dict) and "fullname" in record for record in records):
        detail = f"no course with a name: {str(records[0])[:100]}"
        raise StructureBroken.of("structure_changed", detail=detail, url=payload.url)
    for number, record in enumerate(records):
        at = f"{answer.at}/{number}"
        extract.rows += 1
        try:
            course = course_of(record, setting.site)
        except (ValidationError, ValueError, TypeError, AttributeError) as error:
            detail = _first_fault(error)
            extract.issues.append(Issue("row_invalid", {"detail": detail}, place=at))
            continue
        if course.id == _FRONT_PAGE:
            extract.passed_over["passed_over_front_page"] += 1
        elif course.visible is False:
            extract.passed_over["passed_over_hidden"] += 1
        else:
            yield Found(_with_box(course, setting), {"at": at, "fields": _PLACES})


def _with_box(course: MoodleCourse, setting: Setting) -> MoodleCourse:
    box = boxes.stated_of(setting.options, course.category)
    return course if box == course.category else course.model_copy(update={"category": box})


def _first_fault(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error)[:200]
