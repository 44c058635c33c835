"""The front page and the page of the registries: what is held, how fresh it is, and under which terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from config.labels import label
from config.messages import Language
from config.settings import Settings
from connectors.discovery import registries
from harvester.accepting import state_of_registry
from portal.public.charts import Bar, bars
from portal.public.finding import Finder
from portal.public.names import said
from portal.public.site import page, web_address
from store.acceptances import standing_verdicts
from store.clock import now
from store.database import Database
from store.runs import registry_state, runs

STALE_DAYS = 14
"""A registry that no complete run confirmed for as long as it takes to retire a record is out of date."""

_PUBLICLY = {"refused": "paused"}
"""Why a registry is not harvested is the deployment's own matter."""


class RegistryPages:
    """Answers with what is known of the registries."""

    def __init__(self, finder: Finder, database: Database, settings: Settings) -> None:
        self._finder = finder
        self._database = database
        self._settings = settings

    def front(self, request: Request, language: Language) -> Response:
        """Answer with the front page."""
        found = self._finder.find("", {}, 0, 0)
        return page(request, "front.html", language, total=found.total, rows=self._rows(found.facets))

    def registries(self, request: Request, language: Language) -> Response:
        """Answer with every registry: terms, records, freshness, last run."""
        rows = self._rows(self._finder.find("", {}, 0, 0).facets)
        total = sum(row["records"] for row in rows)
        chart = bars(label("page_records_chart", language), [
            Bar(said(row["title"], language).text, row["records"] / total, str(row["records"])) for row in rows
        ]) if total else None  # fmt: skip
        return page(
            request, "registries.html", language, rows=rows, chart=chart,
            stale_days=STALE_DAYS,
        )  # fmt: skip

    def _rows(self, facets: dict[str, dict[str, int]]) -> list[dict[str, Any]]:
        return registry_rows(facets.get("registry", {}), self._database, self._settings)


def registry_rows(sizes: Mapping[str, int], database: Database, settings: Settings) -> list[dict[str, Any]]:
    """Return what may be told of every registry; `sizes` are the numbers of records that stand, by registry."""
    told = []
    verdicts = standing_verdicts(database)
    for name, one in registries(settings.registries_file).items():
        confirmed = (registry_state(database, name) or {}).get("last_complete_at")
        days = (now() - confirmed).days if confirmed else None
        last = runs(database, name, limit=1)
        told.append({
            "name": name, "title": one.manifest.title, "publisher": one.manifest.publisher,
            "country": one.manifest.country, "rights": one.manifest.rights,
            "attribution": one.manifest.attribution, "homepage": web_address(one.manifest.homepage),
            "state": _PUBLICLY.get(state := state_of_registry(one, verdicts), state),
            "records": sizes.get(name, 0), "confirmed": confirmed, "days": days,
            "stale": days is not None and days >= STALE_DAYS, "run": last[0] if last else None,
        })  # fmt: skip
    return told
