"""What the deployment holds: registries and their freshness, schemas and mapping tables, figures, and the search."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from config.messages import CodedError, catalogue
from config.settings import Settings
from crosswalks.contract import crosswalk_table
from crosswalks.mapping import mapping_tables, plain_rows, read_head
from harvester.judging import judged_rows
from portal.answers import answer
from portal.api.contract import Asked
from portal.api.records import JSON, RecordAnswers
from portal.partners.log import PublicationLog
from portal.partners.making import tag_of
from portal.public.entries import FACETS
from portal.public.finding import Finder
from portal.public.freshness import STALE_DAYS, registry_rows
from store.ledgers import outcome_sums
from store.publications import Span


class Holdings:
    """Answers about all that is held."""

    def __init__(self, log: PublicationLog, records: RecordAnswers, finder: Finder, settings: Settings) -> None:
        self._log = log
        self._records = records
        self._finder = finder
        self._settings = settings

    def registries(self, request: Request, asked: Asked) -> Response:  # noqa: ARG002 - it has no parameters
        """Answer with every registry."""
        sizes = self._finder.find("", {}, 0, 0).facets.get("registry", {})
        activity = self._log.activity()
        rows = []
        for row in registry_rows(sizes, self._log.database, self._settings):
            seen = activity.get(row["name"])
            plain = ("name", "title", "publisher", "country", "homepage", "rights", "attribution", "state", "records",
                     "days", "stale")  # fmt: skip
            rows.append({
                **{name: row[name] for name in plain},
                "confirmed_at": row["confirmed"],
                "last_run": row["run"]["state"] if row["run"] else None,
                "first_published": seen.first if seen else None,
                "last_published": seen.last if seen else None,
            })  # fmt: skip
        return _told(request, {"stale_days": STALE_DAYS, "registries": rows})

    def statistics(self, request: Request, asked: Asked) -> Response:  # noqa: ARG002 - it has no parameters
        """Answer with figures."""
        found = self._finder.find("", {}, 0, 0)
        horizon = self._log.horizon()
        sums = outcome_sums(self._log.database)
        sizes = found.facets.get("registry", {})
        registries = {
            name: {"records": sizes.get(name, 0),
                   "fields": {str(outcome): number for outcome, number in sums.get(name, {}).items()}}
            for name in self._log.registries()
        }  # fmt: skip
        return _told(request, {
            "horizon": horizon, "last_change": self._log.last_change(), "records": found.total,
            "deleted": self._log.count(Span(horizon)) - found.total, "registries": registries,
            "facets": {name: counts for name, counts in found.facets.items() if name != "registry"},
        })  # fmt: skip

    def searched(self, request: Request, asked: Asked) -> Response:
        """Answer with the best matches of a search."""
        chosen = {name: [asked["registry"]] if name == "registry" and asked["registry"] else asked[name] or []
                  for name in FACETS}  # fmt: skip
        found = self._finder.find(asked["q"], chosen, 0, asked["limit"])
        rows = [row for card in found.cards if (row := self._log.record(card["record"])) and not row.deleted]
        items = self._records.items(rows, descriptors=asked["descriptor"])
        head = orjson.dumps({"total": found.total, "facets": found.facets})
        body = head[:-1] + b',"records":[\n' + items + b"\n]}\n"
        return answer(request, body, JSON, tag=tag_of(body, JSON), cache="no-cache")

    def schemas(self, request: Request, asked: Asked) -> Response:  # noqa: ARG002 - it has no parameters
        """Answer with every schema and its mapping tables."""
        tables: dict[str, list[dict[str, Any]]] = {}
        for name, path in mapping_tables().items():
            about = read_head(path).get("mapping_set_title")
            row = {"table": name, "rows": len(plain_rows(path)), "about": about}
            tables.setdefault(name.partition("/")[0], []).append(row)
        return _told(request, {"schemas": [
            {"schema": name, "title": one.title, "read": True, "written": one.write is not None,
             "formats": list(one.formats), "tables": tables.get(name, [])}
            for name, one in sorted(crosswalk_table().items())
        ]})  # fmt: skip

    def mappings(self, request: Request, asked: Asked) -> Response:  # noqa: ARG002 - it has no parameters
        """Answer with the rows of a schema's mapping tables. Who judged them is the deployment's own matter."""
        schema = request.path_params["schema"]
        wanted = ("table", "subject", "predicate", "object", "negative", "comment", "verdict")
        rows = [{name: row[name] for name in wanted} for row in judged_rows(self._log.database, schema)]
        return _told(request, {"schema": schema, "rows": rows})

    def problem(self, request: Request, asked: Asked) -> Response:  # noqa: ARG002 - it has no parameters
        """Answer with what a code of a problem means."""
        code = request.path_params["code"]
        message = catalogue().get(code)
        if message is None:
            raise CodedError.of("problem_unknown", name=code[:100])
        return _told(request, {"code": code, "severity": message.severity.value, "text": message.text,
                               "fix": message.fix})  # fmt: skip


def _told(request: Request, told: Any) -> Response:
    body = orjson.dumps(told, option=orjson.OPT_UTC_Z)
    return answer(request, body, JSON, tag=tag_of(body, JSON), cache="no-cache")
