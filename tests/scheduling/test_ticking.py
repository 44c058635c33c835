"""Ticks: what is due becomes one run, whoever ticks and however often; what was missed is told."""

from __future__ import annotations

import multiprocessing
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from config.messages import CodedError
from config.settings import Settings
from harvester.scheduling.ticking import change, pause, run_now, tick, views
from harvester.workplace import Workplace
from store.runs import audit_events
from store.schedules import missed_slots, schedules
from store.turns import turn
from tests.scheduling.conftest import Stage

SLOTS = 60
TOKYO = ZoneInfo("Asia/Tokyo")
DAY = timedelta(days=1)
START = datetime(2026, 6, 1, 0, 0, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO).astimezone(UTC)


def ticking(place: Workplace, name: str, barrier: Barrier) -> None:
    """A scheduler process: at each of the moments it ticks when all have come there, in the end only in its turn."""
    place.database.engine.dispose(close=False)
    mine = turn(place.database, "schedules", name)
    for number in range(SLOTS):
        barrier.wait(60)
        if number < SLOTS / 2 or mine.held():
            tick(place, START + timedelta(minutes=number, seconds=30))
    barrier.wait(60)
    mine.release()


@pytest.mark.slow
def test_three_schedulers_for_sixty_slots_give_sixty_runs(any_stage: Stage) -> None:
    change(any_stage.place, "test", "one", {"cron": "* * * * *", "time_window": None})
    for other in ("two", "three"):
        pause(any_stage.place, "test", other, paused=True)
    tick(any_stage.place, START - timedelta(seconds=30))
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(3)
    processes = [context.Process(target=ticking, args=(any_stage.place, f"s{n}", barrier)) for n in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(90)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    slots = [run["scheduled_for"] for run in any_stage.runs()]
    assert sorted(slots) == [START + timedelta(minutes=number) for number in range(SLOTS)]
    assert missed_slots(any_stage.place.database) == []


def queued(stage: Stage, moment: datetime) -> list[tuple[str, datetime]]:
    """Tick, and say which slots got a run."""
    new = tick(stage.place, moment).runs
    return [(run["registry_id"], run["scheduled_for"]) for run in stage.runs() if run["id"] in new]


def test_a_slot_gives_one_queued_run_however_often_one_ticks(any_stage: Stage) -> None:
    slot = at("2026-06-02T03:00")
    assert queued(any_stage, at("2026-06-01T12:00")) == []
    assert queued(any_stage, slot - timedelta(seconds=1)) == []
    assert queued(any_stage, slot) == [("one", slot), ("three", slot), ("two", slot)]
    assert queued(any_stage, slot) == []
    assert queued(any_stage, slot + timedelta(minutes=1)) == []
    run = any_stage.runs("one")[0]
    assert (run["state"], run["actor"], run["attempt"], run["started_at"]) == ("queued", "schedule", 0, None)


def test_ten_missed_slots_give_one_catch_up_and_the_others_are_told(any_stage: Stage) -> None:
    queued(any_stage, at("2026-06-01T12:00"))
    ticked = tick(any_stage.place, at("2026-06-11T04:00"))
    assert [run["scheduled_for"] for run in any_stage.runs("one")] == [at("2026-06-11T03:00")]
    missed = [row["scheduled_for"] for row in missed_slots(any_stage.place.database, "one")]
    assert missed == [at(f"2026-06-{day:02}T03:00") for day in range(10, 1, -1)]
    told = [(note.code, note.params["registry"]) for note in ticked.notes]
    assert told[:2] == [("slots_missed", "one"), ("slot_caught_up", "one")]
    assert ticked.notes[0].params["count"] == 9
    assert tick(any_stage.place, at("2026-06-11T04:01")).notes == []


def test_slots_missed_until_after_the_window_are_not_caught_up(stage: Stage) -> None:
    queued(stage, at("2026-06-01T12:00"))
    assert queued(stage, at("2026-06-11T05:01")) == []
    assert len(missed_slots(stage.place.database, "one")) == 10
    (shown, *_) = views(stage.place, at("2026-06-11T05:02"), TOKYO)
    assert (shown["registry"], shown["missed_lately"]) == ("one", 10)


def test_a_clock_that_jumps_to_and_fro_runs_nothing_twice_and_nothing_stays_away(stage: Stage) -> None:
    found = []
    for moment in ("2026-06-01T12:00", "2026-06-02T03:00", "2028-01-01T12:00", "2026-06-02T04:00", "2026-06-03T03:00",
                   "2026-06-02T02:59", "2026-06-02T03:00", "2026-06-03T03:01", "2026-06-04T03:00"):  # fmt: skip
        found += [slot for name, slot in queued(stage, at(moment)) if name == "one"]
    assert found == [at("2026-06-02T03:00"), at("2026-06-03T03:00"), at("2026-06-04T03:00")]


def test_a_slot_that_was_run_is_never_told_as_missed(stage: Stage) -> None:
    queued(stage, at("2026-06-01T12:00"))
    queued(stage, at("2026-06-02T03:00"))
    queued(stage, at("2026-06-01T12:00"))
    queued(stage, at("2026-06-03T03:00"))
    assert missed_slots(stage.place.database, "one") == []
    assert len(stage.runs("one")) == 2


def test_what_passes_while_paused_is_not_missed(stage: Stage) -> None:
    queued(stage, at("2026-06-01T12:00"))
    pause(stage.place, "委員", "one", paused=True)
    assert [name for name, _ in queued(stage, at("2026-06-02T03:00"))] == ["three", "two"]
    pause(stage.place, "委員", "one", paused=False)
    assert [name for name, _ in queued(stage, at("2026-06-02T03:30"))] == []
    assert [name for name, _ in queued(stage, at("2026-06-03T03:00"))] == ["one", "three", "two"]
    assert missed_slots(stage.place.database, "one") == []
    events = audit_events(stage.place.database)
    told = [(one["actor"], one["action"], one["subject"]) for one in events if one["action"].startswith("schedule_")]
    assert told == [("委員", "schedule_resume", "one"), ("委員", "schedule_pause", "one")]


def test_the_registry_list_gives_schedules_until_the_deployment_edits_them(stage: Stage) -> None:
    listed = stage.place.settings.registries_file
    assert listed is not None
    rows = yaml.safe_load(listed.read_text())
    tick(stage.place, START)
    change(stage.place, "委員", "one", {"cron": "15 4 * * *"})
    for row in rows.values():
        row["schedule"] = {"cron": "0 2 * * *", "zone": "Pacific/Auckland"}
    listed.write_text(yaml.safe_dump(rows))
    tick(stage.place, START)
    found = {name: (row["cron"], row["zone"], row["edited"]) for name, row in schedules(stage.place.database).items()}
    assert found["one"] == ("15 4 * * *", "Asia/Tokyo", True)
    assert found["two"] == found["three"] == ("0 2 * * *", "Pacific/Auckland", False)
    assert audit_events(stage.place.database)[0]["details"] == {"cron": "15 4 * * *", "edited": True}


def test_a_rule_that_changes_makes_nothing_missed(stage: Stage) -> None:
    queued(stage, at("2026-06-01T12:00"))
    change(stage.place, "test", "one", {"cron": "30 3 * * *"})
    assert ("one", at("2026-06-05T03:30")) not in queued(stage, at("2026-06-05T03:45"))
    assert missed_slots(stage.place.database, "one") == []


def test_a_registry_that_is_off_or_has_no_address_is_left_alone(stage: Stage) -> None:
    listed = stage.place.settings.registries_file
    assert listed is not None
    rows = yaml.safe_load(listed.read_text())
    rows["one"]["active"] = False
    rows["two"]["options"] = {}
    listed.write_text(yaml.safe_dump(rows))
    queued(stage, at("2026-06-01T12:00"))
    assert [name for name, _ in queued(stage, at("2026-06-05T03:00"))] == ["three"]
    shown = {view["registry"]: view["state"] for view in views(stage.place, START, TOKYO)}
    assert shown == {"one": "off", "two": "no_address", "three": "on"}
    for name, code in (("one", "registry_off"), ("two", "address_missing")):
        with pytest.raises(CodedError) as refused:
            run_now(stage.place, "test", name)
        assert refused.value.issues[0].code == code


def test_a_schedule_that_cannot_be_read_is_told_and_stops_no_other(stage: Stage) -> None:
    listed = stage.place.settings.registries_file
    assert listed is not None
    rows = yaml.safe_load(listed.read_text())
    rows["one"]["schedule"] = {"cron": "0 25 * * *"}
    listed.write_text(yaml.safe_dump(rows))
    queued(stage, at("2026-06-01T12:00"))
    ticked = tick(stage.place, at("2026-06-02T03:00"))
    assert [note.code for note in ticked.notes] == ["schedule_invalid", "slot_queued", "slot_queued"]
    assert {view["registry"]: view["state"] for view in views(stage.place, START, TOKYO)}["one"] == "unreadable"


def test_a_run_asked_for_waits_once_and_is_audited(stage: Stage) -> None:
    run_id = run_now(stage.place, "委員", "one")
    with pytest.raises(CodedError) as refused:
        run_now(stage.place, "委員", "one")
    assert refused.value.issues[0].code == "run_waiting"
    event = audit_events(stage.place.database)[0]
    assert (event["actor"], event["action"], event["subject"]) == ("委員", "run_now", f"run {run_id}")
    assert stage.runs("one")[0]["scheduled_for"] is None


# Whose turn it is


def test_on_sqlite_the_turn_passes_on_when_it_is_not_renewed(stage: Stage) -> None:
    clock = [START]
    first, second = (turn(stage.place.database, "schedules", name, lambda: clock[0]) for name in ("first", "second"))
    assert (first.held(), second.held()) == (True, False)
    clock[0] += timedelta(seconds=30)
    assert (first.held(), second.held()) == (True, False)
    clock[0] += timedelta(seconds=39)
    assert second.held() is False
    clock[0] += timedelta(seconds=3)
    assert (second.held(), first.held()) == (True, False)
    second.release()
    assert first.held()


def test_on_sqlite_a_turn_taken_by_a_clock_that_ran_ahead_passes_on(stage: Stage) -> None:
    ahead = turn(stage.place.database, "schedules", "ahead", lambda: START + 400 * DAY)
    right = turn(stage.place.database, "schedules", "right", lambda: START)
    assert (ahead.held(), right.held()) == (True, True)


@pytest.mark.postgres
def test_on_postgresql_the_turn_passes_on_with_the_connection(postgres_stage: Stage) -> None:
    import psycopg  # noqa: PLC0415  only where there is a server

    database = postgres_stage.place.database
    first, second = (turn(database, "schedules", name) for name in ("first", "second"))
    assert (first.held(), second.held(), first.held()) == (True, False, True)
    third = turn(database, "another thing", "third")
    assert third.held()
    third.release()
    plain = database.address.replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as killer:
        killer.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks"
            " WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
        )
    assert (second.held(), first.held()) == (True, False)
    second.release()
    assert first.held()
    first.release()


def test_homes_have_turns_of_their_own(stage: Stage, tmp_path: Path) -> None:
    other = Workplace.of(Settings(home=tmp_path / "other"))
    assert turn(stage.place.database, "schedules", "a").held()
    assert turn(other.database, "schedules", "b").held()
    other.database.close()
