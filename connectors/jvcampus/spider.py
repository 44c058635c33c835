"""What to ask a Moodle site for: its web service where there is a key, else its public pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import urlencode

from lxml import html

from connectors.contract import Ask, Extract, Payload, Registry
from connectors.jvcampus import webservice
from connectors.jvcampus.badges import badge_ask
from connectors.jvcampus.courses import FRONT_PAGE, CourseElement
from connectors.jvcampus.options import setting_of
from connectors.jvcampus.pages import ListPage, classes_of, course_page, list_page
from connectors.jvcampus.parse import BADGES_AS_LISTINGS
from crosswalks.jvcampus.moodle import badge_links

_LANGUAGES = (("Accept-Language", "ja, en;q=0.8"),)
"""A site that shows one language at a time is asked for its Japanese."""


class JvCampusSpider:
    """Goes through the Boxes or through searches, and to the badge classes that courses link to."""

    def __init__(self, registry: Registry) -> None:
        self._setting = setting_of(registry)
        self._options = self._setting.options
        self._root = self._setting.site.root
        self._badges_only = registry.manifest.schema_name == BADGES_AS_LISTINGS

    def start(self) -> Iterable[Ask]:
        """Begin with the categories, the searches, or the badge classes that are named."""
        if self._badges_only:
            yield from (badge_ask(self._setting, str(number)) for number in self._options.badges)
        elif self._setting.by_service:
            yield from self._start_service()
        elif self._options.search:
            yield from (self._search_page(term, 0) for term in self._options.search)
        elif self._options.categories:
            yield from (self._category_page(number, 0) for number in self._options.categories)
        else:
            yield self._page("index", "course/index.php")

    def _start_service(self) -> Iterator[Ask]:
        setting = self._setting
        yield webservice.category_list(setting)
        if self._options.function == "all":
            yield webservice.all_courses(setting)
        elif self._options.function == "search" or self._options.search:
            yield from (webservice.search_page(setting, term, 0) for term in self._options.search)

    def follow(self, payload: Payload) -> Iterable[Ask]:
        """Go on to what an answer leads to. Raises `StructureBroken`."""
        if payload.kind == "service-categories":
            yield from self._after_categories(payload)
        elif payload.kind == "service-search":
            yield from self._after_search(payload)
            yield from self._badges_of(payload)
        elif payload.kind == "service-courses":
            yield from self._badges_of(payload)
        elif payload.kind == "info":
            element, _ = course_page(payload, Extract())
            yield from self._linked_badges(element)
        elif payload.kind in {"index", "category", "search"}:
            yield from self._after_list(payload)

    def _after_categories(self, payload: Payload) -> Iterator[Ask]:
        found = webservice.categories_of(payload, self._setting)
        if self._options.function != "categories" or self._options.search:
            return
        wanted = set(self._options.categories)
        for entry in found:
            if not wanted or wanted & {entry.id, *entry.parents}:
                yield webservice.courses_of(self._setting, entry.id)

    def _after_search(self, payload: Payload) -> Iterator[Ask]:
        answer = webservice.answer_of(payload)
        if payload.about.get("page") != "0" or not answer.records or not answer.total:
            return
        pages = -(-answer.total // len(answer.records))
        term = payload.about["search"]
        yield from (webservice.search_page(self._setting, term, page) for page in range(1, pages))

    def _badges_of(self, payload: Payload) -> Iterator[Ask]:
        """Ask for the badge classes that summaries in an answer of the service link to."""
        records = webservice.answer_of(payload).records
        summaries = [record.get("summary") for record in records if isinstance(record, dict)]
        for summary in summaries:
            if isinstance(summary, str):
                yield from self._badge_asks(badge_links(summary, self._setting.site))

    def _after_list(self, payload: Payload) -> Iterator[Ask]:
        page = list_page(payload, self._setting)
        if payload.kind == "search":
            term = payload.about["search"]
            yield from (self._search_page(term, number) for number in range(1, page.last + 1))
        elif payload.kind == "category":
            number = int(payload.about["category"])
            yield from (self._category_page(number, further) for further in range(1, page.last + 1))
        elif not page.below:
            yield from (self._page("index", "course/index.php", page=further) for further in range(1, page.last + 1))
        if payload.kind != "search":
            yield from (self._category_page(number, 0) for number in page.below)
        if payload.kind != "index" or not page.below:
            yield from self._courses_of(page, payload)

    def _courses_of(self, page: ListPage, payload: Payload) -> Iterator[Ask]:
        """Ask for pages of courses that stand there by name alone, and for badge classes of the rest."""
        category = payload.about.get("category")
        for element in page.courses:
            if "collapsed" in classes_of(element) and self._options.details == "auto":
                course = CourseElement(element)
                if course.nothing_but_its_name and not course.hidden and course.id > FRONT_PAGE:
                    about = {"course": str(course.id), **({"category": category} if category else {})}
                    asked = self._page("info", "course/info.php", id=course.id)
                    yield replace(asked, about=tuple(about.items()))
                    continue
            yield from self._linked_badges(element)

    def _linked_badges(self, element: html.HtmlElement) -> Iterator[Ask]:
        if any("/badges/" in (link.get("href") or "") for link in element.iter("a")):
            yield from self._badge_asks(CourseElement(element).badge_links(self._setting))

    def _badge_asks(self, links: tuple[str, ...]) -> Iterator[Ask]:
        return (replace(badge_ask(self._setting, link.rpartition("=")[2]), aside=True) for link in links)

    def _category_page(self, number: int, page: int) -> Ask:
        size = self._options.per_page
        asked = self._page("category", "course/index.php", categoryid=number, browse="courses", perpage=size, page=page)
        return replace(asked, about=(("category", str(number)),))

    def _search_page(self, term: str, page: int) -> Ask:
        asked = self._page("search", "course/search.php", search=term, perpage=self._options.per_page, page=page)
        return replace(asked, about=(("search", term),))

    def _page(self, kind: str, path: str, **parameters: str | int) -> Ask:
        query = f"?{urlencode(parameters)}" if parameters else ""
        return Ask(kind, f"{self._root}{path}{query}", headers=_LANGUAGES)
