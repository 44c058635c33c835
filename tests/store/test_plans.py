"""Plans are written before anything changes and published whole, with one log row per real change."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from crosswalks.ledger import FieldOutcome
from harvester.workplace import Workplace
from store.plans import Proposal, confirm_unchanged, known_records, publish, write_absences, write_proposals
from store.records import current_records, find_record, published_sequence, versions
from store.runs import close_run, open_run, registry_state
from store.tables import Absence, Publication, sql

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def run_of(place: Workplace, registry: str = "r") -> int:
    run = open_run(
        place.database,
        registry=registry,
        connector="c",
        actor="me",
        address="http://a.example/",
        fingerprint="f",
    )
    close_run(place.database, run, "succeeded")
    return run


def proposal(number: int, text: str = "a", op: str = "new", **changes: Any) -> Proposal:
    values: dict[str, Any] = {
        "record_id": f"r-{number:04}", "key": f"key {number}", "iri": f"https://k.example/id/mc/r-{number:04}",
        "listing": f'{{"t":"{text}"}}', "listing_hash": f"l{text}", "payload_hash": "p", "places": "{}", "op": op,
        "retrieved_at": NOW,
        "descriptor": f'{{"title":"{text}"}}', "descriptor_hash": f"d{text}", "ledger": "{}", "issues": "[]",
        "outcomes": {FieldOutcome.MAPPED: 1},
    }  # fmt: skip
    return Proposal(**{**values, **changes})


def log(place: Workplace) -> list[tuple[int, str, int, str]]:
    table = sql(Publication)
    with place.database.reading() as connection:
        rows = connection.execute(select(table).order_by(table.c.seq)).all()
    return [(row.seq, row.record_id, row.version, row.op) for row in rows]


def test_nothing_is_public_before_it_is_published(any_place: Workplace) -> None:
    run = run_of(any_place)
    write_proposals(any_place.database, run, [proposal(1), proposal(2)])
    assert list(current_records(any_place.database)) == []
    assert known_records(any_place.database, "r") == {}
    published = publish(any_place.database, run, "r", complete=True, digest="x")
    assert (published.created, published.first_seq, published.last_seq) == (2, 1, 2)
    assert [record.record_id for record in current_records(any_place.database)] == ["r-0001", "r-0002"]


def test_one_row_per_real_change(any_place: Workplace) -> None:
    first = run_of(any_place)
    write_proposals(any_place.database, first, [proposal(number) for number in range(1, 4)])
    publish(any_place.database, first, "r", complete=True, digest="1")
    second = run_of(any_place)
    quiet = proposal(3, "c", "changed", descriptor='{"title":"a"}', descriptor_hash="da", visible=False)
    write_proposals(any_place.database, second, [proposal(2, "b", "changed"), quiet])
    published = publish(any_place.database, second, "r", complete=True, digest="2")
    assert (published.created, published.updated) == (0, 1)
    assert log(any_place)[3:] == [(4, "r-0002", 2, "update")]
    known = known_records(any_place.database, "r")
    assert known["key 2"].descriptor_hash == "db"
    assert known["key 3"].listing_hash == "lc"
    assert [row["version"] for row in versions(any_place.database, "r-0002")] == [1, 2]
    assert registry_state(any_place.database, "r") is not None
    assert published_sequence(any_place.database) == 4


def test_publishing_is_all_or_nothing(any_place: Workplace) -> None:
    first = run_of(any_place)
    write_proposals(any_place.database, first, [proposal(1)])
    publish(any_place.database, first, "r", complete=True, digest="1")
    second = run_of(any_place)
    clash = proposal(9, iri="https://k.example/id/mc/r-0001")
    write_proposals(any_place.database, second, [proposal(2), clash])
    with pytest.raises(IntegrityError):
        publish(any_place.database, second, "r", complete=True, digest="2")
    assert len(log(any_place)) == 1
    assert [record.record_id for record in current_records(any_place.database)] == ["r-0001"]
    state = registry_state(any_place.database, "r")
    assert state is not None
    assert state["published_digest"] == "1"


def test_publication_times_are_whole_seconds_and_never_go_back(any_place: Workplace) -> None:
    for number in range(1, 4):
        run = run_of(any_place)
        write_proposals(any_place.database, run, [proposal(number)])
        publish(any_place.database, run, "r", complete=True, digest=str(number))
    table = sql(Publication)
    with any_place.database.reading() as connection:
        times = connection.execute(select(table.c.published_at).order_by(table.c.seq)).scalars().all()
    assert times == sorted(times)
    assert all(time.microsecond == 0 and time.tzinfo is UTC for time in times)


def test_missing_records_are_marked_counted_and_come_back(any_place: Workplace) -> None:
    first = run_of(any_place)
    write_proposals(any_place.database, first, [proposal(1), proposal(2)])
    publish(any_place.database, first, "r", complete=True, digest="1")
    for expected in (1, 2):
        run = run_of(any_place)
        write_absences(any_place.database, run, [("r-0002", "key 2")] if expected == 1 else [], [])
        published = publish(any_place.database, run, "r", complete=True, digest="2")
        assert [record for record, _ in published.missing] == ["r-0002"]
        with any_place.database.reading() as connection:
            assert connection.execute(select(sql(Absence).c.complete_runs)).scalar_one() == expected
    assert len(list(current_records(any_place.database))) == 2
    run = run_of(any_place)
    write_absences(any_place.database, run, [], [("r-0002", "key 2")])
    published = publish(any_place.database, run, "r", complete=True, digest="3")
    assert (published.returned, published.missing, published.last_seq) == (1, [], None)


def test_an_incomplete_run_judges_nobody_missing(any_place: Workplace) -> None:
    first = run_of(any_place)
    write_proposals(any_place.database, first, [proposal(1)])
    publish(any_place.database, first, "r", complete=True, digest="1")
    run = run_of(any_place)
    published = publish(any_place.database, run, "r", complete=False, digest=None)
    assert (published.gone, published.missing) == (0, [])
    state = registry_state(any_place.database, "r")
    assert state is not None
    assert (state["last_complete_run"], state["published_digest"]) == (first, None)
    confirm_unchanged(any_place.database, run, "r")


def test_a_record_is_found_by_its_id_identifier_or_beginning(any_place: Workplace) -> None:
    run = run_of(any_place)
    write_proposals(any_place.database, run, [proposal(1), proposal(12)])
    publish(any_place.database, run, "r", complete=True, digest="1")
    for name in ("r-0001", "https://k.example/id/mc/r-0001", "r-0001"):
        assert find_record(any_place.database, name)["id"] == "r-0001"
    assert find_record(any_place.database, "r-0012")["key"] == "key 12"
