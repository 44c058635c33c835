"""Asking only for what has changed: "not modified" stands for the kept answer, and for nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harvester.workplace import Workplace
from tests.harvester.loopback import Asked, Line, Loopback, Reply, answer
from tests.harvester.scripted import script
from tests.harvester.situations import HarvestScript, fetches, page, published, records

pytestmark = pytest.mark.slow
MODIFIED = "Fri, 20 Nov 2026 12:00:00 GMT"
CONDITIONS = {"if-none-match", "if-modified-since"}


def tagged(body: bytes, tag: str, before: Callable[[], object] = lambda: None) -> Reply:
    """A reply that is not sent twice to who has it; `before` is called when it is not sent."""

    def reply(asked: Asked, line: Line) -> None:
        if asked.headers.get("if-none-match") == tag:
            before()
            line.send(answer(b"", 304, ETag=tag, Content_Length="", Content_Type=""))
        else:
            line.send(answer(body, ETag=tag))

    return reply


def conditional(server: Loopback) -> dict[str, bool]:
    """What was asked since the last look, and whether on condition; what was asked more than once is in brackets."""
    told: dict[str, bool] = {}
    for asked in server.asked:
        if asked.path != "/robots.txt":
            name = asked.path
            while name in told:
                name = f"({name})"
            told[name] = bool(CONDITIONS & set(asked.headers))
    server.asked.clear()
    return told


@pytest.fixture
def first(harvest_script: HarvestScript, server: Loopback) -> int:
    """A good run of two pages with marks."""
    server.routes |= {"/": tagged(script(["A"], ["/two"]), '"1"'), "/two": tagged(script(["B"]), 'W/"2"')}
    report = harvest_script()
    assert conditional(server) == {"/": False, "/two": False}
    return report.run_id


def test_an_unchanged_registry_is_nothing_new_and_sends_no_answer_twice(
    first: int, harvest_script: HarvestScript, place: Workplace, server: Loopback
) -> None:
    before = published(place)
    kept = {path: row["payload_hash"] for path, row in fetches(place, first).items()}
    last = first
    for _ in range(2):
        report = harvest_script()
        assert conditional(server) == {"/": True, "/two": True}
        assert (report.state, report.complete, report.same_as_run) == ("succeeded", True, last)
        assert report.fetches == {"not_modified": 2}
        rows = fetches(place, report.run_id)
        assert {path: row["payload_hash"] for path, row in rows.items()} == kept
        assert {row["headers"]["ETag"] for row in rows.values()} == {'"1"', 'W/"2"'}
        assert published(place) == before
        last = report.run_id


def test_what_changed_is_read_beside_what_did_not(
    first: int, harvest_script: HarvestScript, place: Workplace, server: Loopback
) -> None:
    server.routes["/two"] = tagged(script(["C"], ["/three"]), '"other"')
    server.routes["/three"] = page("D")
    report = harvest_script()
    assert conditional(server) == {"/": True, "/two": True, "/three": False}
    assert (report.complete, report.reading.listings, report.reading.payloads) == (True, 3, 3)
    assert report.fetches == {"not_modified": 1, "ok": 2}
    assert (report.published.created, report.published.gone) == (2, 1)
    assert {version for version, _ in records(place).values()} == {1}


@pytest.mark.parametrize(
    ("every", "asked"),
    [(3, [False, True, True, False, True]), (1, [False, False, False]), (0, [False, False, False])],
)
def test_now_and_then_everything_is_fetched(
    harvest_script: HarvestScript, server: Loopback, every: int, asked: list[bool]
) -> None:
    server.routes["/"] = tagged(script(["A"]), '"1"')
    told = []
    for _ in asked:
        assert harvest_script(politeness={"full_every_runs": every}).complete
        told.append(conditional(server)["/"])
    assert told == asked


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(b"\x1f\x8b")], ids=["gone", "cut"])
def test_an_answer_that_is_no_longer_kept_is_asked_for_again_without_conditions(
    first: int, harvest_script: HarvestScript, place: Workplace, server: Loopback, harm: Callable[[Path], object]
) -> None:
    kept = place.payloads.path(fetches(place, first)["two"]["payload_hash"])
    before = published(place)
    server.routes["/two"] = tagged(script(["B"]), 'W/"2"', lambda: harm(kept))
    report = harvest_script()
    assert conditional(server) == {"/": True, "/two": True, "(/two)": False}
    row = fetches(place, report.run_id)["two"]
    assert (report.state, row["state"], row["tries"]) == ("succeeded", "ok", 2)
    assert published(place) == before
    assert place.payloads.intact(row["payload_hash"]) == script(["B"])


def test_nothing_is_asked_on_condition_when_its_answer_is_not_kept(
    first: int, harvest_script: HarvestScript, place: Workplace, server: Loopback
) -> None:
    place.payloads.path(fetches(place, first)["two"]["payload_hash"]).unlink()
    assert harvest_script().same_as_run == first
    assert conditional(server) == {"/": True, "/two": False}


def test_other_rules_read_what_is_fetched_anew(first: int, harvest_script: HarvestScript, server: Loopback) -> None:
    assert harvest_script(options={"another": "setting"}).complete
    assert conditional(server) == {"/": False, "/two": False}


def test_dates_will_do_and_forms_and_unmarked_answers_are_asked_for_whole(
    harvest_script: HarvestScript, server: Loopback
) -> None:
    form = {"url": "/form", "method": "POST", "form": [["a", "b"]]}

    def dated(asked: Asked, line: Line) -> None:
        same = asked.headers.get("if-modified-since") == MODIFIED
        line.send(answer(b"", 304) if same else answer(script(["A"], [form, "/plain"]), Last_Modified=MODIFIED))

    server.routes |= {"/": dated, "/form": answer(script(["B"]), ETag='"1"'), "/plain": page("C")}
    first = harvest_script()
    conditional(server)
    assert harvest_script().same_as_run == first.run_id
    assert conditional(server) == {"/": True, "/form": False, "/plain": False}


def test_a_preview_never_asks_on_condition(first: int, harvest_script: HarvestScript, server: Loopback) -> None:
    assert harvest_script(preview=5).reading.listings == 2
    assert conditional(server) == {"/": False, "/two": False}
