"""What was asked of whom and when: every attempt is counted once, and nothing that was never sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from harvester.workplace import Workplace
from store.clock import now
from store.frontier import Frontier, Outcome
from store.runs import close_run, open_run
from store.traffic import Traffic, traffic
from tests.cli.calling import Caller
from tests.harvester.loopback import Asked, Line, Loopback, answer
from tests.harvester.scripted import script
from tests.harvester.situations import HarvestScript, page

NOON = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)


def asked(place: Workplace, registry: str, *ended: dict[str, Any]) -> int:
    """A run whose requests ended as told: `url`, and the parts of an outcome."""
    run = open_run(place.database, registry=registry, connector="c", actor="me", address="", fingerprint="f")
    frontier = Frontier(place.database, run)
    frontier.add({"key": one["url"], "url": one["url"], "kind": "page", "request": {}} for one in ended)
    rows = {row.url: row for row in frontier.take(100)}
    outcomes = [
        Outcome(rows[one.pop("url")].id, **{"state": "ok", "fetched_at": NOON, **one}) for one in map(dict, ended)
    ]
    frontier.add([], outcomes)
    close_run(place.database, run, "succeeded")
    return run


def test_requests_are_summed_by_registry_and_host(any_place: Workplace) -> None:
    place = any_place
    sized = {"headers": {"Content-Length": "100"}}
    late = NOON + timedelta(hours=2)
    asked(
        place, "r",
        {"url": "https://a.example/1", **sized}, {"url": "https://a.example/2", "tries": 3, "state": "failed"},
        {"url": "https://a.example/3", "fetched_at": late, "state": "not_modified"},
        {"url": "https://b.example:8443/", "headers": {"Content-Length": "²"}},
        {"url": "https://elsewhere.example/", "state": "refused", "tries": 0},
        {"url": "folder:1.jsonl"},
    )  # fmt: skip
    asked(place, "r", {"url": "https://a.example/1", **sized, "fetched_at": late})
    asked(place, "s", {"url": "https://a.example/1", "fetched_at": NOON - timedelta(days=9)})
    found = {(one.registry, one.host): one for one in traffic(place.database, NOON - timedelta(days=1))}
    assert set(found) == {("r", "a.example"), ("r", "b.example:8443"), ("r", "elsewhere.example")}
    one = found["r", "a.example"]
    assert (one.requests, one.states) == (6, {"ok": 2, "failed": 1, "not_modified": 1})
    assert (one.size, one.unsized, len(one.runs)) == (200, 0, 2)
    assert (one.first, one.last) == (NOON, late)
    assert one.busiest == (NOON.replace(minute=0), 4)
    assert (found["r", "b.example:8443"].unsized, found["r", "elsewhere.example"].requests) == (1, 0)
    assert [row.registry for row in traffic(place.database, NOON - timedelta(days=30), "s")] == ["s"]


def test_of_two_hours_alike_the_first_is_the_busiest() -> None:
    one = Traffic("r", "a.example")
    assert one.busiest is None
    one.hours.update({NOON + timedelta(hours=1): 2, NOON: 2})
    assert one.busiest == (NOON, 2)


@pytest.mark.slow
def test_what_a_server_was_asked_is_what_is_told(
    harvest_script: HarvestScript, place: Workplace, server: Loopback
) -> None:
    answers = [answer(b"", 503, Retry_After="0"), page("B")]

    def busy_first(asked: Asked, line: Line) -> None:
        line.send(answers.pop(0))

    server.routes |= {"/": page("A", asks=["/two", "/none", "http://elsewhere.example/"]), "/two": busy_first}
    harvest_script()
    found = {one.host: one for one in traffic(place.database, now() - timedelta(hours=1))}
    one = found[server.netloc]
    assert one.requests == len(server.paths()) == 4
    assert one.states == {"ok": 2, "failed": 1}
    assert one.size == sum(map(len, (script(["A"], ["/two", "/none", "http://elsewhere.example/"]), script(["B"]))))
    assert (found["elsewhere.example"].requests, found["elsewhere.example"].states) == (0, {"refused": 1})


def test_the_command_tells_people_and_machines(tmp_path: Path) -> None:
    call = Caller(tmp_path / "home", tmp_path)
    assert call("traffic", "--json").document["traffic"] == []
    assert "Nothing was asked" in call("traffic").text
    assert call("traffic", "--registry", "nowhere", "--json").code == "registry_unknown"
    place = Workplace.of(Settings(home=call.home))
    asked(place, "mqa", {"url": "https://a.example/1", "fetched_at": now()})
    place.database.close()
    (row,) = call("traffic", "--registry", "mqa", "--json").document["traffic"]
    assert set(row) == {
        "registry", "host", "runs", "requests", "states", "bytes", "unsized", "first", "last", "busiest_hour",
    }  # fmt: skip
    assert (row["host"], row["requests"], row["busiest_hour"]["requests"]) == ("a.example", 1, 1)
    assert row["first"].endswith("Z")
    for language, word in (("en", "Busiest hour"), ("ja", "最も多い一時間")):
        shown = call("--lang", language, "traffic")
        assert shown.status == 0
        assert all(told in shown.text for told in (word, "a.example"))
