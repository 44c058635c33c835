"""Judgements on mappings that people of this deployment made: added and read, never changed."""

from __future__ import annotations

from sqlalchemy import insert, select

from crosswalks.judgements import Judgement, RowName, Verdict
from store.clock import now
from store.database import Database
from store.tables import MappingJudgement, sql

_JUDGEMENT = sql(MappingJudgement)


def keep_judgement(database: Database, row: RowName, verdict: Verdict, *, actor: str, why: str) -> Judgement:
    """Keep a judgement and return it."""
    moment = now()
    values = {
        "mapping_table": row.table, "subject": row.subject, "predicate": row.predicate, "object": row.object,
        "verdict": verdict.value, "actor": actor, "at": moment, "reason": why,
    }  # fmt: skip
    with database.writing() as connection:
        connection.execute(insert(_JUDGEMENT).values(values))
    return Judgement(*row, verdict=verdict, actor=actor, at=moment.isoformat(), why=why)


def judgements_on(database: Database, schema: str) -> list[Judgement]:
    """Return every judgement on the tables of a schema, oldest first."""
    of_schema = _JUDGEMENT.c.mapping_table.startswith(f"{schema}/", autoescape=True)
    statement = select(_JUDGEMENT).where(of_schema).order_by(_JUDGEMENT.c.id)
    with database.reading() as connection:
        rows = connection.execute(statement).all()
    return [
        Judgement(
            table=row.mapping_table, subject=row.subject, predicate=row.predicate, object=row.object,
            verdict=Verdict(row.verdict), actor=row.actor, at=row.at.isoformat(), why=row.reason,
        )
        for row in rows
    ]  # fmt: skip
