"""What people decided about registries: accepted or refused. Rows are added, never changed; the last one stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Index, func, insert, select, update
from sqlmodel import Field

from store.audit import append_event
from store.clock import now
from store.database import Database
from store.tables import Run, Table, UTCDateTime, one_of, sql

Verdict = Literal["accepted", "refused"]


class Acceptance(Table, table=True):
    """That a person accepted or refused a registry, when and why."""

    __table_args__ = (
        one_of("verdict", ("accepted", "refused")),
        Index("ix_acceptance_registry", "registry_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    registry_id: str
    verdict: str
    actor: str
    at: datetime = Field(sa_type=UTCDateTime)
    reason: str


_ACCEPTANCE = sql(Acceptance)
_RUN = sql(Run)


def keep_verdict(database: Database, registries: Sequence[str], verdict: Verdict, *, actor: str, why: str) -> None:
    """Keep a verdict on registries, all or none. A refusal also cancels their runs that wait."""
    moment = now()
    rows = [
        {"registry_id": name, "verdict": verdict, "actor": actor, "at": moment, "reason": why} for name in registries
    ]
    with database.writing() as connection:
        connection.execute(insert(_ACCEPTANCE), rows)
        if verdict == "refused":
            waiting = _RUN.c.registry_id.in_(registries) & (_RUN.c.state == "queued")
            connection.execute(update(_RUN).where(waiting).values(state="cancelled", ended_at=moment))
        for name in registries:
            append_event(connection, actor, f"registry_{verdict}", name, {"why": why}, moment)


def standing_verdicts(database: Database) -> dict[str, dict[str, Any]]:
    """Return the verdict that stands for each registry that has one."""
    last = select(func.max(_ACCEPTANCE.c.id)).group_by(_ACCEPTANCE.c.registry_id)
    with database.reading() as connection:
        rows = connection.execute(select(_ACCEPTANCE).where(_ACCEPTANCE.c.id.in_(last)))
        return {row.registry_id: dict(row._mapping) for row in rows}  # noqa: SLF001


def verdicts_on(database: Database, registry: str) -> list[dict[str, Any]]:
    """Return every verdict on a registry, oldest first."""
    statement = select(_ACCEPTANCE).where(_ACCEPTANCE.c.registry_id == registry).order_by(_ACCEPTANCE.c.id)
    with database.reading() as connection:
        return [dict(row._mapping) for row in connection.execute(statement)]  # noqa: SLF001
