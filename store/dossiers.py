"""Dossiers that are kept, and people's marks on their rows. Rows are added, never changed; the last mark stands."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import insert, select

from config.messages import CodedError
from store.audit import append_event
from store.clock import now
from store.database import Database
from store.decision_tables import DossierMark, KeptDossier
from store.tables import sql

_DOSSIER = sql(KeptDossier)
_MARK = sql(DossierMark)


class Kept(NamedTuple):
    """A kept dossier: what is asked (JSON) about which version, and who kept it."""

    key: str
    record_id: str
    version: int
    seq: int
    content_hash: str
    question: str
    actor: str
    at: datetime


class MarkRow(NamedTuple):
    """A mark as it was set; without a grade it takes an earlier one back."""

    id: int
    dossier_key: str
    view: str
    row: str
    grade: str | None
    material: bool | None
    actor: str
    at: datetime
    reason: str


def keep_dossier(database: Database, kept: Kept) -> bool:
    """Keep a dossier; tell whether it was not kept before."""
    with database.writing() as connection:
        if connection.execute(select(_DOSSIER.c.key).where(_DOSSIER.c.key == kept.key)).first():
            return False
        connection.execute(insert(_DOSSIER).values(kept._asdict()))
        details = {"record": kept.record_id, "version": kept.version}
        append_event(connection, kept.actor, "dossier keep", f"dossier {kept.key}", details, kept.at)
    return True


def kept_dossier(database: Database, key: str) -> Kept:
    """Return a kept dossier by its key. Raises `CodedError` with `dossier_unknown`."""
    with database.reading() as connection:
        row = connection.execute(select(_DOSSIER).where(_DOSSIER.c.key == key)).first()
    if row is None:
        raise CodedError.of("dossier_unknown", key=key)
    return Kept(*row)


def kept_dossiers(database: Database, record_id: str | None = None) -> list[Kept]:
    """Return every kept dossier, or those on a record, the latest first."""
    statement = select(_DOSSIER).order_by(_DOSSIER.c.at.desc(), _DOSSIER.c.key)
    if record_id is not None:
        statement = statement.where(_DOSSIER.c.record_id == record_id)
    with database.reading() as connection:
        return [Kept(*row) for row in connection.execute(statement)]


def add_mark(
    database: Database, key: str, view: str, row: str, grade: str | None, material: bool | None, actor: str, reason: str  # noqa: FBT001
) -> datetime:  # fmt: skip
    """Add a mark to a kept dossier and return when."""
    moment = now()
    values = {"dossier_key": key, "view": view, "row": row, "grade": grade, "material": material, "actor": actor,
              "at": moment, "reason": reason}  # fmt: skip
    with database.writing() as connection:
        connection.execute(insert(_MARK).values(values))
        details = {"view": view, "row": row, "grade": grade, "material": material, "why": reason}
        append_event(connection, actor, "dossier mark", f"dossier {key}", details, moment)
    return moment


def marks_of(database: Database, key: str) -> list[MarkRow]:
    """Return every mark ever set on a dossier, oldest first."""
    with database.reading() as connection:
        rows = connection.execute(select(_MARK).where(_MARK.c.dossier_key == key).order_by(_MARK.c.id))
        return [MarkRow(*row) for row in rows]
