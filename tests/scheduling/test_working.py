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
import yaml
from sqlalchemy import update

from config.messages import CodedError
from harvester.running.runner import Order, harvest
from harvester.scheduling.crew import Crew
from harvester.scheduling.queues import queue_of
from harvester.scheduling.ticking import run_now
from harvester.scheduling.working import Steady, Watch, work_once
from harvester.watching.diary import Diary
from store.clock import now
from store.queue import (
    put_back,
    waiting_runs,
)
from store.tables import Run, sql
from tests.harvester.loopback import Asked, Line, Loopback
from tests.harvester.situations import codes, page, rows
from tests.scheduling.conftest import PATIENCE, REGISTRIES, Stage, wait_for

DIARY = Diary()


def nothing() -> None:
    """What a worker does in these tests when its run is taken away."""


def grow_old(stage: Stage, seconds: int = 61) -> None:
    """Let every heartbeat be old."""
    run = sql(Run)
    with stage.place.database.writing() as connection:
        connection.execute(
            update(run).where(run.c.state == "running").values(heartbeat_at=now() - timedelta(seconds=seconds))
        )


# Queues


def test_inline_executes_what_is_queued_and_closes_what_cannot_begin(stage: Stage) -> None:
    watch = Watch(stage.place, "inline", DIARY)
    stage.ask_for("one", "two")
    (stage.folder / "two" / "list.json").unlink()
    (stage.folder / "two").rmdir()
    watch.round()
    watch.release()
    assert stage.states() == ["succeeded", "failed"]
    assert stage.codes(2) == ["folder_unreadable"]
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
    any_stage.ask_for(*REGISTRIES)
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
    assert any_stage.codes(2) == []


def alive_in_group(group: int) -> list[str]:
    """The processes of a group that have not ended."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, of = stat.read_text().rpartition(")")[2].split()[:3]
            if state != "Z" and int(of) == group:
                found.append(stat.parent.name)
    return found


@pytest.mark.slow
def test_a_worker_killed_while_it_crawls_leaves_no_crawl_and_its_run_asks_again_only_what_was_under_way(
    stage: Stage, server: Loopback
) -> None:
    listed = stage.place.settings.registries_file
    assert listed is not None
    listed.write_text(yaml.safe_dump({"one": {"connector": "waiting", "address": server.url("/")}}))
    begun, killed = threading.Event(), threading.Event()

    def stall(asked: Asked, line: Line) -> None:
        begun.set()
        killed.wait(PATIENCE)
        line.send(page("B"))

    server.routes |= {"/": page("A", asks=["/two"]), "/two": stall}
    stage.ask_for("one")
    with crew(stage, 1) as working:
        assert begun.wait(PATIENCE)
        assert len(alive_in_group(working.process_ids[0])) == 3, "worker, nursery and crawl"
        wait_for(lambda: {row["state"] for row in rows(stage.place, "fetch")} == {"ok", "asked"})
        (worker,) = working.process_ids
        os.kill(worker, signal.SIGKILL)
        back = wait_for(working.watch)
        assert [(one.run_id, one.state) for one in back] == [(1, "queued")]
        wait_for(lambda: not alive_in_group(worker), 2)
        server.routes["/two"] = page("B")
        killed.set()
        wait_for(lambda: working.watch() or stage.states() == ["succeeded"])
    assert server.paths() == ["/", "/two", "/two"]
    assert [row["op"] for row in rows(stage.place, "publication")] == ["create", "create"]


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
        stage.ask_for("one", "two")
        wait_for(lambda: stage.states("one") == ["succeeded"] and stage.begun("two"))
        process.terminate()
        wait_for(lambda: "work_stopping" in [line["code"] for line in told()])
        stage.ask_for("three")
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
    monkeypatch.setattr("harvester.scheduling.crew.PATIENCE", 1.0)
    stage.hold("one")
    stage.ask_for("one")
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
        stage.ask_for("one")
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
    stage.ask_for("one", "two")
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

    from harvester.scheduling.jobs import JobQueue  # noqa: PLC0415  only where there is a server

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
        for run_id in stage.ask_for(*REGISTRIES):
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
    stage.ask_for("one")
    with monkeypatch.context() as broken:
        broken.setattr("harvester.scheduling.working.tick", fail)
        assert [watch.round(), watch.round()] == [[], []]
    assert capsys.readouterr().out.count("database_unreachable") == 1
    watch.round()
    assert stage.states() == ["succeeded"]
    watch.release()


def test_a_jump_of_the_clock_is_noticed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    wall = [1000.0]
    monkeypatch.setattr(
        "harvester.scheduling.working.time", SimpleNamespace(time=lambda: wall[0], monotonic=lambda: 50.0)
    )
    steady = Steady(DIARY)
    for shift, jumped in ((0.0, False), (2.0, False), (3600.0, True), (0.0, False), (-7200.0, True), (0.0, False)):
        wall[0] += shift
        assert steady.jumped() is jumped
