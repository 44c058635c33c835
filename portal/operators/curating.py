"""What people hold against what was harvested: corrections of records, judgements on mappings, and who did what."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from config.messages import CodedError, Issue, Language
from crosswalks.judgements import Verdict
from crosswalks.mapping import NO_TERM, PREDICATES, mapping_tables
from harvester.correcting import correct, value_of, withdraw
from harvester.judging import judge, judged_rows
from harvester.terminal.views import record_view
from harvester.terminal.wording import coded, leaves
from harvester.workplace import Workplace
from portal.accounts.door import form_of, visitor_of
from portal.accounts.secret import Secret
from portal.operators.answering import onward, show, whole_number
from store.audit import Wanted, events
from store.corrections import corrections_of, standing
from store.inspection import all_corrections, identifiers_of
from store.records import find_record

_APART = ("source_record.", "origins.", "descriptor_version", "id")
_ROWS = 100
_EVENTS = 100


class CuratingPages:
    """Answers with corrections, mappings and the audit log, and keeps what people decide."""

    def __init__(self, place: Workplace, secret: Secret) -> None:
        self._place = place
        self._secret = secret

    def corrections(self, request: Request, language: Language) -> Response:
        """Answer with every correction that stands, or lead to the record that is asked for."""
        database = self._place.database
        issue = None
        if asked := request.query_params.get("record", "").strip()[:300]:
            try:
                found = find_record(database, asked.rstrip("/").rpartition("/")[2] if "://" in asked else asked)
                return onward(f"/{language}/operators/corrections/{found['id']}")
            except CodedError as error:
                issue = error.issues[0]
        rows = [{**row, **_shown(row)} for row in standing(all_corrections(database))]
        return show(
            request, self._secret, "corrections.html", language, f"/{language}/operators/corrections", issue=issue,
            status=404 if issue else None, rows=rows[::-1], asked=asked,
            identifiers=identifiers_of(database, {row["record_id"] for row in rows}),
        )  # fmt: skip

    def record(self, request: Request, language: Language, record: str, issue: Issue | None = None) -> Response:
        """Answer with a record's values, and the form to lay a reviewed one over them."""
        view = record_view(self._place.database, record)
        rows = corrections_of(self._place.database, view["id"])
        values = [
            (path, coded(path, value, language) if value is not None else "")
            for path, value in leaves(view["descriptor"])
            if not path.startswith(_APART)
        ]
        given = form_of(request) if request.method == "POST" else dict(request.query_params)
        field = given.get("field", "")[:200]
        return show(
            request, self._secret, "correction.html", language, f"/{language}/operators/corrections/{view['id']}",
            issue=issue, record=view, values=values, title=view["descriptor"]["title"], field=field,
            present=dict(values).get(field, ""), value=given.get("value", "")[:5000], why=given.get("why", "")[:500],
            standing=[{**row, **_shown(row)} for row in standing(rows)], all=[{**row, **_shown(row)} for row in rows],
            can_correct=visitor_of(request).role in {"operator", "admin"},
        )  # fmt: skip

    def correct(self, request: Request, language: Language, record: str) -> Response:
        """Lay a reviewed value over a field, and publish it."""
        form, actor = form_of(request), visitor_of(request).actor
        field, why = form.get("field", "").strip()[:200], form.get("why", "").strip()[:500]
        try:
            done = correct(self._place, actor, record, field, value_of(field, form.get("value", "")[:20_000]), why)
        except CodedError as error:
            return self.record(request, language, record, error.issues[0])
        return onward(f"/{language}/operators/corrections/{done['record']}?done=corrected")

    def withdraw(self, request: Request, language: Language, record: str) -> Response:
        """Take a reviewed value off again."""
        form, actor = form_of(request), visitor_of(request).actor
        try:
            done = withdraw(self._place, actor, record, form.get("field", ""), form.get("why", "").strip()[:500])
        except CodedError as error:
            return self.record(request, language, record, error.issues[0])
        return onward(f"/{language}/operators/corrections/{done['record']}?done=withdrawn")

    def mappings(self, request: Request, language: Language) -> Response:
        """Answer with the schemas that have mapping tables."""
        tables: dict[str, list[str]] = {}
        for name in mapping_tables():
            tables.setdefault(name.partition("/")[0], []).append(name)
        return show(request, self._secret, "mappings.html", language, f"/{language}/operators/mappings", tables=tables)

    def mapping(self, request: Request, language: Language, schema: str, issue: Issue | None = None) -> Response:
        """Answer with the rows of a schema's tables and what people hold of them; one of them may be chosen."""
        rows = [dict(row, number=number) for number, row in enumerate(judged_rows(self._place.database, schema))]
        asked = request.query_params
        given = form_of(request) if request.method == "POST" else {}
        query, judged = asked.get("q", "").strip().casefold()[:100], asked.get("judged") == "1"
        wanted = [
            row for row in rows
            if (row["judgements"] or not judged)
            and (not query or query in f"{row['subject']} {row['object']}".casefold())
        ]  # fmt: skip
        chosen = whole_number(given.get("row") or asked.get("row"))
        start = min(whole_number(asked.get("from")) or 0, max(0, len(wanted) - 1)) // _ROWS * _ROWS
        return show(
            request, self._secret, "mapping.html", language, f"/{language}/operators/mappings/{schema}", issue=issue,
            schema=schema, rows=wanted[start : start + _ROWS], total=len(wanted), start=start, page=_ROWS,
            query=asked.get("q", "")[:100], judged=judged, no_term=NO_TERM, verdicts=[one.value for one in Verdict],
            chosen=rows[chosen] if chosen is not None and chosen < len(rows) else None, why=given.get("why", "")[:500],
            can_judge=visitor_of(request).role in {"committee", "operator", "admin"}, predicates=sorted(PREDICATES),
        )  # fmt: skip

    def judge(self, request: Request, language: Language, schema: str) -> Response:
        """Keep what somebody holds of a row."""
        form, actor = form_of(request), visitor_of(request).actor
        try:
            verdict = Verdict(form.get("verdict", ""))
        except ValueError:
            return self.mapping(request, language, schema, Issue("verdict_missing"))
        try:
            judge(
                self._place.database, form.get("subject", ""), form.get("object", ""), verdict, actor=actor,
                why=form.get("why", "").strip()[:500], table=form.get("table", ""),
                predicate=form.get("predicate", ""),
            )  # fmt: skip
        except CodedError as error:
            return self.mapping(request, language, schema, error.issues[0])
        row = whole_number(form.get("row")) or 0
        return onward(f"/{language}/operators/mappings/{schema}?row={row}&done=judged")

    def audit(self, request: Request, language: Language) -> Response:
        """Answer with what people did, the latest first."""
        asked = request.query_params
        actor = asked.get("actor", "").strip()[:200]
        wanted = Wanted(actor=actor or None, before=whole_number(asked.get("before")))
        rows = events(self._place.database, wanted, _EVENTS + 1)
        return show(
            request, self._secret, "audit.html", language, f"/{language}/operators/audit", actor=actor,
            rows=[{**one._asdict(), "told": _brief(one.details)} for one in rows[:_EVENTS]],
            more=rows[_EVENTS - 1].number if len(rows) > _EVENTS else None,
        )  # fmt: skip


def _shown(row: dict[str, Any]) -> dict[str, str]:
    return {name: _brief(row[name]) for name in ("value", "was")}


def _brief(value: Any) -> str:
    if value is None:
        return "—"
    return value if isinstance(value, str) else orjson.dumps(value).decode()
