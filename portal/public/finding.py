"""The search page: words and facets in, records with counts out. All of its state is in the address."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from config.messages import CodedError, Language
from config.settings import Settings
from connectors.discovery import registries
from portal.partners.log import PublicationLog, public_name
from portal.partners.making import edition
from portal.public.entries import FACETS, entry
from portal.public.names import NOT_STATED, said, value_name
from portal.public.site import page
from store.bigrams import pieces
from store.database import Database
from store.publications import LogRow, contents
from store.records import absences
from store.search import Matches, SearchIndex

_ON_A_PAGE = 20
_LONGEST_QUERY = 200
_MOST_PAGES = 5000
_MOST_CHOSEN = 30
_SHOWN_VALUES = 8
_BATCH = 1000
_LOGGER = logging.getLogger(__name__)


class Choice(NamedTuple):
    """One value of a facet as the page offers it. `address` adds it, or takes it off when it is `chosen`."""

    value: str
    name: str
    number: int
    chosen: bool
    address: str


class Finder:
    """Keeps the index up with the publication log, and asks it."""

    def __init__(self, log: PublicationLog, database: Database, settings: Settings) -> None:
        self._log = log
        self._database = database
        self._settings = settings
        rules = f"5 {edition(settings)} {database.address}"
        settings.home.mkdir(parents=True, exist_ok=True)
        self._index = SearchIndex(
            settings.home / "search.sqlite", blake2b(rules.encode(), digest_size=12).hexdigest()
        )  # fmt: skip
        self._busy = threading.Lock()
        self._seen: int | None = None
        self._reader: threading.Thread | None = None

    def find(self, query: str, chosen: Mapping[str, Sequence[str]], first: int = 0, count: int = _ON_A_PAGE) -> Matches:
        """Return what is found among all that is published now."""
        self.catch_up()
        return self._index.find(query, chosen, first, count)

    @property
    def index(self) -> SearchIndex:
        """The index, as far as it has been read."""
        return self._index

    def begin(self) -> None:
        """Bring the index up in the background, so that a server is there at once."""
        if self._reader is None or not self._reader.is_alive():
            self._reader = threading.Thread(target=self._read_all, name="index", daemon=True)
            self._reader.start()

    def behind(self) -> tuple[int, int] | None:
        """Return how far the index has read the log and how long that is, while it is being read in the background."""
        if self._reader is None or not self._reader.is_alive() or self._seen == (end := self._log.horizon()):
            return None
        return self._index.horizon(), end

    def _read_all(self) -> None:
        try:
            self.catch_up()
            self._index.warm()
        except CodedError:
            _LOGGER.exception("the index could not be brought up; the next question tries again")

    def catch_up(self) -> None:
        """Put into the index what was published since it was last asked.

        Where a server began so, what is much is read in the background, and questions are answered meanwhile from what
        is there already.
        """
        horizon = self._log.horizon()
        if self._seen == horizon:
            return
        if self._reader is not None and threading.current_thread() is not self._reader:
            if self._reader.is_alive():
                return
            if horizon - self._index.horizon() > _BATCH:
                self.begin()
                return
        with self._busy:
            seen = self._index.horizon()
            if seen > horizon:
                self._index.clear()
                seen = 0
            batch: list[LogRow] = []
            for row in self._log.rows(seen, horizon):
                batch.append(row)
                if len(batch) == _BATCH:
                    self._take_in(batch)
                    batch = []
            if batch:
                self._take_in(batch)
            self._seen = horizon

    def _take_in(self, batch: list[LogRow]) -> None:
        last = {row.record_id: row for row in batch}
        living = [row for row in last.values() if not row.deleted]
        texts = contents(self._database, [row.seq for row in living])
        base = self._settings.base
        entries = [entry(row, texts[row.seq], public_name(row, base)) for row in living if row.seq in texts]
        gone = [(row.record_id, row.published_at.date().isoformat()) for row in last.values() if row.deleted]
        self._index.write(entries, gone, batch[-1].seq)

    def answer(self, request: Request, language: Language) -> Response:
        """Answer with the search page."""
        asked = request.query_params
        query = asked.get("q", "")[:_LONGEST_QUERY].strip()
        chosen = {facet: asked.getlist(facet)[:_MOST_CHOSEN] for facet in FACETS}
        chosen = {facet: [value for value in values if value] for facet, values in chosen.items()}
        number = _page_number(asked.get("page"))
        matches = self.find(query, chosen, (number - 1) * _ON_A_PAGE)
        pages = max(1, -(-matches.total // _ON_A_PAGE))
        if number > pages:
            number = pages
            matches = self.find(query, chosen, (number - 1) * _ON_A_PAGE)
        titles = registry_titles(self._settings)
        whole = self._index.size()
        return page(
            request, "search.html", language,
            query=query, total=matches.total, whole=whole, unreadable=bool(query) and not pieces(query),
            cards=matches.cards, absent=absences(self._database, [card["record"] for card in matches.cards]),
            titles=titles, facets=_offered(language, query, chosen, matches, titles), chosen=chosen,
            first=(number - 1) * _ON_A_PAGE + 1, last=(number - 1) * _ON_A_PAGE + len(matches.cards),
            previous=_address(language, query, chosen, number - 1) if number > 1 else None,
            following=_address(language, query, chosen, number + 1) if number < pages else None,
            cleared=_address(language, query, {}), behind=self.behind(),
        )  # fmt: skip


def registry_titles(settings: Settings) -> dict[str, dict[str, str]]:
    """Return the names of the registries of a deployment."""
    return {name: one.manifest.title for name, one in registries(settings.registries_file).items()}


def _page_number(text: str | None) -> int:
    return min(max(int(text), 1), _MOST_PAGES) if text and text.isascii() and text.isdigit() and len(text) < 8 else 1


def _address(language: Language, query: str, chosen: Mapping[str, Sequence[str]], number: int = 1) -> str:
    asked = [("q", query)] if query else []
    asked += [(facet, value) for facet in FACETS for value in chosen.get(facet, ())]
    if number > 1:
        asked.append(("page", str(number)))
    return f"/{language}/search" + (f"?{urlencode(asked)}" if asked else "")


def _offered(
    language: Language, query: str, chosen: Mapping[str, Sequence[str]], matches: Matches,
    titles: Mapping[str, dict[str, str]],
) -> list[dict[str, Any]]:  # fmt: skip
    told = []
    for facet in FACETS:
        counts, taken = matches.facets.get(facet, {}), chosen[facet]
        choices = []
        for value in dict.fromkeys(
            [*taken, *sorted(counts, key=lambda value: (value == NOT_STATED, -counts[value], value))]
        ):
            after = [one for one in taken if one != value] if value in taken else [*taken, value]
            registry = facet == "registry" and value in titles
            name = said(titles[value], language).text if registry else value_name(facet, value, language)
            address = _address(language, query, {**chosen, facet: after})
            choices.append(Choice(value, name, counts.get(value, 0), value in taken, address))
        if choices:
            told.append({"facet": facet, "shown": choices[:_SHOWN_VALUES], "more": choices[_SHOWN_VALUES:]})
    return told
