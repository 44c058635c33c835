"""Retirement: after enough complete runs and days, never before; a return keeps identity, versions and history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from harvester.workplace import Workplace
from store import plans
from store.plans import confirm_unchanged, known_records, publish, retire_by_hand, write_absences, write_proposals
from store.records import current_records, find_record, versions
from store.retirement import NOT_FOUND, Patience
from tests.store.test_plans import proposal, run_of

FIRST = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)
PATIENCE = Patience(3, 14)


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.moment = FIRST

    def __call__(self) -> datetime:
        return self.moment

    def move(self, days: float) -> None:
        self.moment += timedelta(days=days)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(plans, "now", made)
    return made


def begin(place: Workplace) -> None:
    """Two records, published; the second is then missed by a complete run."""
    first = run_of(place)
    write_proposals(place.database, first, [proposal(1), proposal(2)])
    publish(place.database, first, "r", complete=True, digest="1", patience=PATIENCE)
    second = run_of(place)
    write_absences(place.database, second, [("r-0002", "key 2")], [])
    publish(place.database, second, "r", complete=True, digest="2", patience=PATIENCE)


def confirm(place: Workplace) -> list[str]:
    return confirm_unchanged(place.database, run_of(place), "r", PATIENCE).retired


def live(place: Workplace) -> list[str]:
    return [one.record_id for one in current_records(place.database)]


def test_three_runs_and_fourteen_days_are_both_needed(any_place: Workplace, clock: Clock) -> None:
    begin(any_place)
    for _ in range(4):
        assert confirm(any_place) == []
    clock.move(13.9)
    assert confirm(any_place) == []
    clock.move(0.1)
    assert confirm(any_place) == ["r-0002"]
    assert live(any_place) == ["r-0001"]
    assert confirm(any_place) == []
    log = versions(any_place.database, "r-0002")
    assert [(row["version"], row["op"], row["reason"]) for row in log] == [
        (1, "create", None),
        (2, "delete", NOT_FOUND),
    ]


def test_many_days_with_two_runs_are_not_enough(any_place: Workplace, clock: Clock) -> None:
    begin(any_place)
    clock.move(100)
    assert confirm(any_place) == []
    assert confirm(any_place) == ["r-0002"]


def test_without_patience_nothing_is_retired(any_place: Workplace, clock: Clock) -> None:
    begin(any_place)
    clock.move(100)
    for _ in range(5):
        assert confirm_unchanged(any_place.database, run_of(any_place), "r").retired == []
    assert live(any_place) == ["r-0001", "r-0002"]


def retired(place: Workplace, clock: Clock) -> None:
    begin(place)
    clock.move(20)
    confirm(place)
    assert confirm(place) == ["r-0002"]


def test_what_returns_unchanged_lives_again_with_its_history(any_place: Workplace, clock: Clock) -> None:
    retired(any_place, clock)
    assert known_records(any_place.database, "r")["key 2"].absent
    run = run_of(any_place)
    write_absences(any_place.database, run, [], [("r-0002", "key 2")])
    published = publish(any_place.database, run, "r", complete=True, digest="3", patience=PATIENCE)
    assert (published.created, published.returned) == (0, 1)
    assert live(any_place) == ["r-0001", "r-0002"]
    log = versions(any_place.database, "r-0002")
    assert [(row["version"], row["op"]) for row in log] == [(1, "create"), (2, "delete"), (3, "create")]
    assert confirm(any_place) == []


def test_what_returns_changed_lives_again_in_its_new_version(any_place: Workplace, clock: Clock) -> None:
    retired(any_place, clock)
    run = run_of(any_place)
    write_proposals(any_place.database, run, [proposal(2, "b", "changed")])
    publish(any_place.database, run, "r", complete=True, digest="3", patience=PATIENCE)
    assert find_record(any_place.database, "r-0002")["state"] == "live"
    log = versions(any_place.database, "r-0002")
    assert [(row["version"], row["op"]) for row in log] == [(1, "create"), (2, "delete"), (3, "update")]


def test_what_a_person_retired_stays_retired(any_place: Workplace, clock: Clock) -> None:
    first = run_of(any_place)
    write_proposals(any_place.database, first, [proposal(1), proposal(2)])
    publish(any_place.database, first, "r", complete=True, digest="1", patience=PATIENCE)
    retire_by_hand(any_place.database, run_of(any_place), "r-0002", "withdrawn by the provider")
    retire_by_hand(any_place.database, run_of(any_place), "r-0002", "again")
    run = run_of(any_place)
    write_proposals(any_place.database, run, [proposal(2, "b", "changed")])
    publish(any_place.database, run, "r", complete=True, digest="2", patience=PATIENCE)
    assert live(any_place) == ["r-0001"]
    log = versions(any_place.database, "r-0002")
    assert [(row["op"], row["reason"]) for row in log] == [("create", None), ("delete", "withdrawn by the provider")]
