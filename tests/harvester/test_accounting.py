"""Everything asked for and everything read is accounted for; what does not add up makes a run incomplete."""

from __future__ import annotations

from collections import Counter

import pytest

from harvester.workplace import Workplace
from tests.harvester.loopback import Asked, Line, Loopback, answer
from tests.harvester.scripted import script
from tests.harvester.situations import HarvestScript, codes, fetches, page, records, rows

FAILURES = {
    "missing": ("failed", "page_missing", 404),
    "withdrawn": ("failed", "page_missing", 410),
    "broken": ("failed", "server_error", 500),
    "odd": ("failed", "server_error", 204),
    "unasked": ("failed", "server_error", 304),
    "cut": ("failed", "download_failed: ResponseDataLossError", None),
    "silent": ("failed", "download_failed: DownloadFailedError", None),
    "large": ("failed", "answer_too_large", None),
    "round": ("failed", "download_failed", None),
    "private": ("refused", "robots_refused", None),
    "away": ("refused", "address_refused", None),
}
"""By path: the state, the reason and the status that a request ends with."""


def hang_up(asked: Asked, line: Line) -> None:
    """End the connection without a word."""


@pytest.mark.slow
def test_every_request_ends_in_one_of_the_known_ways(
    harvest_script: HarvestScript, place: Workplace, server: Loopback
) -> None:
    elsewhere = "https://elsewhere.example/page"
    server.routes |= {
        "/robots.txt": answer("User-agent: *\nDisallow: /private\n", media_type="text/plain"),
        "/": page("A", asks=[*(f"/{path}" for path in FAILURES), "/good", elsewhere]),
        "/good": page("B"),
        "/withdrawn": answer(status=410),
        "/broken": answer(status=500),
        "/odd": answer(status=204),
        "/unasked": answer(status=304),
        "/cut": answer(script(["C"]), Content_Length="4000"),
        "/silent": hang_up,
        "/large": page("D" * 30_000),
        "/round": answer(status=302, Location="/round"),
        "/private": page("E"),
        "/away": answer(status=302, Location=elsewhere),
    }
    report = harvest_script(limits={"answer_bytes": 20_000})
    ended = fetches(place, report.run_id)
    for path, (state, reason, status) in FAILURES.items():
        row = ended[path]
        assert (row["state"], row["status"]) == (state, status), path
        assert str(row["error"]).startswith(reason), (path, row["error"])
        assert row["payload_hash"] is None, path
    assert ended["page"]["error"] == "address_refused"
    assert report.fetches == {"ok": 2, "failed": 9, "refused": 3}
    told = [issue.code for issue in report.issues]
    assert {code: told.count(code) for code in set(told)} == {
        "page_missing": 2, "server_error": 3, "download_failed": 3, "answer_too_large": 1, "robots_refused": 1,
        "address_refused": 2, "run_incomplete": 1,
    }  # fmt: skip
    assert (report.state, report.complete) == ("succeeded_with_warnings", False)
    assert len(records(place)) == 2
    asked = Counter(server.paths())
    assert {path: asked[f"/{path}"] for path in ("broken", "cut", "silent")} == {"broken": 2, "cut": 2, "silent": 2}
    assert {path: asked[f"/{path}"] for path in ("missing", "odd", "large")} == {"missing": 1, "odd": 1, "large": 1}
    assert asked["/private"] == 0


@pytest.mark.slow
@pytest.mark.parametrize("status", [401, 403])
def test_a_page_that_asks_for_access_stops_the_run(
    harvest_script: HarvestScript, place: Workplace, server: Loopback, status: int
) -> None:
    server.routes |= {"/": page("A", asks=["/missing", "/members"]), "/members": answer(status=status)}
    report = harvest_script()
    assert (report.state, report.complete) == ("failed", False)
    assert {"needs_access", "page_missing"} <= codes(report)
    assert report.issues[-1].params == {"detail": "needs_access"}
    assert records(place) == {}


@pytest.mark.slow
def test_a_page_that_is_not_there_makes_the_run_incomplete(harvest_script: HarvestScript, server: Loopback) -> None:
    server.routes |= {"/": page("A", asks=["/missing"])}
    report = harvest_script()
    assert (report.state, report.complete) == ("succeeded_with_warnings", False)
    assert [(issue.code, issue.params.get("detail")) for issue in report.issues] == [
        ("page_missing", ""),
        ("run_incomplete", "page_missing"),
    ]


def test_rows_are_found_blank_passed_over_or_rejected(harvest_files: HarvestScript, place: Workplace) -> None:
    first = script(
        ["A", {"title": ""}, "B"],
        rows=9,
        stated=12,
        blank=2,
        passed_over={"passed_over_type": 3, "passed_over_hidden": 1},
    )
    second = script(["C", {"title": "D", "released": False}], blank=1, rows=3)
    report = harvest_files(first, second)
    reading = report.reading
    passed_over = {"passed_over_type": 3, "passed_over_hidden": 1, "passed_over_status": 1}
    assert (reading.listings, reading.blank, reading.rejected) == (3, 3, 1)
    assert reading.passed_over == passed_over
    found = reading.listings + reading.blank + reading.rejected + reading.passed_over.total()
    assert reading.rows.total() == found == 12
    assert [issue.code for issue in report.issues] == ["row_invalid"]
    assert report.complete
    counts = rows(place, "run")[0]["counts"]
    assert {name: counts[name] for name in ("listings", "new", "blank", "rejected", "passed_over", "stated")} == {
        "listings": 3, "new": 3, "blank": 3, "rejected": 1, "passed_over": passed_over, "stated": {"page": 12},
    }  # fmt: skip


def test_every_listing_is_new_changed_unchanged_or_rejected(harvest_files: HarvestScript) -> None:
    harvest_files(script(["A", "B", {"title": "C", "programme": "P"}]))
    report = harvest_files(script(["A", "B", {"title": "C", "programme": "Q"}, "D", {"title": " "}]))
    reading, done = report.reading, report.published
    assert (done.created, done.updated, reading.unchanged, reading.rejected) == (1, 1, 2, 1)
    assert reading.listings == 5
    assert codes(report) == {"record_invalid"}
    assert report.complete


def test_a_stated_count_that_disagrees_makes_the_run_incomplete(harvest_files: HarvestScript, place: Workplace) -> None:
    lists = [script(["A", "B"], stated=2, stated_for="one"), script(["C"], stated=5, stated_for="two")]
    report = harvest_files(*lists)
    assert not report.complete
    assert report.state == "succeeded_with_warnings"
    told = {issue.code: issue.params for issue in report.issues}
    assert told["count_mismatch"] == {"stated": 5, "rows": 1, "list": "two"}
    assert told["run_incomplete"] == {"detail": "count_mismatch"}
    assert len(records(place)) == 3


def test_a_stated_count_may_count_what_repeats_or_not(harvest_files: HarvestScript) -> None:
    for stated, complete in ((3, True), (4, True), (2, False), (5, False)):
        lists = [script(["A", "B"], stated=stated, stated_for="all"), script(["B", "C"], stated_for="all")]
        assert harvest_files(*lists).complete is complete, stated


def test_too_few_listings_publish_nothing(harvest_files: HarvestScript, place: Workplace) -> None:
    report = harvest_files(script(["A"]), expectations={"min_listings": 2})
    assert (report.state, codes(report)) == ("failed", {"too_few_listings"})
    assert records(place) == {}
