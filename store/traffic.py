"""What was asked of whom and when, summed from the frontiers of all runs by registry and host.

Counted is what was sent: each attempt at a request, not what a run took over from another one, read from a folder or
was kept from sending. Requests for robots.txt and steps of redirects have no row of their own.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select

from store.database import Database
from store.tables import Fetch, Payload, Run, sql

_FETCH = sql(Fetch)
_RUN = sql(Run)
_PAYLOAD = sql(Payload)
_BATCH = 2000


@dataclass(slots=True)
class Traffic:
    """What one registry's runs asked of one host.

    `states` counts requests by how they ended, `requests` all attempts. `size` is in bytes, as the server said or else
    as the answer was kept; `unsized` counts answers for which nobody knows. `hours` counts attempts by hour, in UTC.
    """

    registry: str
    host: str
    requests: int = 0
    states: Counter[str] = field(default_factory=Counter)
    size: int = 0
    unsized: int = 0
    runs: set[int] = field(default_factory=set)
    first: datetime | None = None
    last: datetime | None = None
    hours: Counter[datetime] = field(default_factory=Counter)

    @property
    def busiest(self) -> tuple[datetime, int] | None:
        """The hour with the most attempts, the earliest of several, and their number."""
        if not self.hours:
            return None
        return min(self.hours.items(), key=lambda hour: (-hour[1], hour[0]))

    def add(self, row: Any) -> None:
        """Take in a request that has ended."""
        self.states[row.state] += 1
        self.runs.add(row.run_id)
        self.requests += row.tries
        if not row.tries:
            return
        moment: datetime = row.fetched_at
        self.first = moment if self.first is None else min(self.first, moment)
        self.last = moment if self.last is None else max(self.last, moment)
        self.hours[moment.replace(minute=0, second=0, microsecond=0)] += row.tries
        if row.state == "ok":
            self._weigh(row)

    def _weigh(self, row: Any) -> None:
        told = str(row.headers.get("Content-Length", ""))
        if told.isascii() and told.isdigit():
            self.size += int(told)
        elif row.size is not None:
            self.size += row.size
        else:
            self.unsized += 1


def traffic(database: Database, since: datetime, registry: str | None = None) -> list[Traffic]:
    """Return what was asked since a moment, by registry and host."""
    ended = (_FETCH.c.fetched_at >= since) & ((_FETCH.c.tries > 0) | (_FETCH.c.state == "refused"))
    columns = (
        _RUN.c.registry_id, _FETCH.c.run_id, _FETCH.c.url, _FETCH.c.state, _FETCH.c.tries, _FETCH.c.fetched_at,
        _FETCH.c.headers, _PAYLOAD.c.size,
    )  # fmt: skip
    statement = (
        select(*columns)
        .join(_RUN, _RUN.c.id == _FETCH.c.run_id)
        .outerjoin(_PAYLOAD, _PAYLOAD.c.hash == _FETCH.c.payload_hash)
        .where(ended, *([_RUN.c.registry_id == registry] if registry else []))
    )
    found: dict[tuple[str, str], Traffic] = {}
    with database.reading() as connection:
        for row in connection.execution_options(yield_per=_BATCH).execute(statement):
            if host := urlsplit(row.url).netloc.rpartition("@")[2]:
                key = row.registry_id, host
                found.setdefault(key, Traffic(*key)).add(row)
    return [found[key] for key in sorted(found)]
