"""The publication log as the channels see it: what a record is at a horizon, its versions, and everything in order.

No channel asks a live table. What the log says of a record is one of three: nothing ever stood
for it, a version stands, or a tombstone does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from store.database import Database
from store.publications import (
    Activity,
    LogRow,
    Span,
    activity,
    earliest,
    history,
    latest,
    published_registries,
    record_named,
    rows_after,
    standing,
    standing_body,
    standing_count,
    standing_row,
    standing_without,
)

MERGED = "merged"
"""The reason of a tombstone whose record lives on in its successor."""
_PAGE = 1000
_MOST_NAMES = 100_000


@dataclass(frozen=True, slots=True)
class PublicationLog:
    """The log of one deployment; `base` is its public address, below which record identifiers are minted.

    Whose a name is never changes, so it is looked up once.
    """

    database: Database
    base: str
    _names: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    def horizon(self) -> int:
        """Return the number of the last row."""
        return latest(self.database)[0]

    def last_change(self) -> datetime | None:
        """Return when the last row was published."""
        return latest(self.database)[1]

    def last(self) -> LogRow | None:
        """Return the last row."""
        horizon = self.horizon()
        return next(iter(rows_after(self.database, horizon - 1, 1)), None) if horizon else None

    def begins(self) -> datetime | None:
        """Return when the first row was published."""
        return earliest(self.database)

    def record(self, name: str) -> LogRow | None:
        """Return the row that stands for a record, by its id or the last step of its identifier below our address."""
        record_id = self._named(name)
        return standing_row(self.database, record_id) if record_id else None

    def record_in(self, name: str, form: str, edition: str) -> tuple[LogRow, bytes | None] | None:
        """Return the row that stands for a record, with its body in a form if that is kept as an edition writes it."""
        record_id = self._named(name)
        return standing_body(self.database, record_id, form, edition) if record_id else None

    def _named(self, name: str) -> str | None:
        record_id = self._names.get(name)
        if record_id is None:
            record_id = record_named(self.database, (name, f"{self.base}/id/mc/{name}"))
            if record_id is not None and len(self._names) < _MOST_NAMES:
                self._names[name] = record_id
        return record_id

    def versions(self, record_id: str) -> list[LogRow]:
        """Return all rows of a record, oldest first."""
        return history(self.database, record_id)

    def rows(self, after: int = 0, until: int | None = None) -> Iterator[LogRow]:
        """Yield the rows of the log as they were written, a page at a time."""
        while page := rows_after(self.database, after, _PAGE, until):
            yield from page
            after = page[-1].seq

    def standing(self, span: Span, limit: int) -> list[LogRow]:
        """Return the next records of a span, each by the row that stood for it at the span's horizon."""
        return standing(self.database, span, limit)

    def without(self, span: Span, forms: Collection[str], edition: str, limit: int) -> list[LogRow]:
        """Return the next records of a span that are not kept in each of some forms as an edition writes them."""
        return standing_without(self.database, span, forms, edition, limit)

    def count(self, span: Span, held: tuple[str, str] | None = None) -> int:
        """Return how many records a span has, without those that a form in an edition is known to withhold."""
        return standing_count(self.database, span, held)

    def activity(self) -> dict[str, Activity]:
        """Return when records of each registry were first and last published, by registry."""
        return activity(self.database)

    def registries(self) -> list[str]:
        """Return the registries that published records are of."""
        return published_registries(self.database)


def landing(row: LogRow, base: str) -> str:
    """Return the address of a record's page."""
    return f"{base}/mc/{public_name(row, base)}"


def public_name(row: LogRow, base: str) -> str:
    """Return the last step of a record's addresses: that of its identifier if it is ours, else its id."""
    own = f"{base}/id/mc/"
    name = row.iri.removeprefix(own)
    return name if row.iri.startswith(own) and name and "/" not in name and "." not in name else row.record_id
