"""Judging mappings by name, and every row of a schema's tables with the judgement that stands."""

from __future__ import annotations

from typing import Any

from config.messages import CodedError
from crosswalks.contract import crosswalk_for
from crosswalks.judgements import (
    Judgement,
    RowName,
    Verdict,
    row_names,
    rows_between,
    shipped_judgements,
    standing,
    tables_with,
)
from crosswalks.mapping import PREDICATES, mapping_tables, plain_rows
from store.audit import audit
from store.database import Database
from store.judgements import judgements_on, keep_judgement


def judge(
    database: Database,
    subject: str,
    target: str,
    verdict: Verdict,
    *,
    actor: str,
    why: str,
    table: str | None = None,
    predicate: str | None = None,
) -> Judgement:
    """Keep a judgement on the row between two names.

    A row that no table has can be proposed, with its predicate, for a subject that a table knows. Raises `CodedError`
    with `reason_missing`, `mapping_unknown`, `mapping_ambiguous` or `predicate_unknown`.
    """
    if not why.strip():
        raise CodedError.of("reason_missing")
    if predicate and predicate not in PREDICATES:
        raise CodedError.of("predicate_unknown", predicate=predicate, known=", ".join(sorted(PREDICATES)))
    row = _the_row(subject, target, verdict, table, predicate)
    kept = keep_judgement(database, row, verdict, actor=actor, why=why)
    audit(database, actor, "judge mapping", f"{subject} {target}", {"table": row.table, "verdict": verdict, "why": why})
    return kept


def _the_row(subject: str, target: str, verdict: Verdict, table: str | None, predicate: str | None) -> RowName:
    rows = [
        row
        for row in rows_between(subject, target)
        if table in {None, row.table} and predicate in {None, row.predicate}
    ]
    if not rows and predicate and verdict is Verdict.PROPOSED:
        rows = [RowName(name, subject, predicate, target) for name in tables_with(subject) if table in {None, name}]
    if not rows:
        near = sorted({row.object for row in row_names() if row.subject == subject})
        raise CodedError.of("mapping_unknown", subject=subject, object=target, known=", ".join(near) or "–")
    if len(rows) > 1:
        some = ", ".join(f"{row.table} {row.predicate}" for row in rows)
        raise CodedError.of("mapping_ambiguous", subject=subject, object=target, some=some)
    return rows[0]


def judged_rows(database: Database, schema: str) -> list[dict[str, Any]]:
    """Return the rows of a schema's tables with every judgement on them, those proposed beside the tables at the end.

    Raises `CodedError` with `schema_unknown`.
    """
    crosswalk_for(schema)
    judgements = [*shipped_judgements(schema), *judgements_on(database, schema)]
    last = standing(judgements)
    rows = [
        _told(table, row, judgements, last)
        for table, path in mapping_tables().items()
        if table.partition("/")[0] == schema
        for row in plain_rows(path)
    ]
    beside = {one.row: one for one in judgements if one.row not in set(row_names(schema))}
    for name in beside:
        plain = {"subject_id": name.subject, "predicate_id": name.predicate, "object_id": name.object}
        rows.append(_told(name.table, plain, judgements, last))
    return rows


def _told(
    table: str, row: dict[str, str], judgements: list[Judgement], last: dict[RowName, Judgement]
) -> dict[str, Any]:
    name = RowName(table, row["subject_id"], row["predicate_id"], row["object_id"])
    return {
        "table": table,
        "subject": name.subject,
        "negative": row.get("predicate_modifier") == "Not",
        "predicate": name.predicate,
        "object": name.object,
        "comment": row.get("comment", ""),
        "verdict": last[name].verdict.value if name in last else None,
        "judgements": [one.as_json() for one in judgements if one.row == name],
    }
