"""Moodle's public pages: lists of courses by category and by search, and a course's own page.

Courses are found by `[data-courseid]`, whatever the theme makes of the rest: the default theme's boxes
(expanded, or collapsed to their names), cards, and search results whose titles are split by
`span.highlight`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from typing import Any, cast
from urllib.parse import parse_qsl, urljoin, urlsplit

from lxml import html

from connectors.contract import Extract, Payload, StructureBroken
from connectors.jvcampus import boxes
from connectors.jvcampus.options import Setting
from connectors.pages import parse_page, text_of, unrecognised
from crosswalks.text import clean

_STATED = re.compile(r"(?:Search results|検索結果)\s{0,3}[:：]\s{0,3}([\d,]{1,9})", re.IGNORECASE)
_MOODLE_LISTS = frozenset({
    "course_category_tree", "category-browse", "courses", "course-search-result", "coursesearchbox",
    "subcategories",
    "categorypicker",
})  # fmt: skip
_CATEGORY_LISTS = frozenset({"category", "categoryname", "subcategories", "categories"})
_UNSEEN = frozenset({"sr-only", "visually-hidden", "accesshide"})
_LIST_PAGES = ("/course/index.php", "/course/search.php")
_MOODLE_PAGE = "page-course-"


@dataclass(slots=True)
class ListPage:
    """A page that lists courses. `links` are categories and those above them; `last` is the last page."""

    courses: list[html.HtmlElement]
    language: str | None
    links: dict[int, boxes.BoxEntry] = field(default_factory=dict)
    below: tuple[int, ...] = ()
    own: boxes.BoxEntry | None = None
    last: int = 0
    stated: int | None = None


def whole_page(payload: Payload, extract: Extract | None = None) -> html.HtmlElement:
    """Return the document of a page that is there to its end. Raises `StructureBroken`."""
    document = parse_page(payload, extract)
    lowered = payload.body.lower()
    if b"<html" in lowered and b"</html" not in lowered:
        raise StructureBroken.of("page_truncated", url=payload.url)
    return document


def list_page(payload: Payload, setting: Setting, extract: Extract | None = None) -> ListPage:
    """Return what a list of courses holds. Raises `StructureBroken` for a page that is none."""
    document = whole_page(payload, extract)
    courses = course_elements(document)
    if not courses and not _is_moodle_list(document):
        raise unrecognised(document, payload, "neither a course nor a course list of Moodle")
    page = ListPage(courses, language=clean(document.get("lang") or "") or None)
    _read_links(document, payload, setting, page)
    counted = b"Search results" in payload.body or "検索結果".encode() in payload.body
    if counted and (match := _STATED.search(text_of(document))):
        page.stated = int(match.group(1).replace(",", ""))
    return page


def course_page(payload: Payload, extract: Extract) -> tuple[html.HtmlElement, str | None]:
    """Return the course on its own page, and the page's language. Raises `StructureBroken`."""
    document = whole_page(payload, extract)
    wanted = payload.about.get("course")
    for element in course_elements(document):
        if wanted is None or element.get("data-courseid") == wanted:
            return element, clean(document.get("lang") or "") or None
    raise unrecognised(document, payload, f"no course {wanted}")


def course_elements(document: html.HtmlElement) -> list[html.HtmlElement]:
    """Return one element for each course: the outermost that holds no other course, the first with a name."""
    marked = cast("list[html.HtmlElement]", document.xpath("//*[@data-courseid]"))
    holders, inner = set(), set()
    for element in marked:
        number = element.get("data-courseid")
        for above in element.iterancestors():
            other = above.get("data-courseid")
            if other is not None and other != number:
                holders.add(above)
            elif other is not None:
                inner.add(element)
    found: dict[str, html.HtmlElement] = {}
    for element in marked:
        number = element.get("data-courseid") or ""
        if element in holders or (element in inner and element.getparent() not in holders):
            continue
        if number not in found or (not _has_link(found[number]) and _has_link(element)):
            found[number] = element
    return list(found.values())


def classes_of(element: html.HtmlElement) -> frozenset[str]:
    """Return the class names of an element."""
    return _class_names(element.get("class") or "")


@lru_cache(maxsize=4096)
def _class_names(text: str) -> frozenset[str]:
    return frozenset(text.split())


def number_in(url: str, name: str) -> int | None:
    """Return the number that a parameter of an address has."""
    for key, value in parse_qsl(urlsplit(url).query):
        if key == name and value.isascii() and value.isdigit() and len(value) < 13:
            return int(value)
    return None


def marked_text(element: html.HtmlElement) -> str:
    """Return the text of an element as markup that holds nothing but language marks."""
    if not len(element):
        return clean(escape(element.text or "", quote=False))
    return clean("".join(_marked_pieces(element)))


def _marked_pieces(element: html.HtmlElement) -> list[str]:
    pieces = [escape(element.text or "", quote=False)]
    for child in element:
        if isinstance(child.tag, str) and child.tag not in {"script", "style"}:
            names = classes_of(child)
            inner = [] if _UNSEEN & names else _marked_pieces(child)
            language = child.get("lang")
            if inner and language and "multilang" in names:
                inner = [f'<span lang="{escape(language)}" class="multilang">', *inner, "</span>"]
            pieces.extend(inner)
        pieces.append(escape(child.tail or "", quote=False))
    return pieces


def _has_link(element: html.HtmlElement) -> bool:
    return element.tag != "a" and any("/course/" in (link.get("href") or "") for link in element.iter("a"))


def _is_moodle_list(document: html.HtmlElement) -> bool:
    for element in document.iter("body"):
        if (element.get("id") or "").startswith(_MOODLE_PAGE):
            return True
    return any(_MOODLE_LISTS & classes_of(element) for element in document.iter("div", "ul", "section"))


def _read_links(document: html.HtmlElement, payload: Payload, setting: Setting, page: ListPage) -> None:
    """Read the categories a page links to, those it lists below itself, the way to it, and its further pages.

    From a link only numbers and names are taken, never its host.
    """
    here = number_in(payload.url, "categoryid")
    if here is None and payload.about.get("category", "").isdigit():
        here = int(payload.about["category"])
    way: list[int] = []
    below = list(_listed_below(document))
    for link in document.iter("a"):
        href: str = link.get("href") or ""
        if "categoryid=" not in href and "page=" not in href:
            continue
        url = urljoin(payload.url, href)
        path = urlsplit(url).path
        if not path.endswith(_LIST_PAGES):
            continue
        number, further = number_in(url, "categoryid"), number_in(url, "page")
        if further is not None and number in {None, here} and path == urlsplit(payload.url).path:
            page.last = max(page.last, further)
        name = marked_text(link)
        if number is None or not name or further is not None:
            continue
        page.links.setdefault(number, boxes.entry(setting.options, number, name))
        if number != here:
            place = _place_of(link)
            (way if place == "breadcrumb" else below if place == "list" else []).append(number)
    page.below = tuple(number for number in dict.fromkeys(below) if number != here)
    own_name = _own_name(document, here, page) if here is not None else ""
    if here is not None and own_name:
        page.own = boxes.entry(setting.options, here, own_name, tuple(dict.fromkeys(way)))


def _listed_below(document: html.HtmlElement) -> Iterator[int]:
    for element in cast("list[Any]", document.xpath("//*[@data-categoryid]")):
        number = element.get("data-categoryid") or ""
        if number.isascii() and number.isdigit():
            yield int(number)


def _place_of(link: html.HtmlElement) -> str:
    """Tell whether a link to a category is in the way to the page, in a list, in a course or elsewhere."""
    listed = False
    for above in link.iterancestors():
        names = classes_of(above)
        if "breadcrumb" in names:
            return "breadcrumb"
        if above.get("data-courseid") is not None:
            return "course"
        listed = listed or bool(_CATEGORY_LISTS & names)
    return "list" if listed else "elsewhere"


def _own_name(document: html.HtmlElement, here: int, page: ListPage) -> str:
    """Return the name of the category a page is about: the last step of the way to it, or the heading."""
    for element in document.iter("ol", "ul", "nav"):
        if "breadcrumb" in classes_of(element):
            steps = [marked_text(item) for item in element.iter("li")]
            if steps and steps[-1]:
                return steps[-1]
    if here in page.links:
        return page.links[here].name
    return next((name for heading in document.iter("h1") if (name := marked_text(heading))), "")
