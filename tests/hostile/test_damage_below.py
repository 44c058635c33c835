"""What a deployment stands on fails: the disk is full, bits flip, the database is locked or restarts."""

from __future__ import annotations

import errno
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

import pytest

from config.messages import CodedError
from config.settings import Settings
from connectors.contract import Answer
from harvester import exporting
from harvester.workplace import Workplace
from store.frontier import Frontier
from tests import postgres
from tests.harvester.loopback import Asked, Line, Loopback
from tests.harvester.situations import HarvestScript, codes, page, records, rows
from tests.hostile.endstate import is_clean, public
from tests.hostile.inprocess import Here
from tests.hostile.situations import Days, run

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def full(*_: Any, **__: Any) -> Any:
    raise FULL


def files_until_full(times: int) -> Callable[..., Any]:
    """Temporary files as on a disk that is full from a number of files on: they can be made, and not written."""
    made: list[Any] = []
    whole = tempfile.NamedTemporaryFile

    def limited(**named: Any) -> Any:
        file = whole(**named)
        made.append(file)
        if len(made) > times:
            setattr(file, "write", full)  # noqa: B010  a method of this one file
        return file

    return limited


@pytest.mark.slow
@pytest.mark.parametrize("after", [0, 3])
def test_a_disk_that_is_full_while_answers_are_kept(here: Here, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    assert here("jmicro", "index").succeeded
    before = public(here.place)
    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "NamedTemporaryFile", files_until_full(after))
        report = here("jmicro", "index", lambda _, healthy: Answer(healthy.body + b" ", 200, healthy.media_type))
    assert (report.state, codes(report)) == ("failed", {"payload_unwritable"})
    assert public(here.place) == before
    assert {path.suffix for path in here.place.payloads.folder.rglob("*") if path.is_file()} == {".gz"}
    assert here("jmicro", "index").succeeded
    assert public(here.place) == before
    assert is_clean(here.place)


@pytest.mark.slow
@pytest.mark.parametrize("where", ["write", "fsync"])
def test_a_disk_that_is_full_while_an_export_is_written(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    assert here("jmicro", "index").succeeded
    target = tmp_path / "out.jsonl"
    assert exporting.export_jmicro(here.place.database, target).written
    good = target.read_bytes()
    with monkeypatch.context() as patch:
        if where == "fsync":
            patch.setattr(os, "fsync", full)
        else:
            patch.setattr(tempfile, "NamedTemporaryFile", files_until_full(0))
        with pytest.raises(CodedError) as refused:
            exporting.export_jmicro(here.place.database, target)
    issue = refused.value.issues[0]
    assert (issue.code, issue.params["detail"]) == ("output_unwritable", FULL.strerror)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [target.name]
    assert target.read_bytes() == good


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [3, pytest.param(30, marks=pytest.mark.torture)])
def test_a_database_that_is_locked(
    harvest_script: HarvestScript, place: Workplace, server: Loopback, seconds: int
) -> None:
    locked, over = Event(), Event()
    path = place.database.engine.url.database or ""

    def lock() -> None:
        with sqlite3.connect(path, isolation_level=None) as connection:
            connection.execute("BEGIN IMMEDIATE")
            locked.set()
            time.sleep(seconds)
            connection.execute("ROLLBACK")
        connection.close()
        over.set()

    def first(asked: Asked, line: Line) -> None:
        Thread(target=lock, daemon=True).start()
        locked.wait(10)
        line.send(page("A", asks=["/two", "/three"]))

    server.routes |= {"/": first, "/two": page("B"), "/three": page("C")}
    assert harvest_script().complete
    assert over.wait(60)
    server.routes["/"] = page("A", asks=["/two", "/three"])
    again = harvest_script()
    assert again.complete
    assert len(records(place)) == 3
    assert len(rows(place, "publication")) == 3
    assert is_clean(place)


@pytest.mark.slow
@pytest.mark.parametrize("step", ["take", "exchange"])
def test_a_commit_that_the_database_did_not_get_to_confirm(
    here: Here, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    real, times = getattr(Frontier, step), iter(range(1000))

    def lost(frontier: Frontier, *arguments: Any, **named: Any) -> Any:
        done = real(frontier, *arguments, **named)
        if next(times) % 2 == 0:
            raise CodedError.of("database_unreachable", detail="the connection was lost")
        return done

    monkeypatch.setattr(Frontier, step, lost)
    monkeypatch.setattr("harvester.crawling.patience._PAUSE", 0.0)
    for door in (("nzqa", "full"), ("mqa", "paged")):
        report = here(*door)
        assert report.complete
        assert not report.fetches.keys() & {"asked", "waiting"}
    assert next(times) > 3


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("times", [pytest.param(10, marks=pytest.mark.torture), 1])
def test_a_database_server_that_restarts_within_a_run(
    days: Callable[[str], Days], tmp_path: Path, omit: Callable[[str], None], times: int
) -> None:
    if postgres.binaries() is None:
        omit("PostgreSQL")
    of = days("details")
    seed = 0
    with postgres.server() as address:
        place = Workplace.of(Settings(home=tmp_path / "home", database_url=address))
        of.source.begin(of.states(seed)[0])
        assert run(place, of.source).succeeded
        of.source.begin(of.states(seed)[1])
        restarted: list[int] = []

        def restarting(number: int) -> Any:
            def reply(whole: bytes) -> Any:
                def send(asked: Asked, line: Line) -> None:
                    with one_by_one:
                        postgres.restart(folder)
                        restarted.append(number)
                    line.send(whole)

                return send

            return reply

        requests = of.requests(seed)
        folder, one_by_one = postgres.folder_of(address), Lock()
        of.source.faults = {n: restarting(n) for n in list(range(2, requests, max(requests // (times + 1), 1)))[:times]}
        run(place, of.source)
        assert len(restarted) == times
        of.source.faults = {}
        assert run(place, of.source).complete
        assert public(place) == of.end(seed)
        assert is_clean(place)
        place.database.close()
