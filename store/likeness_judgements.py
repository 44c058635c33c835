"""Judgements on look-alikes: added with who and why, never changed; the last one of a pair stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, insert, or_, select

from store.audit import append_event
from store.clock import now
from store.database import Database
from store.likeness_tables import LikenessJudgement
from store.tables import sql

_JUDGEMENT = sql(LikenessJudgement)
OPEN = "open"


class Judged(NamedTuple):
    """What a person holds of two records: the same credential, not the same, or (`open`) nothing any more."""

    first: str
    second: str
    verdict: str
    actor: str
    at: datetime
    reason: str

    def other(self, record_id: str) -> str:
        """Return the record of the pair that is not this one."""
        return self.second if record_id == self.first else self.first


def keep_likeness(database: Database, one: str, other: str, verdict: str, *, actor: str, reason: str) -> Judged:
    """Keep a judgement on two records, with an event of the audit log, and return it."""
    first, second = sorted((one, other))
    moment = now()
    kept = Judged(first, second, verdict, actor, moment, reason)
    with database.writing() as connection:
        connection.execute(insert(_JUDGEMENT).values(kept._asdict()))
        told = {"other": second, "verdict": verdict, "reason": reason}
        append_event(connection, actor, "likeness.judge", first, told, moment)
    return kept


def likeness_judged(database: Database, record_id: str) -> list[Judged]:
    """Return every judgement on pairs with a record, oldest first."""
    return _fetch(database, _rows().where(or_(_JUDGEMENT.c.first == record_id, _JUDGEMENT.c.second == record_id)))


def likeness_standing(database: Database) -> dict[tuple[str, str], Judged]:
    """Return the judgement that stands for each pair, without those taken back."""
    last = {(one.first, one.second): one for one in _fetch(database, _rows())}
    return {pair: one for pair, one in last.items() if one.verdict != OPEN}


def _rows() -> Select[Any]:
    columns = [_JUDGEMENT.c[name] for name in Judged._fields]
    return select(*columns).order_by(_JUDGEMENT.c.id)


def _fetch(database: Database, statement: Select[Any]) -> list[Judged]:
    with database.reading() as connection:
        return [Judged(*row) for row in connection.execute(statement)]
