"""What the answers of a Moodle site say, by what was asked."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import html
from pydantic import ValidationError

from config.messages import Issue
from connectors.contract import Extract, Found, Payload, Registry
from connectors.jvcampus import boxes, webservice
from connectors.jvcampus.badges import parse_badge
from connectors.jvcampus.courses import FRONT_PAGE, PLACES, CourseElement
from connectors.jvcampus.options import Setting, setting_of
from connectors.jvcampus.pages import course_page, list_page
from connectors.structure import of_elements

BADGES_AS_LISTINGS = "openbadges"
"""The schema of a registry row that takes badge classes as listings of their own."""


def parse(payload: Payload, registry: Registry) -> Extract:
    """Return what one payload says. Raises `StructureBroken`."""
    setting = setting_of(registry)
    if payload.kind == "badge":
        return parse_badge(payload, as_listing=registry.manifest.schema_name == BADGES_AS_LISTINGS)
    if payload.kind == "service-categories":
        return webservice.parse_categories(payload, setting)
    if payload.kind.startswith("service-"):
        return webservice.parse_courses(payload, setting)
    if payload.kind == "info":
        return _from_course_page(payload, setting)
    return _from_list(payload, setting)


def _from_list(payload: Payload, setting: Setting) -> Extract:
    extract = Extract()
    page = list_page(payload, setting, extract)
    extract.structure = of_elements(page.courses)
    extract.lookups.update({boxes.link_key(number): entry for number, entry in page.links.items()})
    if page.own is not None:
        extract.lookups[boxes.own_key(page.own.id)] = page.own
    if payload.kind == "search":
        extract.stated, extract.stated_for = page.stated, f"search {payload.about.get('search', '')}"
    if payload.kind != "index" or not page.below:
        extract.found = _courses(page.courses, page.language, payload, setting, extract)
    return extract


def _courses(
    elements: list[html.HtmlElement],
    language: str | None,
    payload: Payload,
    setting: Setting,
    extract: Extract,
) -> Iterator[Found]:
    for element in elements:
        extract.rows += 1
        course = CourseElement(element)
        elsewhere = course.nothing_but_its_name and setting.options.details == "auto"
        if elsewhere and not course.hidden and course.id != FRONT_PAGE:
            continue
        yield from _listing(course, language, payload, setting, extract)


def _from_course_page(payload: Payload, setting: Setting) -> Extract:
    extract = Extract()
    element, language = course_page(payload, extract)
    extract.structure = of_elements([element])
    extract.found = _listing(CourseElement(element), language, payload, setting, extract)
    return extract


def _listing(
    course: CourseElement, language: str | None, payload: Payload, setting: Setting, extract: Extract
) -> Iterator[Found]:
    at = f"//*[@data-courseid='{course.id}']"
    if course.id == FRONT_PAGE:
        extract.passed_over["passed_over_front_page"] += 1
        return
    if course.hidden:
        extract.passed_over["passed_over_hidden"] += 1
        return
    category = payload.about.get("category", "")
    try:
        listing = course.listing(setting, payload.url, language, int(category) if category.isdigit() else None)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        detail = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        extract.issues.append(Issue("row_invalid", {"detail": detail}, place=at))
        return
    yield Found(listing, {"at": at, "fields": PLACES})
