"""The pace of hosts, shared by every run: when each was asked last, and who is being answered by it.

Two registries may live on one host, and their runs in processes that know nothing of each other. So each request takes
its turn here when it is about to be sent, never ahead: as late after the one before as the slower of both runs wishes,
and only while the host answers no more requests than a run may have under way. A turn taken ahead would be a promise
that a busy machine breaks. Time is the database's where it has a clock of its own.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field

from store.clock import now
from store.database import Database
from store.tables import Run, Table, UTCDateTime, sql


class HostPace(Table, table=True):
    """When a host was asked last, and how many seconds the one who asked leaves after it."""

    __tablename__ = "host_pace"

    host: str = Field(primary_key=True)
    last_at: datetime = Field(sa_type=UTCDateTime)
    pause: float


class HostConnection(Table, table=True):
    """A request that a host is answering. It counts until its end, and only while its run runs."""

    __tablename__ = "host_connection"

    id: int | None = Field(default=None, primary_key=True)
    host: str = Field(index=True)
    run_id: int | None = Field(default=None, foreign_key="run.id")
    until: datetime = Field(sa_type=UTCDateTime)


class Wish(NamedTuple):
    """What a run wants of a host: seconds between requests, requests at once, and the longest that one may take."""

    host: str
    delay: float
    most: int
    longest: float


class Turn(NamedTuple):
    """Whether a host may be asked: the connection to give back when it may, else the seconds to ask again after."""

    connection: int | None
    wait: float = 0.0


_PACE = sql(HostPace)
_CONNECTION = sql(HostConnection)
_RUN = sql(Run)
_UNCONFIRMED = text("SET LOCAL synchronous_commit = off")
"""A turn need not outlive the database, and a slow disk must not stand between taking it and sending."""
_LOOK_AGAIN = 0.25
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def take_turn(database: Database, wish: Wish, run_id: int | None = None) -> Turn:
    """Take a host's turn for a request that is sent at once, or tell when to ask again.

    `run_id` is the run that asks; a request of no run counts until its time is over. What lies ahead of now was written
    by a clock that ran wrong, and counts as now.
    """
    with database.writing() as connection:
        if not database.is_sqlite:
            connection.execute(_UNCONFIRMED)
        dialect = sqlite if database.is_sqlite else postgresql
        fresh = dialect.insert(_PACE).values(host=wish.host, last_at=_LONG_AGO, pause=0.0)
        connection.execute(fresh.on_conflict_do_nothing())
        row = connection.execute(select(_PACE).where(_PACE.c.host == wish.host).with_for_update()).one()
        moment = _moment(database, connection)
        allowed = min(row.last_at, moment) + timedelta(seconds=max(row.pause, wish.delay))
        if allowed > moment:
            return Turn(None, (allowed - moment).total_seconds())
        here = _CONNECTION.c.host == wish.host
        connection.execute(delete(_CONNECTION).where(here, _CONNECTION.c.until < moment))
        running = select(_RUN.c.id).where(_RUN.c.state == "running")
        counted = here & (_CONNECTION.c.run_id.is_(None) | _CONNECTION.c.run_id.in_(running))
        under_way = connection.execute(select(func.count()).select_from(_CONNECTION).where(counted)).scalar_one()
        if under_way >= wish.most:
            return Turn(None, _LOOK_AGAIN)
        connection.execute(update(_PACE).where(_PACE.c.host == wish.host).values(last_at=moment, pause=wish.delay))
        until = moment + timedelta(seconds=wish.longest)
        made = insert(_CONNECTION).values(host=wish.host, run_id=run_id, until=until).returning(_CONNECTION.c.id)
        return Turn(int(connection.execute(made).scalar_one()))


def give_back(database: Database, connection_id: int) -> None:
    """Note that a request was answered, or given up."""
    with database.writing() as connection:
        connection.execute(delete(_CONNECTION).where(_CONNECTION.c.id == connection_id))


def give_all_back(database: Database, run_id: int) -> None:
    """Forget what an earlier process of a run had under way."""
    with database.writing() as connection:
        connection.execute(delete(_CONNECTION).where(_CONNECTION.c.run_id == run_id))


def _moment(database: Database, connection: Connection) -> datetime:
    if database.is_sqlite:
        return now()
    moment: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return moment.astimezone(UTC)
