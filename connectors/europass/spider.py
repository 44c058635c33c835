"""What to ask for, by the door that is chosen: dumps, the query service, the search, or LOQ XML files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from connectors.contract import Ask, Extract, Payload, Registry, StructureBroken
from connectors.europass.api import Searches
from connectors.europass.dcat import dump_asks
from connectors.europass.listed import LONGEST_NAME, candidates
from connectors.europass.nodes import InMemory
from connectors.europass.options import setting_of
from connectors.europass.sparql import count_ask, first_ranges, roots_ask, rows_of, smaller_asks, statement_asks

_MOST_FAILED = 8
"""Queries that may fail one after the other before the service counts as down."""
_MAY_DIVIDE = ("server_error", "download_failed", "answer_too_large")


class EuropassSpider:
    """Goes through one door; where the query service cannot answer, it asks for less."""

    def __init__(self, registry: Registry) -> None:
        self._setting = setting_of(registry)
        self._searches = Searches(self._setting)
        self._failed = 0

    def start(self) -> Iterable[Ask]:
        """Begin with the catalogue, the ranges, the first search, or the files."""
        setting = self._setting
        transport = setting.options.transport
        if transport == "sparql":
            yield from self._start_queries()
        elif transport == "api":
            yield from self._searches.start()
        elif transport == "xml":
            yield from (Ask("file", file, bulk=True) for file in setting.files)
        elif setting.is_file:
            yield Ask("file", setting.address, bulk=True)
        else:
            yield Ask("catalogue", setting.address)

    def _start_queries(self) -> Iterator[Ask]:
        if self._setting.options.sparql.count:
            yield from (count_ask(self._setting, name) for name in self._setting.options.sparql.classes)
        yield from (roots_ask(self._setting, wanted) for wanted in first_ranges(self._setting))

    def follow(self, payload: Payload) -> Iterable[Ask]:
        """Go on to what an answer leads to. Raises `StructureBroken`."""
        self._failed = 0
        if payload.kind == "catalogue":
            yield from dump_asks(payload, self._setting)
        elif payload.kind == "search":
            yield from self._searches.follow(payload)
        elif payload.kind == "sparql-roots":
            yield from self._after_roots(payload)
        elif payload.kind == "sparql-statements" and rows_of(payload).size >= self._setting.options.sparql.rows:
            yield from smaller_asks(self._setting, payload.kind, payload.about)

    def _after_roots(self, payload: Payload) -> Iterator[Ask]:
        rows = rows_of(payload)
        if rows.size >= self._setting.options.sparql.rows:
            smaller = smaller_asks(self._setting, payload.kind, payload.about, rows.roots)
            if not smaller:
                limit = self._setting.options.sparql.rows
                detail = f"{limit} rows and more for identifiers that cannot be told apart further"
                raise StructureBroken.of("structure_changed", detail=detail, url=payload.url)
            yield from smaller
            return
        held = InMemory(rows.graph)
        found = candidates(rows.roots, held, self._setting.options, Extract())
        names = sorted(candidate.root for candidate in found)
        yield from statement_asks(self._setting, [name for name in names if len(name) <= LONGEST_NAME])

    def instead(self, ask: Ask, code: str) -> Iterable[Ask]:
        """Yield narrower queries for one that the service could not answer; none when it answers nothing at all."""
        self._failed += 1
        if code.startswith(_MAY_DIVIDE) and self._failed <= _MOST_FAILED:
            yield from smaller_asks(self._setting, ask.kind, dict(ask.about))
