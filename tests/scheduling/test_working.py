"""Workers: runs are executed once, a killed worker's run is run again from where it was, and all end in time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import update

from config.messages import CodedError
from harvester import execution
from harvester.crew import Crew
from harvester.diary import Diary
from harvester.execution import execute
from harvester.queues import InlineQueue, queue_of
from harvester.runner import Order, harvest
from harvester.scheduling import run_now
from harvester.working import Steady, Watch, work_once
from store.clock import now
from store.queue import (
    MOST_ATTEMPTS,
    claim,
    keep_alive,
    put_back,
    queue_run,
    runs_of_worker,
    silent_runs,
    waiting_runs,
)
from store.runs import issues_of, stop_run
from store.tables import Run, sql
from tests.harvester.situations import codes, published, rows
from tests.scheduling.conftest import REGISTRIES, Stage, wait_for

DIARY = Diary()


def nothing() -> None:
    """What a worker does in these tests when its run is taken away."""


def ask_for(stage: Stage, *names: str) -> list[int]:
    return [run_now(stage.place, "test", name) for name in names]


def grow_old(stage: Stage, seconds: int = 61) -> None:
    """Let every heartbeat be old."""
    run = sql(Run)
    with stage.place.database.writing() as connection:
        connection.execute(
            update(run).where(run.c.state == "running").values(heartbeat_at=now() - timedelta(seconds=seconds))
        )


# Claims


def test_a_run_is_claimed_once_and_a_registry_has_one_at_a_time(any_stage: Stage) -> None:
    database = any_stage.place.database
    first, second = ask_for(any_stage, "one", "two")
    mine = claim(database, "me")
    assert mine is not None
    assert (mine.run_id, mine.registry, mine.attempt) == (first, "one", 1)
    assert claim(database, "other", first) is None
    again = queue_run(database, "one", "waiting", "test")
    assert waiting_runs(database) == [second]
    assert claim(database, "other", again) is None
    theirs = claim(database, "other")
    assert theirs is not None
    assert (theirs.run_id, claim(database, "third")) == (second, None)
    assert runs_of_worker(database, "me") == [first]


@pytest.mark.slow
def test_many_claiming_at_once_get_every_run_once(any_stage: Stage) -> None:
    database = any_stage.place.database
    wanted = ask_for(any_stage, *REGISTRIES)
    got: list[int] = []
    begin = threading.Barrier(8)

    def work(name: str) -> None:
        begin.wait()
        got.extend(claimed.run_id for _ in range(4) if (claimed := claim(database, name)))

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == sorted(wanted)


def test_a_manual_harvest_waits_for_nobody_and_is_refused_while_a_worker_has_the_registry(stage: Stage) -> None:
    from connectors.discovery import registry  # noqa: PLC0415  found only after the fixture

    ask_for(stage, "one")
    assert claim(stage.place.database, "me")
    with pytest.raises(CodedError) as refused:
        harvest(stage.place, Order(registry("one", stage.place.settings.registries_file), "test"))
    assert refused.value.issues[0].code == "run_in_progress"


def test_of_several_slots_that_wait_the_latest_is_run(any_stage: Stage) -> None:
    from store.schedules import take_slot  # noqa: PLC0415  used here only

    database, moment = any_stage.place.database, now()
    for hours in (3, 1, 2):
        slot = moment - timedelta(hours=hours)
        take_slot(database, "one", "waiting", slot=slot, missed=(), next_at=None, moment=moment)
    claimed = claim(database, "me")
    assert claimed is not None
    assert claimed.scheduled_for is not None
    assert abs(claimed.scheduled_for - (moment - timedelta(hours=1))) < timedelta(seconds=1)
    assert sorted(any_stage.states()) == ["cancelled", "cancelled", "running"]
    cancelled = [run["id"] for run in any_stage.runs() if run["state"] == "cancelled"]
    assert {issue.code for run in cancelled for issue in issues_of(database, run)} == {"slot_overtaken"}
    assert waiting_runs(database) == []


# Hearts


def test_a_heart_beats_while_a_run_lasts_and_notices_when_it_is_taken_away(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "BEAT", 0.02)
    database = stage.place.database
    (run_id,) = ask_for(stage, "one")
    claimed = claim(database, "me")
    assert claimed is not None
    taken = threading.Event()
    with execution.Heart(database, claimed, DIARY, taken.set):
        grow_old(stage)
        wait_for(lambda: not silent_runs(database, now()))
        assert not taken.is_set()
        assert put_back(database, run_id)
        assert taken.wait(10)
    assert keep_alive(database, run_id, "me") is False
    assert stage.states() == ["queued"]


def test_a_run_is_lost_only_when_a_second_look_finds_it_silent_still(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ask_for(stage, "one", "two")
    assert claim(stage.place.database, "dead")
    assert claim(stage.place.database, "slow")
    grow_old(stage)
    watch = Watch(stage.place, "local", DIARY)
    watch.round()
    assert stage.states() == ["running", "running"]
    assert keep_alive(stage.place.database, 2, "slow")
    monkeypatch.setattr("harvester.working._SUSPICION", 0.0)
    watch.round()
    assert stage.states() == ["queued", "running"]
    watch.release()
    assert "run_requeued" in capsys.readouterr().out


def test_a_run_whose_worker_is_lost_is_begun_four_times_and_no_more(any_stage: Stage) -> None:
    database = any_stage.place.database
    (run_id,) = ask_for(any_stage, "one")
    for attempt in range(1, MOST_ATTEMPTS + 1):
        claimed = claim(database, f"w{attempt}")
        assert claimed is not None
        assert claimed.attempt == attempt
        back = put_back(database, run_id, worker=f"w{attempt}")
        assert back is not None
        assert back.state == ("lost" if attempt == MOST_ATTEMPTS else "queued")
    assert claim(database, "w5") is None
    assert put_back(database, run_id) is None
    assert codes_of(any_stage, run_id) == ["run_lost"]


def codes_of(stage: Stage, run_id: int) -> list[str]:
    return [issue.code for issue in issues_of(stage.place.database, run_id)]


def test_stopping_says_nothing_against_a_run(stage: Stage) -> None:
    (run_id,) = ask_for(stage, "one")
    for _ in range(2 * MOST_ATTEMPTS):
        assert claim(stage.place.database, "me")
        back = put_back(stage.place.database, run_id, worker="me", stopped=True)
        assert back is not None
        assert back.state == "queued"
    assert codes_of(stage, run_id) == []


def test_a_run_that_had_published_before_its_worker_was_lost_is_closed_as_it_is(stage: Stage) -> None:
    (run_id,) = ask_for(stage, "one")
    inline = InlineQueue(stage.place, DIARY, "me")
    inline.enqueue(run_id)
    before = published(stage.place)
    run = sql(Run)
    with stage.place.database.writing() as connection:
        reopened: dict[str, Any] = {"state": "running", "ended_at": None, "counts": {}, "complete": None}
        connection.execute(update(run).where(run.c.id == run_id).values(reopened))
    back = put_back(stage.place.database, run_id)
    assert back is not None
    assert back.state == "succeeded_with_warnings"
    found = stage.runs()[0]
    assert (found["complete"], found["counts"]["new"], found["counts"]["listings"]) == (True, 1, 1)
    assert published(stage.place) == before
    (again,) = ask_for(stage, "one")
    inline.enqueue(again)
    assert stage.runs()[1]["counts"]["same_as_run"] == run_id
    assert published(stage.place) == before


def test_a_run_that_dies_between_proposing_and_publishing_goes_on_and_publishes_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    (run_id,) = ask_for(stage, "one")
    claimed = claim(stage.place.database, "me")
    assert claimed is not None

    class Died(BaseException):
        pass

    def die(*given: object, **more: object) -> None:
        raise Died

    with monkeypatch.context() as broken:
        broken.setattr("harvester.runner.publish", die)
        broken.setattr("harvester.runner.close_run", nothing_done)
        with pytest.raises(Died):
            execute(stage.place, claimed, DIARY, nothing)
    assert len(rows(stage.place, "plan_item")) == 1
    assert stage.states() == ["running"]
    assert put_back(stage.place.database, run_id)
    assert rows(stage.place, "plan_item") == rows(stage.place, "listing_version") == []
    fetched = rows(stage.place, "fetch")
    InlineQueue(stage.place, DIARY, "other").sweep(waiting_runs(stage.place.database))
    (run,) = stage.runs()
    assert (run["state"], run["attempt"], run["worker"]) == ("succeeded", 2, "other")
    assert rows(stage.place, "fetch") == fetched, "nothing is asked for again"
    assert [row["op"] for row in rows(stage.place, "publication")] == ["create"]


def nothing_done(*given: object, **more: object) -> None:
    """Stands for a step that a dead process does not come to."""


# Queues


def test_inline_executes_what_is_queued_and_closes_what_cannot_begin(stage: Stage) -> None:
    watch = Watch(stage.place, "inline", DIARY)
    ask_for(stage, "one", "two")
    (stage.folder / "two" / "list.json").unlink()
    (stage.folder / "two").rmdir()
    watch.round()
    watch.release()
    assert stage.states() == ["succeeded", "failed"]
    assert codes_of(stage, 2) == ["folder_unreadable"]
    assert stage.runs("one")[0]["actor"] == "test"


def test_procrastinate_needs_postgresql(stage: Stage) -> None:
    with pytest.raises(CodedError) as refused:
        queue_of("procrastinate", stage.place, DIARY, "me")
    assert refused.value.issues[0].code == "queue_needs_postgres"


# Processes


@contextmanager
def crew(stage: Stage, size: int = 3) -> Iterator[Crew]:
    working = Crew(stage.place, "local", size, DIARY)
    working.start()
    try:
        yield working
    finally:
        for name in REGISTRIES:
            stage.let_go(name)
        working.stop()


@pytest.mark.slow
def test_three_workers_one_killed_its_run_is_run_again_and_all_succeed(any_stage: Stage) -> None:
    for name in REGISTRIES:
        any_stage.hold(name)
    ask_for(any_stage, *REGISTRIES)
    with crew(any_stage) as working:
        wait_for(lambda: all(any_stage.begun(name) for name in REGISTRIES))
        assert any_stage.states() == ["running"] * 3
        victim = any_stage.begun("two")[0]
        assert victim in working.process_ids
        os.kill(victim, signal.SIGKILL)
        any_stage.let_go("one")
        back = wait_for(working.watch)
        assert [(one.registry, one.state, one.attempt) for one in back] == [("two", "queued", 1)]
        wait_for(lambda: working.watch() or len(any_stage.begun("two")) == 2)
        for name in REGISTRIES:
            any_stage.let_go(name)
        wait_for(lambda: set(any_stage.states()) == {"succeeded"} or None)
        wait_for(lambda: working.watch() or len(working.process_ids) == 3)
        assert victim not in working.process_ids
    assert [run["attempt"] for run in any_stage.runs()] == [1, 2, 1]
    assert sorted(row["run_id"] for row in rows(any_stage.place, "publication")) == [1, 2, 3]
    assert codes_of(any_stage, 2) == []


def program(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from harvester.cli import main; main()", "work", *arguments]


def environment(stage: Stage) -> dict[str, str]:
    settings = stage.place.settings
    given = {"KAKEHASHI_HOME": str(settings.home), "KAKEHASHI_REGISTRIES_FILE": str(settings.registries_file)}
    if settings.database_url:
        given["KAKEHASHI_DATABASE_URL"] = settings.database_url
    return {**os.environ, **given, "LANG": "C.UTF-8"}


@contextmanager
def working(
    stage: Stage, *arguments: str
) -> Iterator[tuple[subprocess.Popen[bytes], Callable[[], list[dict[str, Any]]]]]:
    """`kakehashi work` as a process, and what it has told so far."""
    log = stage.folder / f"work-{len(list(stage.folder.glob('work-*.log')))}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(program("--json", *arguments), env=environment(stage), stdout=out)
    try:
        yield process, lambda: [json.loads(line) for line in log.read_text().splitlines()]
    finally:
        for name in REGISTRIES:
            stage.let_go(name)
        if process.poll() is None:
            process.terminate()
        process.wait(30)


@pytest.mark.slow
def test_work_executes_what_is_asked_for_and_ends_on_sigterm(stage: Stage) -> None:
    stage.hold("two")
    with working(stage, "--workers", "2") as (process, told):
        wait_for(lambda: "turn_taken" in [line["code"] for line in told()])
        ask_for(stage, "one", "two")
        wait_for(lambda: stage.states("one") == ["succeeded"] and stage.begun("two"))
        process.terminate()
        wait_for(lambda: "work_stopping" in [line["code"] for line in told()])
        ask_for(stage, "three")
        stage.let_go("two")
        began = time.monotonic()
        assert process.wait(25) == 0
        assert time.monotonic() - began < 15
        assert stage.states() == ["succeeded", "succeeded", "queued"]
        assert [line["code"] for line in told()][-1] == "work_stopped"
        assert "run_given_back" not in [line["code"] for line in told()]


@pytest.mark.slow
def test_a_run_that_does_not_end_in_time_goes_back_and_leaves_no_process(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harvester.crew.PATIENCE", 1.0)
    stage.hold("one")
    ask_for(stage, "one")
    working = Crew(stage.place, "local", 1, DIARY)
    working.start()
    (worker,) = wait_for(lambda: stage.begun("one"))
    back = working.stop()
    assert [(one.state, one.attempt) for one in back] == [("queued", 1)]
    assert not Path(f"/proc/{worker}").exists()
    stage.let_go("one")
    assert work_once(stage.place, "inline", 1, DIARY) == [1]
    assert (stage.states(), stage.runs()[0]["attempt"]) == (["succeeded"], 2)
    assert codes(harvest_of(stage, "one")) == set()


def harvest_of(stage: Stage, name: str) -> Any:
    from connectors.discovery import registry  # noqa: PLC0415  found only after the fixture

    return harvest(stage.place, Order(registry(name, stage.place.settings.registries_file), "test"))


@pytest.mark.slow
def test_workers_end_when_the_process_that_started_them_is_killed(stage: Stage) -> None:
    with working(stage, "--workers", "1") as (process, _):
        ask_for(stage, "one")
        (worker,) = wait_for(lambda: stage.begun("one"))
        process.kill()
        process.wait()
        try:
            wait_for(lambda: not Path(f"/proc/{worker}").exists(), 15)
        finally:
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)


@pytest.mark.slow
def test_once_executes_what_waits_and_its_status_tells_how_it_went(stage: Stage) -> None:
    ask_for(stage, "one", "two")
    (stage.folder / "two" / "list.json").write_text("no script")
    done = subprocess.run(
        program("--once", "--workers", "2"), env=environment(stage), capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (3, b"")
    assert stage.states() == ["succeeded", "failed"]
    lines = done.stdout.decode().splitlines()
    assert all(line[19] == "Z" for line in lines)
    assert [line.split()[3] for line in (lines[0], lines[-1])] == ["work_started", "work_stopped"]
    assert sum("run_begun" in line for line in lines) == 2


# Procrastinate


@pytest.mark.slow
@pytest.mark.postgres
def test_with_procrastinate_a_killed_workers_run_is_run_again_and_its_job_swept(
    postgres_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psycopg  # noqa: PLC0415  only where there is a server

    from harvester.jobs import JobQueue  # noqa: PLC0415  only where there is a server

    stage = postgres_stage
    address = stage.place.database.address.replace("+psycopg", "")
    queue = JobQueue(stage.place.database.address, stalled=2)

    def jobs() -> dict[str, int]:
        with psycopg.connect(address) as connection:
            return dict(
                connection.execute("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1").fetchall()
            )

    for name in REGISTRIES:
        stage.hold(name)
    crews = [Crew(stage.place, "procrastinate", 1, DIARY) for _ in range(3)]
    try:
        for one in crews:
            one.start()
        for run_id in ask_for(stage, *REGISTRIES):
            queue.enqueue(run_id)
            queue.enqueue(run_id)
        wait_for(lambda: all(stage.begun(name) for name in REGISTRIES))
        victim = stage.begun("two")[0]
        os.kill(victim, signal.SIGKILL)
        for name in REGISTRIES:
            stage.let_go(name)
        wait_for(lambda: stage.states("one") == stage.states("three") == ["succeeded"])
        wait_for(lambda: jobs() == {"doing": 1})
        assert stage.states("two") == ["running"], "the machine is gone: nobody there puts the run back"
        time.sleep(2)
        assert put_back(stage.place.database, 2)
        queue.sweep(waiting_runs(stage.place.database))
        wait_for(lambda: stage.states("two") == ["succeeded"])
        wait_for(lambda: jobs() == {})
        queue.sweep([])
        assert jobs() == {}
        assert [run["attempt"] for run in stage.runs()] == [1, 2, 1]
        assert sorted(row["run_id"] for row in rows(stage.place, "publication")) == [1, 2, 3]
        run_now(stage.place, "test", "three")
        queue.sweep(waiting_runs(stage.place.database))
        wait_for(lambda: stage.states("three") == ["succeeded", "succeeded"])
    finally:
        for one in crews:
            one.stop()


# Troubles


@pytest.mark.slow
def test_workers_that_cannot_begin_say_why_and_are_replaced_ever_more_slowly(
    stage: Stage, capfd: pytest.CaptureFixture[str]
) -> None:
    unreachable = "postgresql://nobody@127.0.0.1:1/nothing"
    place = replace(stage.place, settings=stage.place.settings.model_copy(update={"database_url": unreachable}))
    working = Crew(place, "local", 1, DIARY)
    working.start()
    try:
        (first,) = working.process_ids
        wait_for(lambda: working.watch() or not working.process_ids)
        assert "database_unreachable" in capfd.readouterr().out
        died = time.monotonic()
        wait_for(lambda: working.watch() or working.process_ids)
        assert working.process_ids != [first]
        assert time.monotonic() - died > 1.5
    finally:
        working.stop()


def test_a_database_that_cannot_be_reached_is_told_once_and_tried_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*given: object) -> None:
        raise CodedError.of("database_unreachable", detail="gone")

    watch = Watch(stage.place, "inline", DIARY)
    ask_for(stage, "one")
    with monkeypatch.context() as broken:
        broken.setattr("harvester.working.tick", fail)
        assert [watch.round(), watch.round()] == [[], []]
    assert capsys.readouterr().out.count("database_unreachable") == 1
    watch.round()
    assert stage.states() == ["succeeded"]
    watch.release()


def test_a_jump_of_the_clock_is_noticed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    wall = [1000.0]
    monkeypatch.setattr("harvester.working.time", SimpleNamespace(time=lambda: wall[0], monotonic=lambda: 50.0))
    steady = Steady(DIARY)
    for shift, jumped in ((0.0, False), (2.0, False), (3600.0, True), (0.0, False), (-7200.0, True), (0.0, False)):
        wall[0] += shift
        assert steady.jumped() is jumped


def test_a_run_that_somebody_stops_is_not_taken_away_from_its_worker(stage: Stage) -> None:
    (run_id,) = ask_for(stage, "one")
    assert claim(stage.place.database, "me")
    assert stop_run(stage.place.database, run_id)
    assert keep_alive(stage.place.database, run_id, "me")
    assert stage.states() == ["cancelled"]
    assert put_back(stage.place.database, run_id) is None
    (waiting,) = ask_for(stage, "one")
    assert stop_run(stage.place.database, waiting)
    assert claim(stage.place.database, "me") is None
