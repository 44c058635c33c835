"""The coverage map: which registry states which heading, in what share of its records, now and over time.

It counts what sources state, also where the terms of a registry do not let the text itself be shown. It says nothing
of how good a registry is.
"""

from __future__ import annotations

from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from config.messages import Language
from config.settings import Settings
from portal.public.charts import Bar, bars, lines
from portal.public.entries import HEADINGS
from portal.public.finding import Finder, registry_titles
from portal.public.names import said
from portal.public.site import page
from portal.public.wording import field_name

_MOST_DAYS = 60


class CoveragePages:
    """Answers with the coverage map."""

    def __init__(self, finder: Finder, settings: Settings) -> None:
        self._finder = finder
        self._settings = settings

    def answer(self, request: Request, language: Language) -> Response:
        """Answer with shares of all registries, and those of one over time."""
        self._finder.catch_up()
        held = self._finder.index.coverage()
        titles = {name: texts for name, texts in registry_titles(self._settings).items() if name in held}
        asked = request.query_params.get("registry")
        chosen = asked if asked in titles else next(iter(titles), None)
        names = [(heading, field_name(heading, language)) for heading in HEADINGS]
        table = {registry: _now(held[registry]) for registry in titles}
        charts = {
            registry: bars(said(texts, language).text, [
                Bar(name, table[registry].get(heading, (0, 1))[0] / table[registry][""][1],
                    _percent(table[registry].get(heading, (0, 1))[0], table[registry][""][1]))
                for heading, name in names
            ])
            for registry, texts in titles.items() if table[registry][""][1]
        }  # fmt: skip
        over = _over_time(held[chosen]) if chosen else []
        return page(
            request, "coverage.html", language, titles=titles, names=names, table=table, charts=charts, chosen=chosen,
            asked=asked is not None, over=over, percent=_percent,
            small={} if not over else {
                heading: lines(name, [day for day, _ in over], [_share(found, heading) for _, found in over])
                for heading, name in names
            },
        )  # fmt: skip


def _now(found: dict[str, dict[str, int]]) -> dict[str, tuple[int, int]]:
    """Return for each heading how many records state it, and of how many."""
    total = sum(found.get("", {}).values())
    return {heading: (sum(by_day.values()), total) for heading, by_day in found.items()}


def _over_time(found: dict[str, dict[str, int]]) -> list[tuple[date, dict[str, int]]]:
    """Return the days on which something was published, with how many records stated each heading then."""
    days = sorted({day for by_day in found.values() for day in by_day})
    standing: dict[str, int] = {}
    told = []
    for day in days:
        for heading, by_day in found.items():
            standing[heading] = standing.get(heading, 0) + by_day.get(day, 0)
        told.append((date.fromisoformat(day), dict(standing)))
    return told[-_MOST_DAYS:]


def _share(found: dict[str, int], heading: str) -> float:
    total = found.get("", 0)
    return found.get(heading, 0) / total if total else 0.0


def _percent(part: int, whole: int) -> str:
    """Return a share in whole percent; something is never told as nothing, nor less than all as all."""
    if not whole:
        return "–"
    if 0 < part < whole:
        return f"{min(99, max(1, round(100 * part / whole)))}%"
    return "100%" if part else "0%"


def stated(finder: Finder, language: Language) -> list[tuple[str, int, int, str]]:
    """Return for each heading its name, how many records of all registries state it, of how many, and the share."""
    found = [_now(one) for one in finder.index.coverage().values()]
    whole = sum(one[""][1] for one in found if "" in one)
    told = []
    for heading in HEADINGS:
        part = sum(one[heading][0] for one in found if heading in one)
        told.append((field_name(heading, language), part, whole, _percent(part, whole)))
    return told
