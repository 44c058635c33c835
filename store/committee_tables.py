"""The tables of a committee's own desk: baskets, what is watched, and translations that people reviewed.

Baskets and watches are each person's own and go with the account. Translations and what was held of them only grow.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlmodel import Field

from store.tables import Table, UTCDateTime, one_of

WATCHED = ("record", "registry", "field")
VERDICTS = ("approved", "refused", "withdrawn")


class BasketItem(Table, table=True):
    """A record that somebody has put aside to compare."""

    __tablename__ = "basket_item"

    account_id: int = Field(sa_column=Column(Integer, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True))
    record_id: str = Field(sa_column=Column(String, ForeignKey("record.id"), primary_key=True))
    added_at: datetime = Field(sa_type=UTCDateTime)


class WatchRow(Table, table=True):
    """What somebody keeps an eye on. `seen` is the last row of the publication log that they have looked at."""

    __tablename__ = "watch"
    __table_args__ = (one_of("kind", WATCHED), UniqueConstraint("account_id", "kind", "subject"))

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(sa_column_args=(ForeignKey("account.id", ondelete="CASCADE"),))
    kind: str
    subject: str
    seen: int
    seen_at: datetime = Field(sa_type=UTCDateTime)


class TranslationRow(Table, table=True):
    """A translation that somebody wrote of one text of a record; `original` is that text as it stood then."""

    __tablename__ = "translation"
    __table_args__ = (Index("ix_translation_record_id", "record_id"),)

    id: int | None = Field(default=None, primary_key=True)
    record_id: str = Field(foreign_key="record.id")
    field: str
    language: str
    original_language: str
    original: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    machine: bool = False
    actor: str
    at: datetime = Field(sa_type=UTCDateTime)
    note: str


class TranslationVerdict(Table, table=True):
    """What a second person holds of a translation; the last row stands."""

    __tablename__ = "translation_verdict"
    __table_args__ = (
        one_of("verdict", VERDICTS),
        Index("ix_translation_verdict_translation_id", "translation_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    translation_id: int = Field(foreign_key="translation.id")
    verdict: str
    actor: str
    at: datetime = Field(sa_type=UTCDateTime)
    reason: str
