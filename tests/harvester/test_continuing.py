"""Going on with a run that was broken off: what it was answered is not asked again, and only when it is one harvest."""

from __future__ import annotations

import gzip
import os
import signal
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update

from harvester.workplace import Workplace
from store.clock import now
from store.runs import close_run, stop_run
from store.tables import Fetch, Publication, Run, sql
from tests.harvester.loopback import Asked, Line, Loopback, Reply, answer
from tests.harvester.scripted import script
from tests.harvester.situations import HarvestScript, codes, fetches, page, records
from tests.harvester.test_crash import crawls

pytestmark = pytest.mark.slow


def kill(asked: Asked, line: Line) -> None:
    """A reply that is none: it kills who asked."""
    os.kill(crawls(os.getpid())[0], signal.SIGKILL)


def killing_first(good: bytes) -> Reply:
    """A reply that kills who asks first."""
    told: list[Asked] = []

    def reply(asked: Asked, line: Line) -> None:
        told.append(asked)
        kill(asked, line) if len(told) == 1 else line.send(good)

    return reply


@pytest.fixture
def broken_off(harvest_script: HarvestScript, place: Workplace, server: Loopback) -> int:
    """A run that was killed at its third page, which is there for the next one."""
    server.routes |= {"/": page("A", asks=["/two"]), "/two": page("B", asks=["/three"])}
    server.routes["/three"] = killing_first(page("C"))
    report = harvest_script()
    assert codes(report) == {"crawl_failed"}
    assert {path: row["state"] for path, row in fetches(place, report.run_id).items()} == {
        "": "ok", "two": "ok", "three": "asked",
    }  # fmt: skip
    server.asked.clear()
    return report.run_id


def changed(place: Workplace, run_id: int, **values: Any) -> None:
    with place.database.writing() as connection:
        connection.execute(update(sql(Run)).where(sql(Run).c.id == run_id).values(values))


def test_the_next_run_asks_only_for_what_was_under_way(
    broken_off: int, harvest_script: HarvestScript, place: Workplace, server: Loopback
) -> None:
    report = harvest_script()
    assert server.paths() == ["/three"]
    assert (report.state, report.complete, report.published.created) == ("succeeded", True, 3)
    (issue,) = report.issues
    assert (issue.code, issue.params) == ("run_continues", {"run": broken_off, "number": 2})
    rows = fetches(place, report.run_id)
    assert {path: row["tries"] for path, row in rows.items()} == {"": 0, "two": 0, "three": 1}
    assert rows["two"]["fetched_at"] == fetches(place, broken_off)["two"]["fetched_at"]
    again = harvest_script()
    assert (again.same_as_run, codes(again)) == (report.run_id, set())
    assert server.paths() == ["/three", "/", "/two", "/three"]


def test_a_run_killed_again_and_again_gets_on_each_time(
    harvest_script: HarvestScript, place: Workplace, server: Loopback
) -> None:
    for number in range(4):
        server.routes[f"/{number or ''}"] = killing_first(page(f"T{number}", asks=[f"/{number + 1}"]))
    server.routes["/4"] = page("T4")
    reports = [harvest_script() for _ in range(5)]
    assert [report.state for report in reports] == ["failed"] * 4 + ["succeeded"]
    assert reports[-1].published.created == 5
    assert server.paths() == ["/", "/", "/1", "/1", "/2", "/2", "/3", "/3", "/4"]


@pytest.mark.parametrize("why", ["old", "rules", "address", "stopped", "broken", "published"])
def test_what_is_not_the_same_harvest_begins_anew(
    why: str, broken_off: int, harvest_script: HarvestScript, place: Workplace, server: Loopback
) -> None:
    changes: dict[str, Any] = {}
    if why == "old":
        changed(place, broken_off, started_at=now() - timedelta(hours=25))
    elif why == "rules":
        changes = {"options": {"another": "setting"}}
    elif why == "address":
        changes, server.routes["/other"] = {"path": "/other"}, server.routes["/"]
    elif why == "stopped":
        changed(place, broken_off, state="running")
        assert stop_run(place.database, broken_off)
    elif why == "broken":
        server.routes["/three"] = answer("no script")
        assert "crawl_failed" not in codes(harvest_script())
        server.routes["/three"] = page("C")
        server.asked.clear()
    else:
        report = harvest_script()
        close_run(place.database, report.run_id, "lost")
        server.asked.clear()
    report = harvest_script(**changes)
    assert len(server.paths()) == 3
    assert "run_continues" not in codes(report)
    assert len(records(place)) == 3


def test_answers_that_are_too_old_or_no_longer_kept_are_asked_for_again(
    broken_off: int, harvest_script: HarvestScript, place: Workplace, server: Loopback
) -> None:
    rows = fetches(place, broken_off)
    place.payloads.path(rows[""]["payload_hash"]).unlink()
    with place.database.writing() as connection:
        stale = update(sql(Fetch)).where(sql(Fetch).c.id == rows["two"]["id"])
        connection.execute(stale.values(fetched_at=now() - timedelta(hours=25)))
    report = harvest_script()
    assert sorted(server.paths()) == ["/", "/three", "/two"]
    assert (report.complete, report.published.created, codes(report)) == (True, 3, set())


def test_failed_requests_of_a_lost_run_are_asked_again(
    harvest_script: HarvestScript, place: Workplace, server: Loopback
) -> None:
    server.routes |= {"/": page("A", asks=["/two"]), "/two": answer(b"", 404)}
    first = harvest_script()
    with place.database.writing() as connection:
        connection.execute(delete(sql(Publication)))
    changed(place, first.run_id, state="lost")
    server.asked.clear()
    server.routes["/two"] = page("B")
    assert harvest_script().complete
    assert server.paths() == ["/two"]


def test_a_dump_counts_with_all_its_files_or_is_fetched_again(
    harvest_script: HarvestScript, place: Workplace, server: Loopback
) -> None:
    dump = gzip.compress(script(["A"]))
    asks = [{"url": "/dump", "bulk": True}, {"url": "/other", "bulk": True}, "/last"]
    server.routes |= {"/": page(asks=asks), "/dump": answer(dump, media_type="application/gzip")}
    server.routes |= {"/other": answer(gzip.compress(script(["B"])), media_type="application/gzip")}
    server.routes["/last"] = killing_first(page("C"))
    limits = {"bulk_bytes": 2**20}
    lost = harvest_script(limits=limits, politeness={"concurrency": 1})
    assert codes(lost) == {"crawl_failed"}
    dumps = [row for row in fetches(place, lost.run_id).values() if row["request"].get("bulk") and row["payload_hash"]]
    for row in dumps:
        if "/dump" in row["url"]:
            place.payloads.path(row["payload_hash"]).unlink()
    arrived = {row["url"].partition("#")[0].rpartition("/")[2] for row in dumps}
    server.asked.clear()
    report = harvest_script(limits=limits)
    assert set(server.paths()) == {"/dump", "/last"} | ({"/other"} - {f"/{name}" for name in arrived})
    assert (report.complete, report.published.created, len(records(place))) == (True, 3, 3)
