"""Translations of texts of records: written by somebody, approved by somebody else. Rows are added, never changed."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import insert, select

from config.messages import CodedError
from store.audit import append_event
from store.clock import now
from store.committee_tables import TranslationRow, TranslationVerdict
from store.database import Database
from store.tables import sql

_TRANSLATION = sql(TranslationRow)
_VERDICT = sql(TranslationVerdict)


class Held(NamedTuple):
    """What somebody held of a translation."""

    verdict: str
    actor: str
    at: datetime
    reason: str


class Translation(NamedTuple):
    """A translation as it was written, with everything that was held of it, oldest first."""

    id: int
    record_id: str
    field: str
    language: str
    original_language: str
    original: str
    text: str
    machine: bool
    actor: str
    at: datetime
    note: str
    held: tuple[Held, ...] = ()

    @property
    def standing(self) -> Held | None:
        """What is held of it now; None while nobody has looked."""
        return self.held[-1] if self.held else None

    @property
    def approved(self) -> bool:
        """Whether it may lie over the original."""
        return self.standing is not None and self.standing.verdict == "approved"


class Written(NamedTuple):
    """A translation that somebody wants to have kept."""

    record_id: str
    field: str
    language: str
    original_language: str
    original: str
    text: str
    machine: bool
    note: str


def keep_translation(database: Database, written: Written, actor: str) -> int:
    """Keep a translation with an event of the audit log, and return its number."""
    moment = now()
    values = {**written._asdict(), "actor": actor, "at": moment}
    with database.writing() as connection:
        statement = insert(_TRANSLATION).values(values).returning(_TRANSLATION.c.id)
        number = int(connection.execute(statement).scalar_one())
        told = {"translation": number, "field": written.field, "language": written.language, "text": written.text}
        if written.machine:
            told["machine"] = written.note
        append_event(connection, actor, "translation add", written.record_id, told, moment)
    return number


def keep_verdict(database: Database, number: int, verdict: str, actor: str, reason: str) -> None:
    """Keep what somebody holds of a translation, with an event of the audit log."""
    one = translation(database, number)
    moment = now()
    values = {"translation_id": number, "verdict": verdict, "actor": actor, "at": moment, "reason": reason}
    with database.writing() as connection:
        connection.execute(insert(_VERDICT).values(values))
        told = {"translation": number, "field": one.field, "verdict": verdict, "why": reason}
        append_event(connection, actor, "translation judge", one.record_id, told, moment)


def translation(database: Database, number: int) -> Translation:
    """Return one translation. Raises `CodedError` with `translation_unknown`."""
    found = _read(database, _TRANSLATION.c.id == number)
    if not found:
        raise CodedError.of("translation_unknown", number=number)
    return found[0]


def translations_of(database: Database, record_id: str) -> list[Translation]:
    """Return every translation of texts of a record, oldest first."""
    return _read(database, _TRANSLATION.c.record_id == record_id)


def translations(database: Database) -> list[Translation]:
    """Return every translation there is, oldest first."""
    return _read(database, _TRANSLATION.c.id > 0)


def _read(database: Database, which: object) -> list[Translation]:
    held: dict[int, list[Held]] = {}
    with database.reading() as connection:
        rows = connection.execute(select(_TRANSLATION).where(which).order_by(_TRANSLATION.c.id)).all()  # type: ignore[arg-type]  # a condition
        numbers = [row.id for row in rows]
        for start in range(0, len(numbers), 500):
            some = _VERDICT.c.translation_id.in_(numbers[start : start + 500])
            for row in connection.execute(select(_VERDICT).where(some).order_by(_VERDICT.c.id)):
                held.setdefault(row.translation_id, []).append(Held(row.verdict, row.actor, row.at, row.reason))
    return [Translation._make((*row, tuple(held.get(row.id, ())))) for row in rows]
