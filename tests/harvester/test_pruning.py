"""Pruning lets go of what nothing needs, and never of what a live record rests on."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from config.messages import CodedError
from harvester.keeping.pruning import plan_pruning, prune
from harvester.keeping.verifying import verify
from harvester.workplace import Workplace
from store import retention
from store.clock import now
from store.queue import queue_run
from store.retention import live_payloads
from store.runs import run
from store.tables import Payload, Run, sql
from tests.cli.calling import Caller
from tests.harvester.scripted import script
from tests.harvester.situations import HarvestScript, kept, rows


def quietly(name: str, done: int) -> None:
    pass


@pytest.fixture
def aged(harvest_files: HarvestScript, place: Workplace) -> Workplace:
    """A home of six runs, all old. A is as it was in the first run, B changes each time, C stands beside no listing."""
    for number in range(6):
        harvest_files(script(["A"]), script([{"title": "B", "programme": f"P{number}"}]), script(stated=None, n=number))
    with place.database.writing() as connection:
        connection.execute(update(sql(Payload)).values(stored_at=now() - timedelta(days=1000)))
    return place


def reasons(place: Workplace, *, days: int = 400, runs: int = 2) -> dict[str, int]:
    plan = plan_pruning(place, days, runs)
    return {name: size.count for name, size in plan.kept.items() if size.count} | {"gone": plan.gone.count}


def test_what_stays_stays_for_a_reason_and_the_rest_goes(aged: Workplace) -> None:
    assert len(rows(aged, "payload")) == 13
    assert reasons(aged) == {"live_version": 2, "open_run": 1, "last_runs": 2, "gone": 8}
    assert reasons(aged, runs=1) == {"live_version": 2, "open_run": 1, "gone": 10}
    assert reasons(aged, days=2000)["recent"] == 8
    before = kept(aged)
    plan = plan_pruning(aged, 400, 2)
    assert kept(aged) == before, "a plan changes nothing"
    prune(aged, "A", plan)
    assert len(kept(aged)) == len(rows(aged, "payload")) == 5
    assert {row["hash"] for row in rows(aged, "pruned_payload")} == {row["hash"] for row in plan.rows}
    assert live_payloads(aged.database).keys() <= {row["hash"] for row in rows(aged, "payload")}
    assert verify(aged, quietly)[1] == []
    assert reasons(aged)["gone"] == 0


def test_what_was_let_go_is_kept_anew_when_it_comes_back_and_the_next_run_goes_as_ever(
    aged: Workplace, harvest_files: HarvestScript
) -> None:
    prune(aged, "A", plan_pruning(aged, 400, 1))
    again = harvest_files(script(["A"]), script([{"title": "B", "programme": "P0"}]), script(stated=None, n=0))
    assert again.succeeded
    assert (again.published.created, again.published.updated) == (0, 1)
    assert verify(aged, quietly)[1] == []
    assert reasons(aged, runs=1)["gone"] == 2, "those of the run before"


def test_registries_whose_listings_are_joined_keep_every_answer_of_the_runs_they_come_from(
    harvest_files: HarvestScript, place: Workplace
) -> None:
    for number in range(3):
        look = {"R": "P"}
        harvest_files(script([{"title": "A", "reference": "R"}]), script(lookups=look, n=number), connector="joined")
    with place.database.writing() as connection:
        connection.execute(update(sql(Payload)).values(stored_at=now() - timedelta(days=1000)))
    assert reasons(place, runs=1) == {"live_version": 1, "joined_version": 1, "open_run": 1, "gone": 1}


def test_held_waiting_and_running_runs_keep_theirs_and_nothing_goes_while_one_runs(
    aged: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with aged.database.writing() as connection:
        connection.execute(update(sql(Run)).where(sql(Run).c.id == 2).values(state="held"))
    assert reasons(aged)["open_run"] == 3, "two of the held run, one of the last"
    waiting = queue_run(aged.database, run(aged.database, 1)["registry_id"], "plain", "A")
    with aged.database.writing() as connection:
        connection.execute(update(sql(Run)).where(sql(Run).c.id == waiting).values(state="running"))
    before = kept(aged)
    with pytest.raises(CodedError) as told:
        prune(aged, "A", plan_pruning(aged, 400, 2))
    assert told.value.issues[0].code == "runs_under_way"
    assert kept(aged) == before
    assert rows(aged, "pruned_payload") == []


def test_files_that_a_crash_left_over_go_the_next_time(aged: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*args: object) -> int:
        raise KeyboardInterrupt

    plan = plan_pruning(aged, 400, 2)
    with monkeypatch.context() as dying:
        dying.setattr("harvester.keeping.pruning.remove_files", killed)
        with pytest.raises(KeyboardInterrupt):
            prune(aged, "A", plan)
    assert len(kept(aged)) == 13
    assert verify(aged, quietly)[1] == []
    young, old = aged.payloads.folder / "tmpyoung", aged.payloads.folder / "ab" / "tmpold"
    for path in (young, old):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 2 * 86_400,) * 2)
    again = plan_pruning(aged, 400, 2)
    assert (again.gone.count, again.leftover.count) == (0, 9)
    prune(aged, "A", again)
    assert len(kept(aged)) == 6
    assert young.exists()


def test_the_command_shows_first_and_says_who_did_it(aged: Workplace, tmp_path: Path) -> None:
    call = Caller(aged.settings.home, tmp_path)
    shown = call("prune", "--dry-run", "--json", "--runs", "2").document
    assert (shown["dry_run"], shown["gone"]["count"]) == (True, 8)
    assert "片付ける予定" in call("prune", "--dry-run", "--lang", "ja").text
    done = call("prune", "--runs", "2", "--as", "委員", "--json").document
    assert done["gone"] == shown["gone"]
    (event,) = [row for row in rows(aged, "audit_event") if row["action"] == "prune"]
    assert (event["actor"], event["details"]["gone"]["count"]) == ("委員", 8)
    assert call("prune", "--runs", "2", "--json").document["gone"]["count"] == 0


def test_rows_and_files_go_on_postgresql_too(any_place: Workplace) -> None:
    digest = any_place.payloads.write(b"contoh")
    any_place.payloads.note([{"hash": digest, "size": 6, "media_type": "text/plain"}])
    with any_place.database.writing() as connection:
        connection.execute(update(sql(Payload)).values(stored_at=now() - timedelta(days=1000)))
    assert retention.payload_rows(any_place.database)[0]["packed_hash"] == any_place.payloads.packed_hash(digest)
    prune(any_place, "A", plan_pruning(any_place, 400, 2))
    assert kept(any_place) == {}
    assert retention.pruned_payloads(any_place.database) == {digest}
