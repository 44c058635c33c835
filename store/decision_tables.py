"""The tables of decisions, agreements, marks and proofs. All of them only grow; the database refuses anything else.

What a step or a mark says is kept as canonical JSON, written from its own model and read back through it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlmodel import Field

from store.tables import Table, UTCDateTime, one_of

TRACKS = ("home", "foreign")
GUARDED = ("decision", "decision_step", "dossier", "dossier_mark", "agreement", "proof_key", "proof")
"""Tables whose rows are never changed or removed."""


class Decision(Table, table=True):
    """The head of a decision: which question about which record. Where it stands follows from its steps."""

    __table_args__ = (one_of("track", TRACKS), Index("ix_decision_record_id", "record_id"))

    id: int | None = Field(default=None, primary_key=True)
    track: str
    record_id: str = Field(foreign_key="record.id")
    content: str = Field(sa_type=Text)
    supersedes: int | None = Field(default=None, foreign_key="decision.id")


class DecisionStep(Table, table=True):
    """One step of a decision."""

    __tablename__ = "decision_step"

    decision_id: int = Field(sa_column=Column(Integer, ForeignKey("decision.id"), primary_key=True))
    number: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    act: str
    actor: str
    at: datetime = Field(sa_type=UTCDateTime)
    content: str = Field(sa_type=Text)


class KeptDossier(Table, table=True):
    """A recognition question on one version of one record, kept so that marks can be set on its evidence."""

    __tablename__ = "dossier"
    __table_args__ = (Index("ix_dossier_record_id", "record_id"),)

    key: str = Field(primary_key=True)
    record_id: str = Field(foreign_key="record.id")
    version: int
    seq: int
    content_hash: str
    question: str = Field(sa_type=Text)
    actor: str
    at: datetime = Field(sa_type=UTCDateTime)


class DossierMark(Table, table=True):
    """What a named person holds of a row of a dossier; without a grade the mark is taken back. The last one stands."""

    __tablename__ = "dossier_mark"
    __table_args__ = (Index("ix_dossier_mark_dossier_key", "dossier_key"),)

    id: int | None = Field(default=None, primary_key=True)
    dossier_key: str = Field(foreign_key="dossier.key")
    view: str
    row: str
    grade: str | None = None
    material: bool | None = None
    actor: str
    at: datetime = Field(sa_type=UTCDateTime)
    reason: str


class AgreementRow(Table, table=True):
    """An agreement between registries, or with `ends` the end of an earlier row."""

    __tablename__ = "agreement"

    id: int | None = Field(default=None, primary_key=True)
    content: str = Field(sa_type=Text)
    ends: int | None = Field(default=None, foreign_key="agreement.id")
    actor: str
    at: datetime = Field(sa_type=UTCDateTime)
    reason: str


class ProofKey(Table, table=True):
    """The public half of a key that proofs are or were signed with; served for as long as there is a database."""

    __tablename__ = "proof_key"

    kid: str = Field(primary_key=True)
    algorithm: str
    public: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    at: datetime = Field(sa_type=UTCDateTime)


class Proof(Table, table=True):
    """A proof as it was signed, and the bytes of the record it is about."""

    __table_args__ = (UniqueConstraint("decision_id", "step", "kid"),)

    id: str = Field(primary_key=True)
    decision_id: int = Field(foreign_key="decision.id")
    step: int
    kid: str = Field(foreign_key="proof_key.kid")
    document: str = Field(sa_type=Text)
    record: str = Field(sa_type=Text)
    actor: str
    at: datetime = Field(sa_type=UTCDateTime)
