"""The audit log: chained, guarded by the database, never forked, and told apart from one that somebody touched."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from harvester.workplace import Workplace
from store.audit import START, Wanted, append_event, audit, events, hash_of, head, verify
from store.database import Database
from store.schema import alembic_config, migrate


def fill(database: Database, number: int = 6) -> None:
    for index in range(number):
        audit(database, f"委員 {index}", "judge", f"row {index}", {"why": "理由", "n": index, "x": 1.5})


def run(database: Database, *statements: str) -> None:
    with database.writing() as connection:
        for statement in statements:
            connection.execute(text(statement))


def unguarded(database: Database) -> None:
    """Take the guards off, as somebody could who owns the database."""
    if database.is_sqlite:
        run(database, "DROP TRIGGER audit_event_no_update", "DROP TRIGGER audit_event_no_delete")
    else:
        run(database, "ALTER TABLE audit_event DISABLE TRIGGER ALL")


def test_every_event_follows_the_one_before_it(any_place: Workplace) -> None:
    database = any_place.database
    fill(database)
    told = list(reversed(events(database)))
    assert told[0].previous == START
    assert [event.previous for event in told[1:]] == [event.hash for event in told[:-1]]
    for event in told:
        assert event.hash == hash_of(event.previous, event.at, event.actor, event.action, event.subject, event.details)
    found = verify(database)
    assert (found.sound, found.events, found.head) == (True, 6, told[-1].hash)
    assert head(database) == (6, told[-1].hash)


def test_the_hash_is_what_another_program_makes_of_it() -> None:
    at = datetime(2026, 4, 1, 9, 0, 0, 5, tzinfo=UTC)
    told = hash_of(START, at, "A", "publish", "run 1", {"why": "理由"})
    assert told == "51781397f671b8e932e11eec23730a7c690877fbcb029f201eb6fd84c053c318"


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET actor = 'X'", "DELETE FROM audit_event WHERE id = 2"])
def test_the_database_refuses_changes(any_place: Workplace, statement: str) -> None:
    fill(any_place.database)
    with pytest.raises(DBAPIError, match="append-only"):
        run(any_place.database, statement)
    assert verify(any_place.database).sound


def test_rows_cannot_be_put_in_the_place_of_others(any_place: Workplace) -> None:
    database = any_place.database
    fill(database)
    words = "(id, at, actor, action, subject, details, previous, hash)"
    row = "(2, '2026-04-01', 'X', 'a', 's', '{}', 'p', 'h')"
    statement = "TRUNCATE audit_event"
    if database.is_sqlite:
        statement = f"INSERT OR REPLACE INTO audit_event {words} VALUES {row}"  # noqa: S608
    with pytest.raises(DBAPIError):
        run(database, statement)
    assert verify(database).events == 6


@pytest.mark.parametrize(
    ("statement", "fault", "bad"),
    [
        ("UPDATE audit_event SET actor = 'X' WHERE id = 3", "altered", 3),
        ("UPDATE audit_event SET details = '{}' WHERE id = 1", "altered", 1),
        ("UPDATE audit_event SET at = '2020-01-01' WHERE id = 6", "altered", 6),
        ("DELETE FROM audit_event WHERE id = 3", "broken", 4),
        ("DELETE FROM audit_event WHERE id = 1", "broken", 2),
        ("UPDATE audit_event SET id = CASE id WHEN 4 THEN 50 WHEN 5 THEN 4 END WHERE id IN (4, 5)", "broken", 4),
    ],
)
def test_what_somebody_touched_is_found(any_place: Workplace, statement: str, fault: str, bad: int) -> None:
    database = any_place.database
    fill(database)
    unguarded(database)
    assert verify(database) == verify(database)._replace(fault=None, unguarded=True)
    run(database, statement)
    found = verify(database)
    assert (found.fault, found.bad, found.sound) == (fault, bad, False)


def test_an_event_written_anew_with_its_hash_breaks_the_next_one(any_place: Workplace) -> None:
    database = any_place.database
    fill(database)
    unguarded(database)
    third = events(database)[3]
    forged = hash_of(third.previous, third.at, "X", third.action, third.subject, third.details)
    run(database, f"UPDATE audit_event SET actor = 'X', hash = '{forged}' WHERE id = 3")  # noqa: S608
    assert (verify(database).fault, verify(database).bad) == ("broken", 4)


def test_a_log_that_was_cut_off_is_found_by_its_noted_head(any_place: Workplace) -> None:
    database = any_place.database
    fill(database)
    noted = head(database)[1]
    fill(database, 2)
    assert verify(database, noted).sound
    assert verify(database, START).sound
    unguarded(database)
    run(database, "DELETE FROM audit_event WHERE id >= 6")
    assert verify(database).fault is None
    assert verify(database, noted).fault == "head_missing"


def test_events_are_found_by_who_what_and_when(any_place: Workplace) -> None:
    database = any_place.database
    fill(database)
    audit(database, "A", "decision approve", "decision 12", {})
    (one,) = events(database, Wanted(action="decision"))
    assert one.subject == "decision 12"
    assert [event.number for event in events(database, Wanted(actor="委員 2"))] == [3]
    assert events(database, Wanted(subject="100%")) == []
    assert len(events(database, Wanted(since=one.at))) == 1
    assert len(events(database, Wanted(until=one.at))) == 6
    assert [event.number for event in events(database, Wanted(before=3))] == [2, 1]
    assert len(events(database, limit=2)) == 2


def test_a_long_log_is_followed_page_by_page(any_place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.audit._PAGE", 4)
    for number in (4, 5):
        fill(any_place.database, number)
    assert (verify(any_place.database).sound, verify(any_place.database).events) == (True, 9)


def test_many_threads_make_one_chain(any_place: Workplace) -> None:
    def write(thread: int) -> None:
        for index in range(8):
            audit(any_place.database, f"writer {thread}", "act", f"thing {index}")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))
    found = verify(any_place.database)
    assert (found.sound, found.events) == (True, 48)


def _write(address: str, writer: int) -> None:
    database = Database(address)
    for index in range(10):
        audit(database, f"process {writer}", "act", f"thing {index}")
    database.close()


@pytest.mark.slow
def test_many_processes_make_one_chain(any_place: Workplace) -> None:
    spawned = multiprocessing.get_context("spawn")
    writers = [spawned.Process(target=_write, args=(any_place.settings.database, one)) for one in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    found = verify(any_place.database)
    assert (found.sound, found.events) == (True, 30)


def test_what_is_rolled_back_leaves_no_gap(any_place: Workplace) -> None:
    database = any_place.database
    fill(database, 2)

    def fail() -> None:
        with database.writing() as connection:
            append_event(connection, "A", "act", "s", {})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    fill(database, 2)
    assert (verify(database).sound, verify(database).events) == (True, 4)


def test_rows_from_before_the_chain_are_chained(any_place: Workplace) -> None:
    database = any_place.database
    config = alembic_config(database)

    def go(way: Callable[..., None], target: str) -> None:
        with database.engine.connect() as connection:
            config.attributes["connection"] = connection
            way(config, target)
            connection.commit()

    go(command.downgrade, "0009")
    words = "INSERT INTO audit_event (at, actor, action, subject, details) VALUES "
    rows = [f"('2026-04-0{day} 09:00:00.12345', '委員', 'act', 's{day}', '{{\"why\": \"理由\"}}')" for day in (1, 2, 3)]
    run(database, *(words + row for row in rows))
    migrate(database)
    assert (verify(database).sound, verify(database).events) == (True, 3)
    audit(database, "A", "act", "s", {})
    assert (verify(database).sound, verify(database).events) == (True, 4)
