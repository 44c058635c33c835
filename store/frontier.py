"""The frontier: what a run means to ask for, asks, and got. A killed run goes on from here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, select, update

from store.database import Database
from store.tables import Fetch, Run, sql

_FETCH = sql(Fetch)
_RUN = sql(Run)
DOUBTED = "answer_repeated"
"""The error of a request whose answer is that to another one."""
_RUNS_BEFORE = 5
_ENDED = ("ok", "not_modified", "refused", "failed", "filtered")


@dataclass(slots=True)
class Waiting:
    """A row of the frontier that is to be asked. `tries` counts attempts at it, this one included.

    `before` is the answer of an earlier run that "not modified" may stand for.
    """

    id: int
    key: str
    url: str
    kind: str
    request: dict[str, Any]
    tries: int
    before: Fetched | None = None


@dataclass(slots=True)
class Outcome:
    """What became of one request. Hashes are of the kept bytes and of the bytes as they came."""

    id: int
    state: str
    fetched_at: datetime
    status: int | None = None
    final_url: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    payload_hash: str | None = None
    original_hash: str | None = None
    error: str | None = None
    tries: int = 1


@dataclass(slots=True)
class Fetched:
    """A request that was answered, as the parser needs it."""

    key: str
    url: str
    kind: str
    request: dict[str, Any]
    final_url: str
    headers: dict[str, str]
    payload_hash: str
    fetched_at: datetime
    original_hash: str | None = None


class Frontier:
    """The requests of one run."""

    def __init__(self, database: Database, run_id: int) -> None:
        self._database = database
        self._run_id = run_id

    def add(self, asks: Iterable[dict[str, Any]], ended: Iterable[Outcome] = ()) -> int:
        """Add requests (`key`, `url`, `kind`, `request`) that the run does not have yet, and note outcomes.

        Both happen in one transaction, so that an answer never counts as done while what it leads to is missing.
        Returns how many requests were new.
        """
        with self._database.writing() as connection:
            return self._added(connection, asks, ended)

    def take(self, most: int, *, newest_first: bool = False) -> list[Waiting]:
        """Mark up to `most` waiting requests as asked and return them, the oldest or the newest first."""
        with self._database.reading() as connection:
            if not connection.execute(select(_FETCH.c.id).where(self._waiting).limit(1)).first():
                return []
        with self._database.writing() as connection:
            return self._taken(connection, most, newest_first=newest_first)

    def exchange(
        self, asks: Iterable[dict[str, Any]], ended: Iterable[Outcome], most: int
    ) -> tuple[int, list[Waiting]]:
        """Do as `add`, then as `take`, in one transaction; return what both return."""
        with self._database.writing() as connection:
            return self._added(connection, asks, ended), self._taken(connection, most)

    def _added(self, connection: Connection, asks: Iterable[dict[str, Any]], ended: Iterable[Outcome]) -> int:
        wanted = {ask["key"]: ask for ask in asks}
        for chunk in _chunks(list(wanted), 500):
            known = select(_FETCH.c.key).where(_FETCH.c.run_id == self._run_id, _FETCH.c.key.in_(chunk))
            for key in connection.execute(known).scalars().all():
                wanted.pop(key)
        if wanted:
            blank = {"run_id": self._run_id, "state": "waiting", "tries": 0, "headers": {}}
            connection.execute(insert(_FETCH), [{**blank, **ask} for ask in wanted.values()])
        if rows := [_row(outcome) for outcome in ended]:
            connection.execute(_OUTCOME, rows)
        return len(wanted)

    def _taken(self, connection: Connection, most: int, *, newest_first: bool = False) -> list[Waiting]:
        order = _FETCH.c.id.desc() if newest_first else _FETCH.c.id
        rows = connection.execute(_TAKEN.where(self._waiting).order_by(order).limit(most)).all()
        if rows:
            connection.execute(_ASKED, [{"row": row.id} for row in rows])
        return [Waiting(row.id, row.key, row.url, row.kind, row.request, row.tries + 1) for row in rows]

    @property
    def _waiting(self) -> ColumnElement[bool]:
        return (_FETCH.c.run_id == self._run_id) & (_FETCH.c.state == "waiting")

    def resume(self, but: Collection[int] = ()) -> None:
        """Put requests back in line that were asked and have no outcome, but for those that are under way."""
        asked = (_FETCH.c.run_id == self._run_id) & (_FETCH.c.state == "asked") & _FETCH.c.id.not_in(but)
        with self._database.writing() as connection:
            connection.execute(update(_FETCH).where(asked).values(state="waiting"))

    def counts(self) -> Counter[str]:
        """Return how many requests are in each state."""
        statement = select(_FETCH.c.state, func.count()).where(_FETCH.c.run_id == self._run_id).group_by(_FETCH.c.state)
        with self._database.reading() as connection:
            return Counter({row[0]: row[1] for row in connection.execute(statement)})

    def attempts(self) -> int:
        """Return how often the run has asked for anything."""
        statement = select(func.coalesce(func.sum(_FETCH.c.tries), 0)).where(_FETCH.c.run_id == self._run_id)
        with self._database.reading() as connection:
            return int(connection.execute(statement).scalar_one())

    def balance(self) -> tuple[int, int]:
        """Return how many requests there are, and how many have ended in one of the known ways."""
        counts = self.counts()
        return sum(counts.values()), sum(counts[state] for state in _ENDED)

    def put_back(self, row: Waiting) -> None:
        """Have a request asked once more."""
        with self._database.writing() as connection:
            again = update(_FETCH).where(_FETCH.c.id == row.id)
            connection.execute(again.values(state="waiting", tries=row.tries))

    def earlier(self, run_id: int) -> Frontier:
        """Return the frontier of another run."""
        return Frontier(self._database, run_id)

    def answered(self, keys: Iterable[str] | None = None) -> list[Fetched]:
        """Return the requests that have a kept answer, in the order they were planned; or those of them with a key."""
        kept = (_FETCH.c.run_id == self._run_id) & _FETCH.c.payload_hash.is_not(None)
        statement = select(_FETCH).where(kept, _FETCH.c.state.in_(("ok", "not_modified"))).order_by(_FETCH.c.id)
        if keys is not None:
            statement = statement.where(_FETCH.c.key.in_(list(keys)))
        with self._database.reading() as connection:
            rows = connection.execute(statement).all()
        return [
            Fetched(
                row.key,
                row.url,
                row.kind,
                row.request,
                row.final_url,
                row.headers,
                row.payload_hash,
                row.fetched_at,
                row.original_hash,
            )
            for row in rows
        ]

    def answered_before(self, keys: Collection[str]) -> dict[str, str]:
        """Return by request the hash of its latest answer in one of the few runs of the registry before this one.

        Requests that were not asked then have none, nor those whose answer was put in doubt (`doubt`).
        """
        registry = select(_RUN.c.registry_id).where(_RUN.c.id == self._run_id).scalar_subquery()
        earlier = select(_RUN.c.id).where(_RUN.c.registry_id == registry, _RUN.c.id < self._run_id)
        runs = earlier.order_by(_RUN.c.id.desc()).limit(_RUNS_BEFORE)
        found: dict[str, str | None] = {}
        for chunk in _chunks(sorted(keys), 500):
            statement = select(_FETCH.c.key, _FETCH.c.original_hash, _FETCH.c.error).where(
                _FETCH.c.run_id.in_(runs), _FETCH.c.key.in_(chunk), _FETCH.c.original_hash.is_not(None)
            )
            with self._database.reading() as connection:
                for key, digest, error in connection.execute(statement.order_by(_FETCH.c.run_id)):
                    found[key] = None if error == DOUBTED else digest
        return {key: digest for key, digest in found.items() if digest is not None}

    def doubt(self, keys: Collection[str]) -> None:
        """Note that answers are those to other requests; they do not count as answers from now on."""
        for chunk in _chunks(sorted(keys), 500):
            ours = (_FETCH.c.run_id == self._run_id) & _FETCH.c.key.in_(chunk)
            with self._database.writing() as connection:
                connection.execute(update(_FETCH).where(ours).values(state="failed", error=DOUBTED))

    def troubles(self) -> list[Any]:
        """Return the requests that were refused, failed or filtered."""
        bad = _FETCH.c.state.in_(("refused", "failed", "filtered"))
        with self._database.reading() as connection:
            statement = select(_FETCH).where(_FETCH.c.run_id == self._run_id, bad).order_by(_FETCH.c.id)
            return list(connection.execute(statement).all())


_TAKEN = select(_FETCH.c.id, _FETCH.c.key, _FETCH.c.url, _FETCH.c.kind, _FETCH.c.request, _FETCH.c.tries)
_ASKED = update(_FETCH).where(_FETCH.c.id == bindparam("row")).values({"state": "asked", "tries": _FETCH.c.tries + 1})
_OUTCOME = (
    update(_FETCH)
    .where(_FETCH.c.id == bindparam("row"))
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in (
                "state",
                "status",
                "fetched_at",
                "final_url",
                "headers",
                "payload_hash",
                "original_hash",
                "error",
                "tries",
            )
        }
    )
)


def _row(outcome: Outcome) -> dict[str, Any]:
    return {
        "row": outcome.id,
        "new_state": outcome.state,
        "new_status": outcome.status,
        "new_fetched_at": outcome.fetched_at,
        "new_final_url": outcome.final_url,
        "new_headers": outcome.headers,
        "new_payload_hash": outcome.payload_hash,
        "new_original_hash": outcome.original_hash,
        "new_error": outcome.error,
        "new_tries": outcome.tries,
    }


def _chunks(items: list[str], size: int) -> Iterable[list[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))
