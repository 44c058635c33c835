"""The pace of hosts, shared by every run: when each was asked last, and who is being answered by it.

Two registries may live on one host, and their runs in processes that know nothing of each other. So each request takes
its turn here when it is about to be sent, never ahead: as late after the one before as the slower of both runs wishes,
only while the host answers no more requests than a run may have under way, and in the order in which they came. A turn
taken ahead would be a promise that a busy machine breaks. Time is the database's where it has a clock of its own.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, text, true, update
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
    """A request that a host is answering (`sent`), or that waits for its turn.

    It counts until its end, and only while its run runs; one that waits, until a little after it is to ask again.
    """

    __tablename__ = "host_connection"

    id: int | None = Field(default=None, primary_key=True)
    host: str = Field(index=True)
    run_id: int | None = Field(default=None, foreign_key="run.id")
    until: datetime = Field(sa_type=UTCDateTime)
    sent: bool = Field(default=True, sa_column_kwargs={"server_default": true()})


class Wish(NamedTuple):
    """What a run wants of a host: seconds between requests, requests at once, and the longest that one may take."""

    host: str
    delay: float
    most: int
    longest: float


class Turn(NamedTuple):
    """A request's place: the connection to give back at its end, and the seconds to ask again after; 0 to send now."""

    connection: int
    wait: float


_PACE = sql(HostPace)
_CONNECTION = sql(HostConnection)
_RUN = sql(Run)
_UNCONFIRMED = text("SET LOCAL synchronous_commit = off")
"""A turn need not outlive the database, and a slow disk must not stand between taking it and sending."""
_LOOK_AGAIN = 0.25
_LATE = 5.0
"""Seconds by which one that waits may ask again late before its place is lost."""
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def take_turn(database: Database, wish: Wish, run_id: int | None = None, place: int | None = None) -> Turn:
    """Take a host's turn for a request that is sent at once, or a place among those that wait.

    `run_id` is the run that asks, `place` the connection it waits with. A request of no run counts until its time is
    over. What lies ahead of now was written by a clock that ran wrong, and counts as now.
    """
    with database.writing() as connection:
        if not database.is_sqlite:
            connection.execute(_UNCONFIRMED)
        dialect = sqlite if database.is_sqlite else postgresql
        fresh = dialect.insert(_PACE).values(host=wish.host, last_at=_LONG_AGO, pause=0.0)
        connection.execute(fresh.on_conflict_do_nothing())
        row = connection.execute(select(_PACE).where(_PACE.c.host == wish.host).with_for_update()).one()
        moment = _moment(database, connection)
        connection.execute(delete(_CONNECTION).where(_CONNECTION.c.host == wish.host, _CONNECTION.c.until < moment))
        ours = _placed(connection, wish.host, run_id, place, moment)
        others = _others(connection, wish.host, ours)
        before = sum(not sent and number < ours for number, sent in others)
        pause = max(row.pause, wish.delay)
        since = (moment - min(row.last_at, moment)).total_seconds()
        wait = max(pause - since, 0.0) + pause * before
        if not wait and sum(sent for _, sent in others) >= wish.most:
            wait = _LOOK_AGAIN
        if sends := not wait:
            connection.execute(update(_PACE).where(_PACE.c.host == wish.host).values(last_at=moment, pause=wish.delay))
        until = moment + timedelta(seconds=wish.longest if sends else wait + _LATE)
        connection.execute(update(_CONNECTION).where(_CONNECTION.c.id == ours).values(sent=sends, until=until))
        return Turn(ours, wait)


def _placed(connection: Connection, host: str, run_id: int | None, place: int | None, moment: datetime) -> int:
    """Return the place a request waits with, a new one at the end where it has none any more."""
    held = select(_CONNECTION.c.id).where(_CONNECTION.c.id == place, _CONNECTION.c.host == host, ~_CONNECTION.c.sent)
    if place is not None and connection.execute(held).scalar() is not None:
        return place
    made = insert(_CONNECTION).values(host=host, run_id=run_id, until=moment, sent=False).returning(_CONNECTION.c.id)
    return int(connection.execute(made).scalar_one())


def _others(connection: Connection, host: str, ours: int) -> list[tuple[int, bool]]:
    """Return the other requests at a host that count: the number of each, and whether it was sent."""
    running = select(_RUN.c.id).where(_RUN.c.state == "running")
    counted = _CONNECTION.c.run_id.is_(None) | _CONNECTION.c.run_id.in_(running)
    there = select(_CONNECTION.c.id, _CONNECTION.c.sent)
    there = there.where(_CONNECTION.c.host == host, _CONNECTION.c.id != ours, counted)
    return [(number, sent) for number, sent in connection.execute(there).all()]


def give_back(database: Database, connection_id: int) -> None:
    """Note that a request was answered, or given up, also while it waited."""
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
