"""Killed in the middle: nothing of such a run is public, and the next one works."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from threading import Event
from time import monotonic, sleep
from typing import Any

import pytest
from sqlalchemy import update

from config.messages import CodedError
from harvester.running.presence import bury_dead, present
from harvester.workplace import Workplace
from store.clock import now
from store.runs import open_run
from store.tables import Run, sql
from tests.harvester.loopback import Asked, Line, Loopback
from tests.harvester.situations import HarvestScript, codes, fetches, page, published, rows

pytestmark = pytest.mark.slow
PARENT = """
import sys
from pathlib import Path
from config.settings import Settings
from harvester.running.runner import Order, harvest
from harvester.running.presence import bury_dead, present
from harvester.workplace import Workplace
from tests.harvester.situations import source_of
harvest(Workplace.of(Settings(home=Path(sys.argv[1]))), Order(source_of(sys.argv[2]), "test", allow_loopback=True))
"""
PATIENCE = 20.0


def alive(pid: int) -> bool:
    """Tell whether a process runs."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def crawls(pid: int) -> list[int]:
    """The crawl processes of a harvesting process that has some: the children of its nurseries.

    The system may leave processes out of a list while others end, so an empty one is looked at again.
    """
    until = monotonic() + PATIENCE / 4
    while monotonic() < until:
        with suppress(OSError):
            nurseries = [one for one in children(pid) if b"harvester.crawling.nursery" in command(one)]
            if found := [crawl for nursery in nurseries for crawl in children(nursery)]:
                return found
        sleep(0.01)
    return []


def command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def wait_until_ended(pid: int) -> None:
    until = monotonic() + PATIENCE
    while alive(pid) and monotonic() < until:
        sleep(0.05)
    assert not alive(pid)


def test_a_killed_crawl_publishes_nothing_and_the_next_run_works(
    harvest_script: HarvestScript, place: Workplace, server: Loopback
) -> None:
    server.routes |= {"/": page("A", asks=["/two"]), "/two": page("B")}
    harvest_script()
    good = published(place)
    killed: list[int] = []

    def kill(asked: Asked, line: Line) -> None:
        killed.extend(crawls(os.getpid()))
        os.kill(killed[0], signal.SIGKILL)

    server.routes |= {"/": page("C", asks=["/two", "/three"]), "/two": kill, "/three": page("D")}
    report = harvest_script()
    assert len(killed) == 1
    wait_until_ended(killed[0])
    assert [issue.params["detail"] for issue in report.issues] == [f"exit status {-signal.SIGKILL}"]
    assert (report.state, report.complete, codes(report)) == ("failed", False, {"crawl_failed"})
    assert published(place) == good
    assert rows(place, "run")[-1]["state"] == "failed"
    server.routes["/two"] = page("B")
    server.asked.clear()
    again = harvest_script()
    assert "/two" in server.paths()
    assert set(server.paths()) <= {"/two", "/three"}
    assert again.complete
    told = {"not_found_at_source", "run_continues"}
    assert (again.published.created, again.published.gone, codes(again)) == (2, 1, told)
    assert [row["op"] for row in rows(place, "publication")] == ["create"] * 4


def test_a_killed_harvest_leaves_no_process_and_the_next_run_works_at_once(
    harvest_script: HarvestScript, place: Workplace, server: Loopback
) -> None:
    begun, over = Event(), Event()

    def stall(asked: Asked, line: Line) -> None:
        begun.set()
        over.wait(PATIENCE)

    server.routes |= {"/": page("A", asks=["/two"]), "/two": stall}
    arguments = [sys.executable, "-c", PARENT, str(place.settings.home), server.url("/")]
    parent = subprocess.Popen(arguments, env={**os.environ}, stderr=subprocess.DEVNULL)
    crawl: list[int] = []
    try:
        while not begun.wait(0.1):
            assert parent.poll() is None
        crawl = crawls(parent.pid)
        assert len(crawl) == 1
        nurseries = children(parent.pid)
        with pytest.raises(CodedError) as refused:
            harvest_script()
        assert [issue.code for issue in refused.value.issues] == ["run_in_progress"]
        parent.kill()
        parent.wait(PATIENCE)
        wait_until_ended(crawl[0])
        wait_until_ended(nurseries[0])
        nothing: dict[str, list[Any]] = {"record": [], "publication": [], "absence": [], "current": []}
        assert published(place) == nothing
        (lost,) = rows(place, "run")
        assert (lost["state"], lost["ended_at"]) == ("running", None)
        assert {path: row["state"] for path, row in fetches(place, lost["id"]).items()} == {"": "ok", "two": "asked"}
        server.routes["/two"] = page("B")
        server.asked.clear()
        report = harvest_script()
        assert server.paths() == ["/two"]
        assert (report.state, report.complete, report.published.created) == ("succeeded", True, 2)
        assert codes(report) == {"run_continues"}
        assert [row["state"] for row in rows(place, "run")] == ["lost", "succeeded"]
        assert {row["run_id"] for row in rows(place, "publication")} == {report.run_id}
        assert list((place.settings.home / "locks").iterdir()) == []
    finally:
        over.set()
        for pid in (parent.pid, *crawl):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        parent.wait(PATIENCE)


def test_a_crawl_ends_when_its_nursery_does(harvest_script: HarvestScript, place: Workplace, server: Loopback) -> None:
    crawl: list[int] = []

    def kill(asked: Asked, line: Line) -> None:
        crawl.extend(crawls(os.getpid()))
        (nursery,) = (one for one in children(os.getpid()) if children(one) == crawl)
        os.kill(nursery, signal.SIGKILL)

    server.routes |= {"/": page("A", asks=["/two"]), "/two": kill}
    assert codes(harvest_script()) == {"crawl_failed"}
    assert len(crawl) == 1
    wait_until_ended(crawl[0])
    server.routes["/two"] = page("B")
    assert harvest_script().published.created == 2


def test_a_run_whose_process_is_elsewhere_is_lost_when_its_heart_is_still(
    harvest_script: HarvestScript, place: Workplace, server: Loopback
) -> None:
    server.routes["/"] = page("A")
    other = open_run(place.database, registry="plain", connector="plain", actor="elsewhere", address="", fingerprint="")
    with pytest.raises(CodedError):
        harvest_script()
    run = sql(Run)
    with place.database.writing() as connection:
        connection.execute(update(run).values(heartbeat_at=now() - timedelta(seconds=61)))
    assert harvest_script().succeeded
    assert [(row["id"] == other, row["state"]) for row in rows(place, "run")] == [(True, "lost"), (False, "succeeded")]


def test_the_list_of_runs_shows_no_dead_run_as_running(
    harvest_script: HarvestScript, place: Workplace, server: Loopback
) -> None:
    open_one = open_run(place.database, registry="plain", connector="plain", actor="a", address="", fingerprint="")
    with present(place.settings.home, open_one):
        bury_dead(place)
        assert [row["state"] for row in rows(place, "run")] == ["running"]
        lock = next((place.settings.home / "locks").iterdir())
        left = place.settings.home / "locks" / "left"
        lock.rename(left)
    left.rename(lock)
    bury_dead(place)
    assert [row["state"] for row in rows(place, "run")] == ["lost"]
    assert list((place.settings.home / "locks").iterdir()) == []
