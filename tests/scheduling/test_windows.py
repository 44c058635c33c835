"""Night windows: no run of a schedule begins outside its window; one that meets its end goes on in the next."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from harvester.running import runner
from harvester.scheduling import execution
from harvester.scheduling.execution import execute
from harvester.scheduling.ticking import change, run_now
from harvester.scheduling.timetable import Rule
from harvester.watching.diary import Diary
from harvester.workplace import Workplace
from store.clock import now
from store.queue import claim, queued_count, waiting_runs
from store.schedules import take_slot
from tests.harvester.loopback import Asked, Line, Loopback
from tests.harvester.situations import fetches, page, rows
from tests.scheduling.conftest import Stage


def rule(window: str | None, zone: str = "Asia/Tokyo") -> Rule:
    return Rule.of(zone=zone, cron="0 3 * * *", every_minutes=None, window=window)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("window", "zone", "moment", "until", "opens"),
    [
        ("01:00-05:00", "Asia/Tokyo", "2026-06-01T17:00", "2026-06-01T20:01", "2026-06-02T16:00"),
        ("01:00-05:00", "Asia/Tokyo", "2026-06-01T20:00", "2026-06-01T20:01", "2026-06-02T16:00"),
        ("01:00-05:00", "Asia/Tokyo", "2026-06-01T20:01", None, "2026-06-02T16:00"),
        ("01:00-05:00", "Asia/Tokyo", "2026-06-01T12:00", None, "2026-06-01T16:00"),
        ("22:00-04:00", "Asia/Tokyo", "2026-06-01T16:00", "2026-06-01T19:01", "2026-06-02T13:00"),
        ("22:00-04:00", "Asia/Tokyo", "2026-06-01T13:30", "2026-06-01T19:01", "2026-06-02T13:00"),
        ("02:30-05:00", "Europe/Brussels", "2026-03-28T12:00", None, "2026-03-29T01:00"),
        ("01:00-02:30", "Europe/Brussels", "2026-10-24T23:30", "2026-10-25T00:31", "2026-10-26T00:00"),
        ("01:00-05:00", "Pacific/Auckland", "2026-04-04T15:30", "2026-04-04T17:01", "2026-04-05T13:00"),
    ],
)
def test_when_a_window_closes_and_opens(window: str, zone: str, moment: str, until: str | None, opens: str) -> None:
    told = rule(window, zone)
    assert told.open_until(at(moment)) == (at(until) if until else None)
    assert told.opens_after(at(moment)) == at(opens)


def test_without_a_window_it_is_always_open() -> None:
    told = rule(None)
    closes = told.open_until(at("2026-06-01T12:00"))
    assert closes is not None
    assert closes.year == 9999
    assert told.opens_after(at("2026-06-01T12:00")) == at("2026-06-01T12:00")


def slot_run(place: Workplace, name: str = "one") -> int:
    run_id, _ = take_slot(
        place.database, name, "waiting", slot=now().replace(microsecond=0), missed=(), next_at=None, moment=now()
    )
    assert run_id is not None
    return run_id


def hours(place: Workplace, *, opened: bool) -> datetime:
    """Give a registry a window of an hour around this moment, or one that has just closed; return its next opening."""
    zone = ZoneInfo("Asia/Tokyo")
    wall = now().astimezone(zone)
    begin, end = (wall - timedelta(minutes=30), wall + timedelta(minutes=30)) if opened else (
        wall - timedelta(minutes=90), wall - timedelta(minutes=30)
    )  # fmt: skip
    change(place, "test", "one", {"time_window": f"{begin:%H:%M}-{end:%H:%M}", "cron": f"{begin:%M %H} * * *"})
    opening = begin.replace(second=0, microsecond=0) + timedelta(days=1)
    return opening.astimezone(UTC)


def executed(place: Workplace) -> Any:
    claimed = claim(place.database, "me")
    assert claimed is not None
    return execute(place, claimed, Diary(), lambda: None)


def test_a_slot_that_waited_too_long_waits_for_the_next_window(any_stage: Stage) -> None:
    place = any_stage.place
    opens = hours(place, opened=False)
    slot_run(place)
    assert executed(place) is None
    (run,) = any_stage.runs()
    assert (run["state"], run["not_before"], run["attempt"], run["worker"]) == ("queued", opens, 0, None)
    assert (claim(place.database, "me"), waiting_runs(place.database), queued_count(place.database)) == (None, [], 0)
    assert any_stage.begun("one") == []


def test_what_a_person_asks_for_waits_for_no_window(stage: Stage) -> None:
    hours(stage.place, opened=False)
    run_now(stage.place, "test", "one")
    assert executed(stage.place).state == "succeeded"


@pytest.mark.slow
def test_a_long_run_leaves_its_window_and_goes_on_from_there(
    stage: Stage, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = stage.place
    listed = place.settings.registries_file
    assert listed is not None
    listed.write_text(yaml.safe_dump({"one": {"connector": "waiting", "address": server.url("/")}}))
    opens = hours(place, opened=True)
    reached, go_on = threading.Event(), threading.Event()

    def slow(asked: Asked, line: Line) -> None:
        reached.set()
        line.wait(0.4)
        line.send(page("Slow"))
        go_on.set()

    pages = [f"/{number}" for number in range(40)]
    server.routes |= {"/": page("A", asks=["/slow"]), "/slow": slow}
    server.routes |= {path: page(f"T{path}") for path in pages}
    later = timedelta(hours=2)
    monkeypatch.setattr(runner, "now", lambda: now() + (later if reached.is_set() else timedelta()))
    run_id = slot_run(place)
    report = executed(place)
    assert report.state == "paused"
    (run,) = stage.runs()
    assert (run["state"], run["not_before"], run["attempt"]) == ("queued", opens, 1)
    assert fetches(place, run_id)[""]["state"] == "ok"
    assert rows(place, "publication") == []
    assert claim(place.database, "me") is None
    asked = server.paths().count("/")
    monkeypatch.setattr("store.queue.now", lambda: opens + timedelta(minutes=1))
    monkeypatch.setattr(execution, "now", lambda: opens + timedelta(minutes=1))
    monkeypatch.setattr(runner, "now", now)
    report = executed(place)
    assert (report.state, report.run_id) == ("succeeded", run_id)
    assert server.paths().count("/") == asked, "what was answered is not asked again"
    assert len(rows(place, "publication")) == 2


def test_so_many_runs_at_once_and_no_more(any_stage: Stage) -> None:
    any_stage.ask_for("one", "two", "three")
    database = any_stage.place.database
    first, second = claim(database, "a", most=2), claim(database, "b", most=2)
    assert first is not None
    assert second is not None
    assert claim(database, "c", most=2) is None
    assert claim(database, "c") is not None
