"""Reading the log for a dump: records as they stood at a horizon, some at a time, ready to be written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crosswalks.descriptor.serialise import load
from crosswalks.elm.writing import cross
from portal.dumps.forms import One
from portal.partners.log import PublicationLog
from portal.partners.making import not_conforming
from store.publications import LogRow, Span, contents

_BATCH = 250


def standing_rows(log: PublicationLog, span: Span) -> Iterator[list[LogRow]]:
    """Yield the rows that stand for the records of a span, tombstones included, some at a time."""
    while rows := log.standing(span, _BATCH):
        yield rows
        span = span._replace(after=rows[-1].seq)


def records(log: PublicationLog, rows: Sequence[LogRow]) -> Iterator[One]:
    """Yield the records that some rows published; tombstones have none."""
    living = [row for row in rows if not row.deleted]
    texts = contents(log.database, [row.seq for row in living])
    crossed = [(row, *cross(load(texts[row.seq]), row.published_at)[:2]) for row in living if row.seq in texts]
    wrong = not_conforming(log.database, [written for _, _, written in crossed if written.withheld is None])
    for row, released, written in crossed:
        yield One(row, released, written, written.withheld or wrong.get(id(written)))
