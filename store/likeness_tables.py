"""The table of judgements on look-alikes. It only grows; the database refuses anything else."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from store.tables import Table, UTCDateTime, one_of

VERDICTS = ("same", "not_same", "open")


class LikenessJudgement(Table, table=True):
    """What a person holds of two records that look alike. `first` sorts before `second`; the last row of a pair stands.

    `open` takes an earlier judgement back.
    """

    __tablename__ = "likeness_judgement"
    __table_args__ = (
        one_of("verdict", VERDICTS),
        Index("ix_likeness_judgement_first", "first"),
        Index("ix_likeness_judgement_second", "second"),
    )

    id: int | None = Field(default=None, primary_key=True)
    first: str = Field(foreign_key="record.id")
    second: str = Field(foreign_key="record.id")
    verdict: str
    actor: str
    at: datetime = Field(sa_type=UTCDateTime)
    reason: str
