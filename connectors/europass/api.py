"""The search behind the Europass pages: pages of hits, and the detail of each."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple
from urllib.parse import urlencode

from config.messages import CodedError, Issue
from connectors.contract import Ask, Extract, Found, Payload, StructureBroken
from connectors.europass.answers import document_of
from connectors.europass.listed import LONGEST_NAME, Walk
from connectors.europass.nodes import InMemory
from connectors.europass.options import Setting
from connectors.structure import of_records
from crosswalks.elm.syntax.qdr_json import graph_of_answer

_HITS, _PAGING, _PAGES = "courses", "paginationInfos", "totalPageCount"
_COUNTRY = "http://publications.europa.eu/resource/authority/country/"
_IDS = ("uri", "id", "@id", "iri")


class Search(NamedTuple):
    """One search that is gone through page by page."""

    language: str
    type: str
    country: str
    keyword: str

    @property
    def name(self) -> str:
        """What the search is called in counts."""
        return " ".join(filter(None, ("search", self.type, self.language, self.country, self.keyword)))


class Page(NamedTuple):
    """One page of hits. `pages` is how many the service says there are."""

    uris: list[str]
    hits: int
    pages: int | None


class Searches:
    """Goes through searches one after the other, so that a record is always first met in the same one."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        options = setting.options
        self._searches = [
            Search(*one)
            for one in product(options.languages, options.api.types, options.countries or ("",), options.api.keywords)
        ]
        self._asked: set[str] = set()

    def start(self) -> Iterator[Ask]:
        """Yield the first page of the first search."""
        yield self._page(0, 0)

    def follow(self, payload: Payload) -> Iterator[Ask]:
        """Yield the details of new hits and the next page; an empty page ends a search. Raises `StructureBroken`."""
        number, start = int(payload.about["search"]), int(payload.about["from"])
        page = page_of(payload)
        fresh = [uri for uri in dict.fromkeys(page.uris) if uri not in self._asked]
        self._asked.update(fresh)
        yield from (self._detail(uri, self._searches[number]) for uri in fresh)
        size = self._setting.options.api.size
        if page.hits and not self._goes_round(page, fresh, start // size):
            yield self._page(number, start + size)
        elif number + 1 < len(self._searches):
            yield self._page(number + 1, 0)

    def _goes_round(self, page: Page, fresh: list[str], number: int) -> bool:
        """Tell whether a service that never gives an empty page begins again: nothing new beyond its last page."""
        return not fresh and page.pages is not None and number > page.pages

    def _page(self, number: int, start: int) -> Ask:
        search, api = self._searches[number], self._setting.options.api
        query = {"type": search.type, "keywords": search.keyword, "size": api.size, "from": start, "sortType": api.sort,
                 "language": search.language, "version": api.version}  # fmt: skip
        if search.country:
            query["location"] = _COUNTRY + search.country.upper()
        about = (("search", str(number)), ("from", str(start)), ("list", search.name))
        return Ask("search", f"{self._setting.api('search')}?{urlencode(query)}", about=about)

    def _detail(self, uri: str, search: Search) -> Ask:
        query = {"uri": uri, "language": search.language, "version": self._setting.options.api.version}
        return Ask("detail", f"{self._setting.api(search.type)}?{urlencode(query)}", about=(("uri", uri),))


def page_of(payload: Payload) -> Page:
    """Return what the spider needs of a page. Raises `StructureBroken`."""
    hits, paging = _hits(payload)
    return Page([uri for hit in hits if (uri := _uri(hit))], len(hits), paging)


def _uri(hit: Any) -> str:
    """Return the identifier of a hit that can be asked for; empty when it has none."""
    uri = hit.get("uri") if isinstance(hit, dict) else None
    return uri.strip() if isinstance(uri, str) and len(uri) <= LONGEST_NAME else ""


def _hits(payload: Payload) -> tuple[list[Any], int | None]:
    document = document_of(payload)
    hits = document.get(_HITS) if isinstance(document, dict) else None
    if not isinstance(hits, list):
        raise StructureBroken.of("structure_changed", detail=f"`{_HITS}` is not a list of hits", url=payload.url)
    paging = document.get(_PAGING)
    pages = paging.get(_PAGES) if isinstance(paging, dict) else None
    return hits, int(pages) if isinstance(pages, (int, str)) and str(pages).isdigit() else None


def parse_page(payload: Payload) -> Extract:
    """Return how many pages there are against those read, and the hits that lead nowhere."""
    hits, pages = _hits(payload)
    extract = Extract(stated=pages, stated_for=payload.about.get("list", "search"), rows=int(bool(hits)))
    extract.structure = of_records(hits)
    for number, hit in enumerate(hits):
        if not _uri(hit):
            place = f"/{_HITS}/{number}"
            extract.issues.append(Issue("row_invalid", {"detail": f"no usable `uri`: {str(hit)[:120]}"}, place=place))
    return extract


def parse_detail(payload: Payload, setting: Setting) -> Extract:
    """Return the listing of one detail. Raises `StructureBroken` only for what is no JSON."""
    extract = Extract(stated_for="details")
    extract.found = _from_detail(payload, setting, extract)
    return extract


def _from_detail(payload: Payload, setting: Setting, extract: Extract) -> Iterator[Found]:
    uri = payload.about["uri"]
    document = document_of(payload)
    if isinstance(document, list) and len(document) == 1:
        document = document[0]
    if isinstance(document, dict) and not any(document.get(key) for key in _IDS):
        document = {**document, "uri": uri}
    try:
        graph = graph_of_answer(document)
    except CodedError as error:
        extract.issues.append(Issue("row_invalid", {"detail": str(error)}, place=uri))
        return
    held = InMemory(graph)
    if uri not in held.roots() or len(graph.properties(uri)) < 2:
        extract.issues.append(Issue("record_not_returned", {"record_iri": uri}, place=uri))
        return
    yield from Walk(held, setting.options, extract, "details").listings([uri])
