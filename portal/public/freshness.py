"""The front page and the page of the registries: what is held, how fresh it is, and under which terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from config.labels import label
from config.messages import Language
from config.settings import Settings
from connectors.discovery import registries
from harvester.accepting import state_of_registry
from portal.public.charts import Bar, bars
from portal.public.coverage import stated
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
        rows = self._rows(found.facets)
        held = [row for row in rows if row["records"]]
        dated = [row for row in held if row["days"] is not None]
        headings = stated(self._finder, language)
        return page(
            request, "front.html", language, total=found.total, rows=rows, stated=headings, stale_days=STALE_DAYS,
            sizes=_sizes(held, language),
            ages=bars(label("page_days_chart", language), [
                Bar(_called(row, language), min(1.0, row["days"] / STALE_DAYS),
                    label("page_days", language, days=row["days"])) for row in dated
            ]) if dated else None,
            headings=bars(label("page_stated_chart", language), [
                Bar(name, part / max(1, whole), share) for name, part, whole, share in headings
            ]),
        )  # fmt: skip

    def registries(self, request: Request, language: Language) -> Response:
        """Answer with every registry: terms, records, freshness, last run."""
        rows = self._rows(self._finder.find("", {}, 0, 0).facets)
        chart = _sizes(rows, language) if any(row["records"] for row in rows) else None
        return page(
            request, "registries.html", language, rows=rows, chart=chart,
            stale_days=STALE_DAYS,
        )  # fmt: skip

    def _rows(self, facets: dict[str, dict[str, int]]) -> list[dict[str, Any]]:
        return registry_rows(facets.get("registry", {}), self._database, self._settings)


def _sizes(rows: Sequence[Mapping[str, Any]], language: Language) -> Markup:
    """Return a chart of the records of registries, each as a share of all of them."""
    total = sum(row["records"] for row in rows) or 1
    return bars(label("page_records_chart", language), [
        Bar(_called(row, language), row["records"] / total, str(row["records"])) for row in rows
    ])  # fmt: skip


def _called(row: Mapping[str, Any], language: Language) -> str:
    return said(row["title"], language).text


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
