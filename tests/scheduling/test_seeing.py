"""What a working process tells of itself: alive, ready, metrics, and lines that say which run they are about."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text, update

from config.messages import CodedError
from harvester.scheduling.working import Watch
from harvester.watching import health
from harvester.watching.diary import Diary
from harvester.watching.health import Pulse
from harvester.watching.lookout import lookout
from harvester.workplace import Workplace
from store.clock import now
from store.tables import Run, sql
from tests.scheduling.conftest import Stage, wait_for


def get(address: str, method: str = "GET") -> tuple[int, str, str]:
    request = urllib.request.Request(address, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], error.read().decode()


@contextmanager
def looked_at(place: Workplace, pulse: Pulse) -> Iterator[str]:
    with lookout(place, pulse, Diary(), 0) as address:
        assert address is not None
        yield address


def figures(told: str) -> dict[tuple[str, ...], float]:
    """Every sample by its name and the values of its labels, in their order."""
    return {
        (sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(told)
        for sample in family.samples
    }


def test_metrics_tell_what_runs_did_and_what_waits(any_stage: Stage) -> None:
    pulse = Pulse(lambda: 2, 2)
    watch = Watch(any_stage.place, "inline", Diary(), pulse=pulse)
    any_stage.ask_for("one", "two")
    (any_stage.folder / "two" / "list.json").unlink()
    watch.round()
    waiting = any_stage.ask_for("one")
    run = sql(Run)
    with any_stage.place.database.writing() as connection:
        early = {"queued_at": now() - timedelta(minutes=10)}
        connection.execute(update(run).where(run.c.id == waiting[0]).values(early))
    with looked_at(any_stage.place, pulse) as address:
        status, media_type, told = get(f"{address}/metrics")
    watch.release()
    assert (status, media_type.partition(";")[0]) == (200, "text/plain")
    found = figures(told)
    assert found["kakehashi_runs", "one", "succeeded"] == 1
    assert found["kakehashi_runs", "two", "failed"] == 1
    assert found["kakehashi_runs", "three", "running"] == 0
    assert found["kakehashi_queue_depth",] == 1
    assert 600 <= found["kakehashi_queue_age_seconds",] < 660
    assert 0 <= found["kakehashi_last_good_run_age_seconds", "one"] < 60
    assert found["kakehashi_last_good_run_age_seconds", "two"] == float("inf")
    assert found["kakehashi_records", "one", "live"] == 1
    assert found["kakehashi_run_records_total", "new", "one"] == 1
    assert found["kakehashi_publication_sequence",] == 1
    assert found["kakehashi_outbox", "waiting"] == 0
    assert (found["kakehashi_watches_schedules",], found["kakehashi_workers",]) == (1, 2)
    assert found["kakehashi_database_up",] == 1


def test_a_process_is_ready_while_everything_it_stands_on_is_there(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulse = Pulse(lambda: 1, 1)

    def told() -> tuple[int, dict[str, str | None]]:
        status, media_type, body = get(f"{address}/readyz")
        assert media_type == "application/json"
        answer: dict[str, Any] = json.loads(body)
        assert answer["ready"] is (status == 200)
        return status, {check["check"]: check["code"] for check in answer["checks"]}

    with looked_at(stage.place, pulse) as address:
        assert told() == (200, dict.fromkeys(["database", "schema", "schedules", "workers", "disk"]))
        pulse.round_at -= health.LONGEST_ROUND + 1
        assert told()[1]["schedules"] == "rounds_stopped"
        pulse.went_round(watches=False)
        pulse.workers = lambda: 0
        assert told() == (503, {**told()[1], "workers": "workers_missing"})
        pulse.workers = lambda: 1
        monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=health.LEAST_DISK - 1))
        assert told()[1]["disk"] == "disk_low"
        monkeypatch.undo()
        with stage.place.database.writing() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        assert told() == (503, {**told()[1], "schema": "schema_not_current"})
        monkeypatch.setattr(health, "standing_of", unreachable)
        assert told()[1] == {"database": "database_unreachable", "schedules": None, "workers": None, "disk": None}
        assert get(f"{address}/healthz")[0] == 200


def unreachable(database: object) -> str:
    raise CodedError.of("database_unreachable", detail="a password, say")


def test_what_does_not_turn_any_more_is_not_alive(stage: Stage) -> None:
    pulse = Pulse()
    with looked_at(stage.place, pulse) as address:
        assert get(f"{address}/healthz")[::2] == (200, "ok\n")
        assert get(f"{address}/healthz", "HEAD")[::2] == (200, "")
        pulse.loop_at -= health.LONGEST_SILENCE + 1
        assert get(f"{address}/healthz")[::2] == (503, "stuck\n")
        assert get(f"{address}/elsewhere")[0] == 404


def test_metrics_say_that_the_database_is_gone(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harvester.watching.metrics.figures", unreachable)
    with looked_at(stage.place, Pulse()) as address:
        found = figures(get(f"{address}/metrics")[2])
    assert found["kakehashi_database_up",] == 0
    assert ("kakehashi_queue_depth",) not in found


def test_a_port_that_is_taken_is_told_and_work_goes_on(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        lookout(stage.place, Pulse(), Diary(), taken.getsockname()[1]) as address,
    ):
        assert address is None
    assert "lookout_unavailable" in capsys.readouterr().out


@pytest.mark.slow
def test_work_tells_its_health_and_every_line_names_its_run(stage: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    stage.ask_for("one")
    settings = stage.place.settings
    environment = {
        **os.environ, "KAKEHASHI_HOME": str(settings.home), "KAKEHASHI_REGISTRIES_FILE": str(settings.registries_file),
        "KAKEHASHI_ALLOW_LOOPBACK": "true", "KAKEHASHI_HEALTH_PORT": str(port), "KAKEHASHI_LOG_FORMAT": "json",
    }  # fmt: skip
    command = [sys.executable, "-c", "from harvester.cli import main; main()", "work", "--workers", "0"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            wait_for(lambda: port_answers(port), 20)
            assert get(f"http://127.0.0.1:{port}/readyz")[0] == 200
            time.sleep(0.5)
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.stdout is not None
            lines = [json.loads(line) for line in process.stdout]
    assert process.returncode == 0
    assert {"lookout_begun", "work_started", "work_stopped"} <= {line["code"] for line in lines}
    assert all({"at", "registry", "run", "code", "severity", "message"} <= line.keys() for line in lines)


def port_answers(port: int) -> bool:
    try:
        return get(f"http://127.0.0.1:{port}/healthz")[0] == 200
    except OSError:
        return False


def test_lines_about_a_run_name_it_and_its_registry(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    watch = Watch(stage.place, "inline", Diary(as_json=True))
    stage.ask_for("one")
    watch.round()
    watch.release()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    about = {line["code"]: (line["registry"], line["run"]) for line in lines}
    assert about["run_begun"] == about["run_ended"] == ("one", 1)
    assert about["turn_taken"] == (None, None)
