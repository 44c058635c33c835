"""One course as an element of a page → listing."""

from __future__ import annotations

from html import escape
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

from connectors.jvcampus import boxes
from connectors.jvcampus.options import Setting
from connectors.jvcampus.pages import classes_of, marked_text, number_in
from connectors.pages import text_of
from crosswalks.jvcampus.model import Box, CustomField, MoodleCourse
from crosswalks.jvcampus.moodle import badge_links, with_meaning
from crosswalks.jvcampus.values import enrolment_titles, names_people
from crosswalks.openbadges.model import Reason
from crosswalks.text import clean, matching_key

FRONT_PAGE = 1
PLACES = {
    "fullname": ".coursename", "summary": ".summary", "category": ".coursecat",
    "customfields": ".customfield",
    "enrollmentmethods": ".enrolmenticons", "url": ".coursename a",
}  # fmt: skip
_NAMES = frozenset({"coursename", "card-title", "course-title", "fullname"})
_SUMMARIES = frozenset({"summary", "course-summary", "coursesummary", "card-text"})
_PEOPLE = frozenset({"teachers", "course-contacts", "coursecontacts"})
_HIDDEN = frozenset({"dimmed", "dimmed_text"})
_PICTURES = frozenset({"courseimage", "card-img", "card-img-top", "courseimages"})
_TAGS = frozenset({"tag_list", "inline-list"})
_HTML = 1


class CourseElement:
    """A course's element, its parts sorted by what they are."""

    def __init__(self, element: html.HtmlElement) -> None:
        self._element = element
        self.id = _number(element.get("data-courseid"))
        self.collapsed = "collapsed" in classes_of(element)
        self.hidden = bool(_HIDDEN & classes_of(element))
        self._name: html.HtmlElement | None = None
        self._summary: html.HtmlElement | None = None
        self._category: html.HtmlElement | None = None
        self._link: html.HtmlElement | None = None
        self._fields: list[CustomField] = []
        self._icons: list[str] = []
        self._tags: list[str] = []
        self._left: dict[Reason, set[str]] = {}
        self._sort(element)

    @property
    def nothing_but_its_name(self) -> bool:
        """Whether the page leaves everything else for a script to load."""
        bare = self._summary is None or not text_of(self._summary).strip()
        return self.collapsed and bare and not self._fields

    def listing(self, setting: Setting, page_url: str, language: str | None, category: int | None) -> MoodleCourse:
        """Return the course as a listing. Raises `ValueError` for one without number or name."""
        url = urljoin(page_url, self._link.get("href") or "") if self._link is not None else ""
        name = self._name if self._name is not None else self._link
        summary = _inner(self._summary) or None
        return MoodleCourse(
            id=self.id,
            fullname=marked_text(name) if name is not None else "",
            category=boxes.stated_of(setting.options, self._box(page_url, category)),
            summary=summary,
            summaryformat=_HTML if summary else None,
            customfields=tuple(with_meaning(found, setting.site) for found in self._fields),
            tags=tuple(self._tags),
            enrollmentmethods=tuple(sorted(set(self._icons))),
            url=_course_address(url, page_url),
            badge_links=badge_links(summary, setting.site),
            site_language=setting.site.language or language,
            left_out={reason: ", ".join(sorted(names)) for reason, names in sorted(self._left.items())},
        )

    def badge_links(self, setting: Setting) -> tuple[str, ...]:
        """Return the badge classes that the summary links to."""
        return badge_links(_inner(self._summary), setting.site)

    def _sort(self, element: html.HtmlElement) -> None:
        """Walk down the element once; parts that are read whole are not walked into."""
        for child in element:
            if not isinstance(child.tag, str):
                continue
            names = classes_of(child)
            self.hidden = self.hidden or bool(_HIDDEN & names)
            if self._is_part(child, names):
                continue
            if child.tag == "a":
                self._note_link(child)
            self._sort(child)

    def _is_part(self, child: html.HtmlElement, names: frozenset[str]) -> bool:  # noqa: PLR0911  one return for each part
        if _PEOPLE & names:
            self._left.setdefault("personal_data", set()).add("contacts")
            return True
        if _PICTURES & names:
            self._left.setdefault("page_furniture", set()).add("overviewfiles")
            return _no_words(child)
        if _NAMES & names:
            self._name = self._name if self._name is not None else child
            for link in child.iter("a"):
                self.hidden = self.hidden or bool(_HIDDEN & classes_of(link))
                self._note_link(link)
            return True
        if _SUMMARIES & names:
            self._summary = self._summary if self._summary is not None else child
            return True
        if "customfield" in names:
            self._note_field(child)
            return True
        if "coursecat" in names or "categoryname" in names:
            self._category = child
            return True
        if "enrolmenticons" in names:
            self._icons.extend(_enrolment(child))
            return True
        if _TAGS & names:
            self._tags.extend(filter(None, (clean(text_of(link)) for link in child.iter("a"))))
            return True
        return False

    def _note_field(self, element: html.HtmlElement) -> None:
        found = _custom_field(element)
        if names_people(found.shortname) or names_people(found.name):
            self._left.setdefault("personal_data", set()).add(f"customfields.{found.shortname}")
        else:
            self._fields.append(found)

    def _note_link(self, link: html.HtmlElement) -> None:
        href = link.get("href") or ""
        if self._link is None and "/course/" in href and number_in(href, "id") == self.id and text_of(link).strip():
            self._link = link

    def _box(self, page_url: str, category: int | None) -> Box | None:
        if self._category is not None:
            for link in self._category.iter("a"):
                number = number_in(urljoin(page_url, link.get("href") or ""), "categoryid")
                if number is not None:
                    return Box(id=number, name=marked_text(link) or None)
            if (name := marked_text(self._category)) and "categoryname" in classes_of(self._category):
                return Box(id=category, name=name)
        return Box(id=category) if category is not None else None


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 13 else 0


def _course_address(url: str, page_url: str) -> str | None:
    """Return the address of a course's page on the same site, without anything but its number."""
    parts, here = urlsplit(url), urlsplit(page_url)
    number = number_in(url, "id")
    if number is None or parts.scheme not in {"http", "https"} or parts.hostname != here.hostname:
        return None
    return parts._replace(query=f"id={number}", fragment="").geturl()


def _custom_field(element: html.HtmlElement) -> CustomField:
    """Read `customfield customfield_<type> customfield_<shortname>` with its name and value."""
    marks = [mark for mark in (element.get("class") or "").split() if mark.startswith("customfield_")]
    name = value = None
    for child in element.iter("span", "div"):
        names = classes_of(child)
        if "customfieldname" in names:
            name = marked_text(child)
        elif "customfieldvalue" in names:
            value = _inner(child)
    return CustomField(
        shortname=marks[-1].removeprefix("customfield_") if marks else name or "",
        name=name or None,
        type=marks[0].removeprefix("customfield_") if len(marks) > 1 else None,
        value=value,
    )


def _enrolment(element: html.HtmlElement) -> list[str]:
    """Return the enrolment methods that icons stand for; an icon nobody knows keeps its title."""
    titles = [icon.get("title") or icon.get("alt") or icon.get("aria-label") for icon in element.iter("i", "img")]
    return [enrolment_titles().get(matching_key(title), clean(title)) for title in titles if title and clean(title)]


def _no_words(element: html.HtmlElement) -> bool:
    return not text_of(element).strip()


def _inner(element: html.HtmlElement | None) -> str:
    """Return the markup inside an element, without the wrapper that Moodle puts around a summary."""
    if element is None:
        return ""
    if not len(element):
        return escape(element.text or "", quote=False).strip()
    children = [child for child in element if isinstance(child.tag, str)]
    if len(children) == 1 and "no-overflow" in classes_of(children[0]) and not (element.text or "").strip():
        return _inner(children[0])
    pieces = [escape(element.text or "", quote=False)]
    pieces.extend(etree.tostring(child, encoding="unicode", method="html") for child in element)
    return "".join(pieces).strip()
